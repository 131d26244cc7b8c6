"""What can go wrong with the embedded database, each with what to do about it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_noop

from stammis.kit.errors import Problem


class DatabaseFailed(Problem):
    """The embedded database does not start."""

    code = "database_failed"
    status = 503

    def __init__(
        self, message: str | None = None, *, values: Mapping[str, object] | None = None, where: object = None
    ) -> None:
        """Take a message, or, for the class's own, the file or folder that it is about."""
        super().__init__(message, values=values)
        self.where = where
        if where is not None:
            self.message = f"{where}: {self.message}"
            self.args = (self.message,)

    def told(self) -> str:
        """Say it in the active language, after the file or folder that it is about."""
        return super().told() if self.where is None else f"{self.where}: {super().told()}"


class DiskFull(DatabaseFailed):
    """The disk is full. Free some space and start again; nothing that was acknowledged is lost."""

    code = "disk_full"


class DiskReadOnly(DatabaseFailed):
    """The disk is read-only. Make it writable, or choose another folder with --data."""

    code = "disk_read_only"


class NotAllowed(DatabaseFailed):
    """This user may not write there. Choose another folder with --data, or run as the user who owns it."""

    code = "not_allowed"


class WrongMajorVersion(DatabaseFailed):
    """The data folder was written by another major version of PostgreSQL."""

    code = "wrong_major_version"


_BY_NUMBER = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: DiskReadOnly,
    errno.EACCES: NotAllowed,
    errno.EPERM: NotAllowed,
}
_BY_WORDS = {
    "No space left on device": DiskFull,
    "Disk quota exceeded": DiskFull,
    "Check free disk space": DiskFull,
    "Read-only file system": DiskReadOnly,
    "Permission denied": NotAllowed,
}


def read_failure(words: str, where: Path) -> DatabaseFailed:
    """Turn what a server's program printed into an error that says what to do."""
    for phrase, kind in _BY_WORDS.items():
        if phrase in words:
            return kind(where=where)
    if not words.strip():
        return DatabaseFailed(
            gettext_noop("The embedded database in %(folder)s does not start. It ended without a word."),
            values={"folder": where},
        )
    return DatabaseFailed(
        gettext_noop("The embedded database in %(folder)s does not start. Its last words:\n%(words)s"),
        values={"folder": where, "words": words.strip()},
    )


@contextmanager
def said_plainly(where: Path) -> Iterator[None]:
    """Turn a full, read-only or forbidden disk under the block into an error that says what to do.

    Raises DiskFull, DiskReadOnly or NotAllowed; other errors pass as they are.
    """
    try:
        yield
    except shutil.Error as error:  # many refusals at once, each as a text
        raise read_failure(str(error)[-2000:], where) from error
    except OSError as error:
        kind = _BY_NUMBER.get(error.errno or 0)
        if kind is None:
            raise
        raise kind(where=error.filename or where) from error
