"""The embedded server: starting, stopping, sharing."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from stammis.config.postgres import binaries
from stammis.config.postgres.errors import DatabaseFailed, WrongMajorVersion
from stammis.config.postgres.home import LONGEST_SOCKET, SOCKET_FILE, find
from stammis.config.postgres.server import Server, connect_or_start
from tests.config.installed import ask, data_folder
from tests.processes import end


def test_a_new_folder_gets_a_server_with_a_database_of_its_own(shared: Server) -> None:
    assert ask(shared, "select current_database() || ' ' || current_user") == "stammis stammis"
    assert ask(shared, "show server_encoding") == "UTF8"
    assert ask(shared, "select datcollate from pg_database where datname = current_database()") == "C"
    assert ask(shared, "show synchronous_commit") == "on"
    assert ask(shared, "show shared_buffers") == "256MB"


def test_the_application_is_no_superuser(shared: Server) -> None:
    assert ask(shared, "select rolsuper from pg_roles where rolname = current_user") is False


def test_the_server_listens_on_no_network_address(shared: Server) -> None:
    assert ask(shared, "show listen_addresses") == ""


def test_the_right_folder_is_not_enough_without_the_password(shared: Server) -> None:
    wrong = shared.dsn.replace(shared.home.password.read_text().strip(), "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_changed_password_file_is_said_at_once(shared: Server) -> None:
    kept = shared.home.password.read_text()
    shared.home.password.write_text("another")
    with pytest.raises(DatabaseFailed, match="turns us away"):
        shared.start()
    shared.home.password.write_text(kept)


def test_nothing_is_open_to_anybody_else(shared: Server) -> None:
    home = shared.home.path
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(shared.home.password.stat().st_mode) == 0o600
    assert stat.S_IMODE(shared.home.socket().stat().st_mode) == 0o700
    outside_the_copy = [path for path in home.rglob("*") if shared.home.program not in (path, *path.parents)]
    assert not [path for path in outside_the_copy if path.lstat().st_mode & 0o077 and not path.is_socket()]


def test_what_was_written_is_there_after_each_restart(folder: Path) -> None:
    with connect_or_start(folder) as server:
        ask(server, "create table kept as select 7 as number")
    for _ in range(3):
        with connect_or_start(folder) as server:
            assert ask(server, "select number from kept") == 7


def test_the_last_one_to_leave_stops_the_server(folder: Path) -> None:
    first, second = connect_or_start(folder), connect_or_start(folder)
    first.stop()
    assert second.alive()
    assert ask(second, "select 1") == 1
    second.stop()
    assert not second.alive()
    assert not (second.home.cluster / "postmaster.pid").exists()


def test_a_process_takes_leave_of_a_server_that_another_user_has_stopped(folder: Path) -> None:
    program = (
        "import sys, pathlib; from stammis.config.postgres.server import connect_or_start\n"
        "first, second = (connect_or_start(pathlib.Path(sys.argv[1])) for _ in range(2))\n"
        "first.stop()\n"
        "second.stop()"
    )
    command = [sys.executable, "-W", "default::ResourceWarning", "-c", program, str(folder)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""


def test_two_data_folders_have_two_servers_side_by_side() -> None:
    with data_folder() as here, data_folder() as there, connect_or_start(here) as one, connect_or_start(there) as two:
        ask(one, "create table only_here ()")
        assert ask(two, "select to_regclass('only_here')") is None


def test_many_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    program = (
        "import sys, pathlib, psycopg; from stammis.config.postgres.server import connect_or_start\n"
        "with connect_or_start(pathlib.Path(sys.argv[1])) as server:\n"
        "    with psycopg.connect(server.dsn) as database:\n"
        "        print(database.execute('select pg_postmaster_start_time()').fetchone()[0], flush=True)\n"
        "    sys.stdin.read()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    try:
        answers = {process.stdout.readline() for process in started if process.stdout}
    finally:
        for process in started:
            end(process)
    assert len(answers) == 1
    assert answers != {""}


@pytest.mark.parametrize(
    "name",
    ["with spaces and ää", "quote ' comma, percent %20", "/".join(["a-long-name-for-a-folder"] * 6)],
    ids=["spaces", "punctuation", "long"],
)
def test_any_path_will_do(name: str) -> None:
    with data_folder(name) as folder:
        for _ in range(2):
            with connect_or_start(folder) as server:
                assert ask(server, "select 1") == 1
                socket = server.home.socket()
                assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert len(os.fsencode(socket / SOCKET_FILE)) <= LONGEST_SOCKET
        assert folder in socket.parents or not socket.exists(), "a folder elsewhere goes with the server"


def test_a_folder_of_a_newer_major_version_is_refused(folder: Path) -> None:
    connect_or_start(folder).stop()
    (find(folder).cluster / "PG_VERSION").write_text("19\n")
    with pytest.raises(WrongMajorVersion, match="is of PostgreSQL 19"):
        connect_or_start(folder)


def test_a_folder_named_after_a_newer_major_version_is_refused(folder: Path) -> None:
    (folder / "postgres-19").mkdir()
    with pytest.raises(WrongMajorVersion, match="Use a newer release"):
        connect_or_start(folder)


def test_a_folder_of_an_older_major_version_is_not_passed_over(folder: Path) -> None:
    (folder / "postgres-16" / "cluster").mkdir(parents=True)
    (folder / "postgres-16" / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(WrongMajorVersion, match="backup with the release that made it"):
        connect_or_start(folder)


def test_an_interrupted_first_start_leaves_nothing_half_made(folder: Path) -> None:
    (find(folder).path / "cluster.new" / "base").mkdir(parents=True)
    with connect_or_start(folder) as server:
        assert ask(server, "select 1") == 1


def test_the_tools_for_backups_come_with_it() -> None:
    for name in ("pg_dump", "pg_restore", "pgbench"):
        assert os.access(binaries.find().program(name), os.X_OK)


def test_the_wheels_own_code_is_never_run(folder: Path) -> None:
    program = (
        "import sys, pathlib; from stammis.config.postgres.server import connect_or_start\n"
        "connect_or_start(pathlib.Path(sys.argv[1])).stop()\n"
        "print([name for name in sys.modules if name.startswith('pixeltable')])"
    )
    answer = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
