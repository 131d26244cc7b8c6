"""``stammis serve``: whatever dies comes back, whoever kills it, and nothing stays behind."""

import contextlib
import json
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stammis.config.postgres import processes
from stammis.config.postgres.server import Server, connect_or_start
from tests.config.installed import data_folder, stammis
from tests.faults.serving import Serving, command_line, serving
from tests.processes import SECONDS, until
from tests.rooms.till import SHOP

pytestmark = pytest.mark.xdist_group("serve")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The data folder of an empty installation."""
    with data_folder() as path:
        yield path


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Serving]:
    """A running server."""
    with serving(folder) as started:
        yield started


def there(served: Serving, part: str) -> list[int]:
    """Waits for processes of a part, and gives those that were seen then."""
    found: list[int] = []

    def seen() -> bool:
        found[:] = served.running(part)
        return bool(found)

    until(seen)
    return found


def kill(pids: list[int]) -> None:
    """Kills processes; one of them may have ended by itself meanwhile."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_killed_database_comes_back_and_the_web_with_it(served: Serving, folder: Path) -> None:
    pid = processes.postmaster(Server(folder).home.cluster)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: processes.postmaster(Server(folder).home.cluster) not in {pid, None})
    until(served.is_healthy)


def test_a_killed_keeper_is_replaced(served: Serving) -> None:
    keepers = there(served, "postgres.keeper")
    kill(keepers)
    until(lambda: bool(set(served.running("postgres.keeper")) - set(keepers)))
    until(served.is_healthy)


@pytest.mark.parametrize("part", ["stammis.config.web", "stammis.config.batches", "stammis.config.worker"])
def test_a_killed_child_is_started_again(served: Serving, part: str) -> None:
    before = there(served, part)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: bool(set(served.running(part)) - set(before)))
    until(served.is_healthy)
    until(lambda: not any(command_line(pid) for pid in before))


def test_killed_web_workers_are_replaced(served: Serving) -> None:
    until(lambda: len(served.running("stammis.config.web")) > 1)
    first, *workers = served.running("stammis.config.web")
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len(set(served.running("stammis.config.web")) - {first, *workers}) >= len(workers))
    until(served.is_healthy)


def test_jobs_of_a_killed_worker_are_done_by_the_next_one(served: Serving, folder: Path) -> None:
    with connect_or_start(folder) as server, psycopg.connect(server.dsn, autocommit=True) as database:
        database.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status)"
            """ values ('default', 'accrual.pass_days', '{"timestamp": 0}', 'doing')"""
        )
        kill(there(served, "stammis.config.worker"))
        question = (
            "select count(*) from procrastinate_jobs where args = '{\"timestamp\": 0}'"  # what is done is deleted
        )
        until(lambda: database.execute(question).fetchone() == (0,))


def test_a_back_test_that_nobody_works_on_is_taken_up_by_the_next_worker(
    served: Serving, folder: Path, tmp_path: Path
) -> None:
    shop = tmp_path / "shop.yaml"
    shop.write_text(json.dumps(SHOP))
    made = stammis(folder, "programme", "apply", str(shop))
    assert made.returncode == 0, made.stderr
    with connect_or_start(folder) as server, psycopg.connect(server.dsn, autocommit=True) as database:
        left = uuid.uuid4()
        database.execute(
            "insert into simulation_run (id, programme_id, name, without, opening, label, redemption, exact,"
            " fingerprint, state, done, total, stopping, message, pinned, begun_by, begun_at)"
            " select %s, id, '', '', 'carried', '', 'observed', false,"
            " 'x', 'running', 0, 0, false, '', false, 'x', now()"
            " from programmes_programme",
            [left],
        )
        kill(there(served, "stammis.config.worker"))
        question = "select state from simulation_run where id = %s"
        until(lambda: database.execute(question, [left]).fetchone() == ("done",))


def test_a_command_works_beside_a_running_server(served: Serving, folder: Path) -> None:
    made = stammis(folder, "key", "create", "till")
    assert made.returncode == 0, made.stderr
    until(served.is_healthy)


def test_a_taken_port_is_said_plainly(served: Serving, folder: Path) -> None:
    refused = stammis(folder, "serve", "--port", str(served.port))
    assert refused.returncode == 1
    assert "Choose another with --port" in refused.stderr


def test_a_killed_server_leaves_nothing_behind_and_the_next_one_recovers(served: Serving, folder: Path) -> None:
    until(lambda: bool(served.running("stammis.config.batches")))
    family = [served.process.pid, *_below(served)]
    place = Path(command_line(served.running("stammis.config.batches")[0]).split()[-1])
    until(place.exists)
    served.process.kill()
    served.process.wait()
    with serving(folder, served.port) as again:  # at once, while the family is still ending
        until(lambda: not any("stammis" in command_line(pid) for pid in family))
        assert not place.parent.exists()
        until(again.is_healthy)
        assert again.process.poll() is None


def _below(served: Serving) -> list[int]:
    return served.running("stammis")


def test_a_terminated_server_ends_in_order_with_0() -> None:
    with data_folder() as folder:
        with serving(folder) as started:
            family = _below(started)
            started.process.send_signal(signal.SIGTERM)
            assert started.process.wait(SECONDS) == 0
            until(lambda: not any("stammis" in command_line(pid) for pid in family))
        until(lambda: not Server(folder).alive())
        assert not (Server(folder).home.cluster / "postmaster.pid").exists()
