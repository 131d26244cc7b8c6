"""Back-tests and a database that goes away: how they end, what is said, and that they come to the same result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from stammis.kit import clock, patience
from stammis.simulation import queries, services, tasks
from stammis.simulation.models import Correction, Run
from stammis.simulation.results import Summary, folder_of
from stammis.simulation.services import DatabaseLost, RunStopped, endings
from tests.plugins.database import make_database
from tests.rooms.test_corrections import begun, shop
from tests.rooms.till import NOW, SHOP, Till, bought, day

pytestmark = pytest.mark.usefixtures("own_database")
State = Run.State
WAITING = ["todo", "doing"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    return tmp_path


@pytest.fixture
def till() -> Till:
    till = Till()
    till.say(*(bought(f"p-{each}", 1_000 + each, f"person-{each}", at=day("2026-01-11")) for each in range(40)))
    return till


def cut(*, locked: bool = False) -> None:
    """End all connections to the test's database, and let nobody in again if it is locked."""
    name = connection.settings_dict["NAME"]
    if locked:
        make_database(f'alter database "{name}" allow_connections false')
    make_database(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"  # noqa: S608 - a name of our own
        f" where datname = '{name}' and usename = current_user"
    )


def opened() -> None:
    """Let everybody in again."""
    make_database(f'alter database "{connection.settings_dict["NAME"]}" allow_connections true')


def begin(till: Till, points: int = 2) -> Run:
    document = SHOP | {"programme": till.programme.slug, "earn": [SHOP["earn"][0] | {"points": points}]}
    return services.begin(till.programme, by="test", document=document)


def once(act: Callable[[], None], *, at: int = 2) -> Callable[[int, int], None]:
    """Do something when a back-test has told so often how far it is."""
    told: list[int] = []

    def tell(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == at:
            act()

    return tell


def units(run: Run) -> dict[str, int]:
    """The finished units of a run, and when each was finished."""
    return {each.parent.name: each.stat().st_mtime_ns for each in folder_of(run).glob("*/outcome")}


def results(run: Run) -> tuple[Summary | None, Summary | None]:
    run.refresh_from_db()
    assert run.compared_with is not None
    return queries.summary_of(run), queries.summary_of(run.compared_with)


def undisturbed(run: Run) -> tuple[Summary | None, Summary | None]:
    """What the same question comes to where nothing happens meanwhile."""
    Run.objects.update(fingerprint="of another question")
    return results(services.work(services.begin_again(run, by="test").id))


def test_a_lost_database_ends_both_runs_and_they_go_on_to_the_same_result(till: Till) -> None:
    run = begin(till)
    with pytest.raises(DatabaseLost) as said:
        services.work(run.id, progress=once(cut))
    run.refresh_from_db()
    today = run.compared_with
    assert today is not None
    assert "Go on" in said.value.message
    assert [(each.state, each.message) for each in (run, today)] == [(State.FAILED, said.value.message)] * 2
    before = units(today)
    assert before
    services.work(run.id)
    assert before.items() <= units(today).items()
    assert {each.state for each in Run.objects.all()} == {State.DONE}
    assert results(run) == undisturbed(run)


def test_what_a_lost_database_leaves_under_way_is_taken_up_by_the_next_worker(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "ENDING_SECONDS", 0.3)
    run = begin(till)
    try:
        with pytest.raises(DatabaseLost):
            services.work(run.id, progress=once(lambda: cut(locked=True)))
    finally:
        opened()
    assert {each.state for each in Run.objects.all()} == {State.RUNNING}
    tasks.take_up()
    tasks.take_up()  # another worker that begins tells nobody twice
    jobs = ProcrastinateJob.objects.filter(task_name="simulation.work_off", status__in=WAITING)
    asked = [str(job.args["run_id"]) for job in jobs]
    assert sorted(asked) == sorted(str(each.id) for each in Run.objects.all())
    for each in asked:
        tasks.work_off(each)
    assert {each.state for each in Run.objects.all()} == {State.DONE}
    assert results(run) == undisturbed(run)


def test_a_run_that_somebody_works_on_is_not_taken_up(till: Till) -> None:
    run = begin(till)
    found: list[list[Run]] = []
    services.work(run.id, progress=once(lambda: found.append(services.orphans())))
    assert found == [[]]


def test_whatever_ends_the_run_of_today_ends_it_by_name_too(till: Till) -> None:
    run = begin(till)

    def broken() -> None:
        raise ArithmeticError("no such number")

    with pytest.raises(ArithmeticError):
        services.work(run.id, progress=once(broken))
    said = "Something broke that nobody had foreseen: no such number. The log says more."
    assert {(each.state, each.message) for each in Run.objects.all()} == {(State.FAILED, said)}
    with pytest.raises(RunStopped):
        services.work(run.id, progress=once(lambda: stop_today(run), at=1))
    assert {each.state for each in Run.objects.all()} == {State.CANCELLED}
    services.work(run.id)
    assert {(each.state, each.stopping) for each in Run.objects.all()} == {(State.DONE, False)}


def stop_today(run: Run) -> None:
    run.refresh_from_db()
    assert run.compared_with is not None
    services.cancel(run.compared_with)


def test_the_planning_of_a_correction_says_the_same_and_goes_on() -> None:
    till = shop()
    till.say(*(bought(f"p-{each}", 1_000, f"person-{each}", at=day("2026-01-11")) for each in range(12)))
    correction = begun(till)
    with pytest.raises(DatabaseLost) as said:
        services.plan(correction.id, progress=once(cut, at=3))
    correction.refresh_from_db()
    assert (correction.state, correction.message) == (Correction.State.FAILED, said.value.message)
    services.resume_correction(till.programme, correction.id, by="test")
    assert services.plan(correction.id).state == Correction.State.DRAFT
    assert correction.lines.count() == 12


def test_what_the_database_refuses_is_no_loss_of_it(till: Till) -> None:
    def refused() -> None:
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 1; select pg_sleep(1)")

    with pytest.raises(Exception, match="statement timeout") as said:
        services.work(begin(till).id, progress=once(refused))
    with connection.cursor() as cursor:
        cursor.execute("reset statement_timeout")
    assert not patience.lost(said.value)
