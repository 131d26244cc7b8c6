"""Folders of long work: one who works in each, and a copy of the history that stays as it was when the work began."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from stammis.kit.errors import Conflict
from stammis.snapshot import manifest
from stammis.snapshot.reading import Snapshot

_LOCK = "lock"


@contextmanager
def alone(folder: Path, busy: type[Conflict]) -> Iterator[None]:
    """Keep everybody else from working in a folder, which is made where it is missing. Raises ``busy``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        yield


def deserted(folder: Path) -> bool:
    """Tell whether nobody works in a folder just now."""
    try:
        with (folder / _LOCK).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def link(snapshot: Snapshot, place: Path) -> Snapshot:
    """Let the files of a snapshot stay, under other names, whatever becomes of it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    for files in snapshot.manifest.buckets.values():
        for name in files.names():
            try:
                os.link(snapshot.folder / name, place / name)
            except OSError:  # no second names on this file system
                shutil.copyfile(snapshot.folder / name, place / name)
    manifest.replace(place, msgspec.structs.replace(snapshot.manifest, retired={}))
    return Snapshot(place, snapshot.manifest)
