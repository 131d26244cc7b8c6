"""Why a member would have had more or less where budgets are shared: found out once, by the worker, and kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from stammis.members.models import Member
from stammis.members.queries import find
from stammis.simulation import queries, services, tasks
from stammis.simulation.models import Explanation, Run
from stammis.simulation.results import folder_of
from tests.rooms.till import NOW, SHOP, Till, bought

pytestmark = pytest.mark.django_db
PEOPLE = ("anna", "ben", "carl", "dora")
BUDGET = {"id": "spring", "rules": ["spend"], "points": 100, "per": "month"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def queue() -> Any:
    connector = InMemoryConnector()
    with app.replace_connector(connector):
        yield connector


def tried() -> tuple[Till, Run, Run]:
    """Four buy for 60.00 each, one after the other; as tried there are 100 points for all of them."""
    till = Till()
    for number, person in enumerate(PEOPLE):
        till.now = NOW + dt.timedelta(minutes=number)
        till.one(bought(f"p-{person}", 6_000, person, at=till.now))
    document = SHOP | {"programme": till.programme.slug, "budgets": [BUDGET]}
    run = services.work(services.begin(till.programme, by="test", document=document).id)
    assert run.compared_with is not None
    return till, run, run.compared_with


def member(till: Till, name: str) -> Member:
    return find(till.programme.id, name)


def points(run: Run, who: Member) -> list[tuple[dict[str, int], dict[str, int]]]:
    found = queries.why(run, who.id)
    assert found is not None
    return [(each.today.points, each.tried.points) for each in found.moments]


def test_the_worker_finds_it_out_once_for_all_who_are_asked_about_next(queue: InMemoryConnector) -> None:
    till, run, other = tried()
    ben = member(till, "ben")
    assert queries.why(run, ben.id) is None
    asked = tasks.ask_why(run, ben, other)
    assert (asked.state, len(queue.jobs)) == (Explanation.State.QUEUED, 1)
    assert tasks.ask_why(run, ben, other).state == Explanation.State.QUEUED
    assert len(queue.jobs) == 1
    tasks.explain(str(ben.id), str(run.id), str(other.id))
    assert points(run, ben) == [({"points": 60}, {"points": 40})]
    done = Explanation.objects.get(member=ben)
    assert (done.state, done.total) == (Explanation.State.DONE, 8)  # each joined, and bought
    # those whose lot changes most were told as well
    assert points(run, member(till, "dora")) == [({"points": 60}, {})]


def test_who_shares_nothing_is_told_at_once() -> None:
    till, _, _ = tried()
    without = services.work(services.begin(till.programme, by="test", without="spend").id)
    assert points(without, member(till, "anna")) == [({"points": 60}, {})]


def test_what_fails_says_so_and_is_asked_anew(queue: InMemoryConnector) -> None:
    till, run, other = tried()
    anna = member(till, "anna")
    tasks.ask_why(run, anna, other)
    course = folder_of(run) / "course.json"
    kept = course.read_bytes()
    course.unlink()
    tasks.explain(str(anna.id), str(run.id), str(other.id))
    course.write_bytes(kept)
    failed = tasks.ask_why(run, anna, other)
    assert failed.state == Explanation.State.FAILED
    assert "files of this back-test are gone" in failed.message
    assert tasks.ask_why(run, anna, other).state == Explanation.State.QUEUED
    assert len(queue.jobs) == 2


class Unreachable(InMemoryConnector):
    """A queue that takes nothing."""

    def defer_jobs_all(self, *_: Any, **__: Any) -> Any:
        """Fail as a database that is away does."""
        raise ConnectionError


def test_what_nobody_was_told_to_find_out_was_not_asked() -> None:
    till, run, other = tried()
    with app.replace_connector(Unreachable()), pytest.raises(ConnectionError):
        tasks.ask_why(run, member(till, "anna"), other)
    assert not Explanation.objects.exists()


def test_what_was_kept_and_is_gone_is_found_out_again(queue: InMemoryConnector) -> None:
    till, run, other = tried()
    anna = member(till, "anna")
    tasks.ask_why(run, anna, other)
    tasks.explain(str(anna.id), str(run.id), str(other.id))
    assert points(run, anna) == []
    next(folder_of(run).glob(f"told-*/{anna.id.hex}")).unlink()
    assert queries.why(run, anna.id) is None
    assert tasks.ask_why(run, anna, other).state == Explanation.State.QUEUED
    tasks.explain(str(anna.id), str(run.id), str(other.id))
    assert points(run, anna) == []
    services.remove(run)
    assert not Explanation.objects.exists()
