"""What can go wrong with the embedded database, each with what to do about it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stammis.kit.errors import Problem


class DatabaseFailed(Problem):
    """The embedded database does not start."""

    code = "database_failed"
    status = 503


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
            return kind(f"{where}: {kind().message}")
    shown = words.strip() or "It ended without a word."
    return DatabaseFailed(f"The embedded database in {where} does not start. Its last words:\n{shown}")


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
        raise kind(f"{error.filename or where}: {kind().message}") from error
