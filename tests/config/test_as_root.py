"""As root: disks that are full or read-only, and the other user who owns the server."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stammis.config import folder as data
from stammis.config.postgres import cluster
from stammis.config.postgres.errors import DatabaseFailed, DiskFull, DiskReadOnly
from stammis.config.postgres.home import POINTER
from stammis.config.postgres.server import Server, connect_or_start
from tests.config.installed import ask, data_folder, remove

MOUNT, UNMOUNT = "/bin/mount", "/bin/umount"


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Gives a folder on a disk of its own that holds so much."""
    place = Path(tempfile.mkdtemp(prefix="stammis-test-disk-"))
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run([UNMOUNT, "--lazy", place], check=True)
        place.rmdir()


def fill(ballast: Path) -> None:
    """Fills the disk of a file to the last byte."""
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**12))


@pytest.mark.parametrize("megabytes", [5, 40, 60])
def test_a_new_installation_on_a_full_disk_says_so(megabytes: int) -> None:
    with small_disk(megabytes) as folder, pytest.raises(DiskFull, match="Free some space"):
        connect_or_start(folder)


def test_a_disk_that_fills_up_later_says_so_and_loses_nothing() -> None:
    with small_disk(300) as folder:
        with connect_or_start(folder) as server:
            ask(server, "create table kept as select 7 as number")
        ballast = folder / "ballast"
        fill(ballast)
        (server.home.cluster / "postgresql.conf").write_text("")  # so that there is something to write at the start
        with pytest.raises(DiskFull, match="Free some space"):
            connect_or_start(folder)
        ballast.unlink()
        with connect_or_start(folder) as server:
            assert ask(server, "select number from kept") == 7


def test_where_shared_memory_is_small_no_query_depends_on_it() -> None:
    with small_disk(64) as little, small_disk(600) as much:
        assert cluster.WITHOUT_PARALLEL in cluster.settings(little)
        assert cluster.WITHOUT_PARALLEL not in cluster.settings(much)


def test_a_read_only_disk_says_so() -> None:
    with small_disk(300) as folder:
        connect_or_start(folder).stop()
        subprocess.run([MOUNT, "-o", "remount,ro", folder], check=True)
        with pytest.raises(DiskReadOnly, match="Make it writable"):
            connect_or_start(folder)


def test_root_becomes_another_user_who_owns_the_server(server: Server) -> None:
    assert server.home.account is not None
    assert server.home.account.uid != 0
    assert server.home.path.parent == server.folder
    assert server.home.path.stat().st_uid == server.home.account.uid
    assert server.home.program.stat().st_uid == 0, "the server cannot change its own programs"


def test_a_folder_that_the_databases_user_cannot_reach_keeps_its_rights_and_holds_a_pointer() -> None:
    closed = Path(tempfile.mkdtemp(prefix="stammis-test-closed-"))
    folder = closed / "data"
    folder.mkdir(mode=0o755)
    try:
        with connect_or_start(folder) as server:
            ask(server, "create table kept as select 7 as number")
            place = Path((folder / POINTER).read_text().strip())
            assert server.home.path.parent == place
            assert place.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_mode & 0o777 == 0o755
        with connect_or_start(folder) as server:
            assert ask(server, "select number from kept") == 7
        place.rename(moved := place.with_name(place.name + "-moved"))
        with pytest.raises(DatabaseFailed, match="which does not exist"):
            connect_or_start(folder)
        moved.rename(place)
    finally:
        remove(folder)
        shutil.rmtree(closed)


def test_the_databases_user_reaches_a_data_folder_that_root_has_just_made() -> None:
    with data_folder() as around:
        folder = data.prepare(around / "new" / "folder")
        with connect_or_start(folder) as server:
            assert server.home.path.parent == folder
