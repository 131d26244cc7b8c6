"""Where a server's files lie, and the names of them."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from stammis.config.postgres import account
from stammis.config.postgres.account import Account
from stammis.config.postgres.binaries import MAJOR
from stammis.config.postgres.errors import DatabaseFailed, NotAllowed, WrongMajorVersion, said_plainly
from stammis.config.postgres.locks import Lock, alone_in

POINTER = "postgres-place"
ELSEWHERE = Path("/var/lib")
PREFIX = "postgres-"
PORT = 5432
SOCKET_FILE = f".s.PGSQL.{PORT}"
LONGEST_SOCKET = 103  # bytes that fit on every Unix; Linux alone would take 107
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.+-]*")  # comma, quote and blank mean something in a list of folders


@dataclass(frozen=True, slots=True)
class Home:
    """A server's folder (0700), and as root the user to whom it belongs."""

    path: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.path / "cluster"

    @property
    def program(self) -> Path:
        """As root, a copy of the server's programs."""
        return self.path / "program"

    @property
    def password(self) -> Path:
        """The file with the password of the database's roles."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "log"

    @property
    def users_lock(self) -> Path:
        """Shared by all who use the server; the keeper takes it alone to stop the server."""
        return self.path / "users.lock"

    @property
    def starting_lock(self) -> Path:
        """Held by whoever brings the server up."""
        return self.path / "starting.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper."""
        return self.path / "keeper.lock"

    @property
    def server_lock(self) -> Path:
        """Inherited by the server and all its processes: free when the last of them is gone."""
        return self.path / "server.lock"

    def own(self, path: Path) -> Path:
        """Give a path that we have just made to the server's user."""
        if self.account:
            self.account.own(path)
        return path

    def lock(self, path: Path) -> Lock:
        """Open one of the locks; a new file belongs to the server's user, who may be at the keyboard next time."""
        lock = Lock(path)
        self.own(path)
        return lock

    def socket(self) -> Path:
        """The folder of the Unix socket: inside where the path is short and plain, else private in the temp folder."""
        inside = self.path / "socket"
        if PLAIN_PATH.fullmatch(str(inside)) and len(os.fsencode(inside / SOCKET_FILE)) <= LONGEST_SOCKET:
            return inside
        note = self.path / "socket-place"
        if note.is_file() and self._is_private(Path(note.read_text())):
            return Path(note.read_text())
        made = Path(tempfile.mkdtemp(prefix="stammis-", dir=short_temp()))
        self.own(made)
        write_safely(note, str(made), self)
        return made

    def _is_private(self, folder: Path) -> bool:
        if not folder.is_dir() or folder.is_symlink():
            return False
        state = folder.stat()
        owner = self.account.uid if self.account else os.geteuid()
        return state.st_uid == owner and state.st_mode & 0o077 == 0


def short_temp() -> str:
    """Give a temp folder in which a Unix socket's path is not too long. Raises DatabaseFailed."""
    for candidate in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes a private folder there
        length = len(os.fsencode(f"{candidate}/stammis-12345678/{SOCKET_FILE}"))
        if length <= LONGEST_SOCKET and PLAIN_PATH.fullmatch(candidate) and os.access(candidate, os.W_OK | os.X_OK):
            return candidate
    raise DatabaseFailed(
        gettext_noop("No folder is short enough for the database's socket. Set TMPDIR to a short path.")
    )


def write_safely(path: Path, text: str, home: Home | None = None) -> None:
    """Write a private file (0600), whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if home is not None:
        home.own(part)
    part.replace(path)


def find(folder: Path) -> Home:
    """Find or make the server's folder of an installation's data ``folder``, which must exist.

    It lies inside ``folder``; where root's deputy cannot reach that, it lies under /var/lib and a pointer says where.
    Raises WrongMajorVersion where another major version has written it.
    """
    folder = folder.resolve()
    with said_plainly(folder), alone_in(folder):
        place = _place(folder)
        refuse_other_versions(place)
        path = place / f"{PREFIX}{MAJOR}"
        owner = account.choose(path)
        if not path.exists():
            _make(path, owner)
        home = Home(path, owner)
        if owner and not owner.reaches(path):
            raise NotAllowed(
                gettext_noop("The database's user «%(name)s» cannot reach %(folder)s. Restore the rights above it."),
                values={"name": owner.name, "folder": path},
            )
        socket = path / "socket"
        if not socket.exists():
            _make(socket, owner)
    return home


def _make(path: Path, owner: Account | None) -> None:
    """Make a private folder that never exists with the wrong owner."""
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=path.parent))
    if owner:
        owner.own(made)
    made.rename(path)


def _place(folder: Path) -> Path:
    pointer = folder / POINTER
    if pointer.is_file():
        place = Path(pointer.read_text().strip())
        if not place.is_dir():
            raise DatabaseFailed(
                gettext_noop(
                    "%(file)s says that the database lies in %(folder)s, which does not exist."
                    " Put it back, or remove %(file)s to begin with an empty database."
                ),
                values={"file": pointer, "folder": place},
            )
        return place
    owner = account.choose()
    if owner is None or any(folder.glob(f"{PREFIX}*/cluster")) or owner.reaches(folder):
        return folder
    place = Path(tempfile.mkdtemp(prefix="stammis-postgres-", dir=ELSEWHERE))
    owner.own(place)
    write_safely(pointer, f"{place}\n")
    return place


def refuse_other_versions(place: Path) -> None:
    """Raises WrongMajorVersion where ``place`` holds a cluster of another major version."""
    for found in sorted(place.glob(f"{PREFIX}*/cluster/PG_VERSION")):
        major = found.read_text().strip()
        if major == str(MAJOR):
            continue
        if major.isdigit() and int(major) > MAJOR:
            said = gettext_noop(
                "%(folder)s is of PostgreSQL %(found)s; this release brings %(major)s. Use a newer release of stammis."
            )
        else:
            said = gettext_noop(
                "%(folder)s is of PostgreSQL %(found)s; this release brings %(major)s. Write a backup with the release"
                " that made it, then restore that into a new folder (stammis restore)."
            )
        raise WrongMajorVersion(said, values={"folder": found.parent, "found": major, "major": MAJOR})
    named = [path for path in place.glob(f"{PREFIX}*") if path.name.removeprefix(PREFIX).isdigit()]
    if newer_names := [path for path in named if int(path.name.removeprefix(PREFIX)) > MAJOR]:
        raise WrongMajorVersion(
            gettext_noop(
                "%(folder)s is of a newer PostgreSQL than this release's %(major)s. Use a newer release of stammis."
            ),
            values={"folder": newer_names[0], "major": MAJOR},
        )
