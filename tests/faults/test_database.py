"""Whatever happens to the database's processes, it comes back by itself, and nothing stays behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from stammis.config.postgres import processes
from stammis.config.postgres.home import SOCKET_FILE
from stammis.config.postgres.server import Server, connect_or_start
from tests.config.installed import ask
from tests.processes import SECONDS, until

USER = (
    "import sys, pathlib; from stammis.config.postgres.server import connect_or_start\n"
    "server = connect_or_start(pathlib.Path(sys.argv[1]))\n"
    "print('ready', flush=True); sys.stdin.read()"
)


def postmaster(server: Server) -> int:
    """The number of the running server's first process."""
    pid = processes.postmaster(server.home.cluster)
    assert pid is not None
    return pid


def answers(server: Server) -> bool:
    """Whether the database accepts connections."""
    with contextlib.suppress(psycopg.OperationalError):
        return ask(server, "select 1") == 1
    return False


def left_over(server: Server) -> list[int]:
    """The processes of a server that still live."""
    return processes.working_in(server.home.cluster)


def a_user(folder: Path) -> subprocess.Popen[str]:
    """Starts another process that uses the database of a folder."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    said = user.stdout.readline()
    if said != "ready\n":
        end(user)
    assert said == "ready\n"
    return user


def end(process: subprocess.Popen[str]) -> None:
    """Kills a process and closes what leads to it."""
    process.kill()
    process.communicate()


def test_a_killed_server_comes_back_with_all_that_was_committed(server: Server) -> None:
    ask(server, "create table kept as select generate_series(1, 1000) as number")
    killed = postmaster(server)
    os.kill(killed, signal.SIGKILL)
    until(lambda: postmaster(server) not in {killed, None})
    until(lambda: answers(server))
    assert ask(server, "select count(*) from kept") == 1000


def test_a_killed_server_comes_back_although_a_process_of_it_is_busy(server: Server) -> None:
    busy = "do $$ begin for i in 1..2000000000 loop end loop; end $$"

    def work() -> None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server.dsn) as connection:
            connection.execute(busy)

    worker = threading.Thread(target=work)
    worker.start()
    until(lambda: ask(server, "select count(*) from pg_stat_activity where query like 'do $$%'") == 1)
    os.kill(postmaster(server), signal.SIGKILL)
    until(lambda: answers(server))
    worker.join(timeout=SECONDS)
    assert not worker.is_alive()


def test_a_killed_server_process_makes_the_server_recover_by_itself(server: Server) -> None:
    with psycopg.connect(server.dsn) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        until(lambda: answers(server))


def test_a_killed_keeper_takes_the_server_with_it_and_the_next_start_brings_both_back(server: Server) -> None:
    ask(server, "create table kept as select 7 as number")
    assert server._keeper is not None  # noqa: SLF001 - the test is about this process
    server._keeper.kill()  # noqa: SLF001 - the same
    until(lambda: not server.alive() and not left_over(server))
    server.start()
    assert ask(server, "select number from kept") == 7


def test_keeper_and_server_killed_together_come_back(server: Server) -> None:
    assert server._keeper is not None  # noqa: SLF001 - the test is about this process
    server._keeper.send_signal(signal.SIGSTOP)  # noqa: SLF001 - so that it does not restart the server
    os.kill(postmaster(server), signal.SIGKILL)
    server._keeper.kill()  # noqa: SLF001 - both are gone now, without a word
    server.start()
    assert answers(server)


def test_a_killed_user_leaves_no_server_behind(folder: Path) -> None:
    user = a_user(folder)
    server = Server(folder)
    assert server.alive()
    end(user)
    until(lambda: not server.alive() and not left_over(server))


def test_a_killed_user_takes_nothing_from_the_others(folder: Path) -> None:
    first = a_user(folder)
    with connect_or_start(folder) as server:
        begun = postmaster(server)
        end(first)
        time.sleep(0.5)
        assert answers(server)
        assert postmaster(server) == begun


def test_a_note_that_names_a_stranger_is_not_believed(folder: Path) -> None:
    with connect_or_start(folder) as server:
        note = (server.home.cluster / "postmaster.pid").read_text()
    stranger = os.getpid()
    (server.home.cluster / "postmaster.pid").write_text(f"{stranger}\n{note.split(chr(10), 1)[1]}")
    (server.home.socket() / f"{SOCKET_FILE}.lock").write_text(f"{stranger}\n")
    with connect_or_start(folder) as server:
        assert answers(server)


def test_a_terminated_server_is_started_again(server: Server) -> None:
    killed = postmaster(server)
    os.kill(killed, signal.SIGTERM)
    until(lambda: answers(server) and postmaster(server) != killed)
