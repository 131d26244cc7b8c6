"""Whom the server runs as: whoever starts it, and for root an unprivileged user."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from django.utils.translation import gettext_noop

from stammis.config.postgres.errors import DatabaseFailed

CANDIDATES = ("stammis", "postgres", "nobody")


class Drop(TypedDict, total=False):
    """The arguments that make ``subprocess`` run a program as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int

    def drop(self) -> Drop:
        """What ``subprocess`` needs to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Whether this user can come to ``folder``: asked of the system, which knows all there is to it."""
        script = 'cd "$1" 2>/dev/null && test -x "$1"'
        try:
            asked = subprocess.run(["/bin/sh", "-c", script, "sh", folder], check=False, cwd="/", **self.drop())
        except (OSError, subprocess.SubprocessError) as error:
            raise DatabaseFailed(
                gettext_noop(
                    "PostgreSQL refuses to run as root, and this root may not become the user %(name)s."
                    " Run stammis as an ordinary user, or set DATABASE_URL."
                ),
                values={"name": self.name},
            ) from error
        return asked.returncode == 0

    def own(self, path: Path) -> None:
        """Give a path that we have just made to this user."""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose(home: Path | None = None) -> Account | None:
    """Whom to become: None for an ordinary user; for root the owner of an existing ``home``, else a candidate."""
    if os.geteuid() != 0:
        return None
    if home is not None and home.exists() and home.stat().st_uid != 0:
        uid = home.stat().st_uid
        try:
            entry = pwd.getpwuid(uid)
        except KeyError as error:
            raise DatabaseFailed(
                gettext_noop("%(folder)s belongs to user %(number)s, who does not exist on this machine."),
                values={"folder": home, "number": uid},
            ) from error
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise DatabaseFailed(
        gettext_noop("PostgreSQL refuses to run as root, and there is neither a user «postgres» nor «nobody».")
    )
