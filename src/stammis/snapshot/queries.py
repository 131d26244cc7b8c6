"""Opening a snapshot."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from stammis.kit.errors import Conflict, NotFound
from stammis.programmes.models import Programme
from stammis.snapshot import manifest
from stammis.snapshot.manifest import Position
from stammis.snapshot.reading import Snapshot

__all__ = ["NoFolder", "NoSnapshot", "Position", "Snapshot", "data_folder", "folder_of", "open"]


class NoSnapshot(NotFound):
    """There is no snapshot of this programme's history yet: «stammis snapshot» makes one."""

    code = "no_snapshot"


class NoFolder(Conflict):
    """This process does not know the installation's data folder: start it with «stammis», or set STAMMIS_DATA."""

    code = "no_folder"


def data_folder() -> Path:
    """Give the installation's data folder. Raises NoFolder."""
    place = os.environ.get("STAMMIS_DATA")
    if not place:
        raise NoFolder
    return Path(place)


def folder_of(programme_id: uuid.UUID) -> Path:
    """Give the folder in which a programme's snapshot is kept."""
    return data_folder() / "snapshot" / str(programme_id)


def open(programme: Programme) -> Snapshot:  # noqa: A001 - «snapshot.open» reads aloud
    """Open a programme's snapshot as it was refreshed last. Raises NoSnapshot."""
    folder = folder_of(programme.id)
    found = manifest.read(folder)
    if found is None:
        raise NoSnapshot
    return Snapshot(folder, found)
