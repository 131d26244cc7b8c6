"""Planning corrections: asked for once, stopped, killed in the middle and gone on with, told member by member."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from stammis.core.events import Merged
from stammis.kit import clock
from stammis.members.models import Member
from stammis.members.queries import find
from stammis.simulation import queries, services, tasks
from stammis.simulation.course import FORM
from stammis.simulation.models import Correction
from stammis.simulation.righting import Found, Righting, folder_of
from stammis.simulation.services import planning
from stammis.staff.models import Audit
from tests.rooms.test_corrections import MEAN, RIGHT, amounts, begun, history, planned, posted, shop
from tests.rooms.till import NOW, Till, bought, day, happened, redeems

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hour_later")]
State = Correction.State


def crowd(till: Till, members: int = 12) -> list[str]:
    people = [f"person-{number}" for number in range(members)]
    till.say(*(bought(f"p-{each}", 1_000, each, at=day("2026-01-11")) for each in people))
    return people


def killed(
    correction: Correction,
    monkeypatch: pytest.MonkeyPatch,
    finds: Callable[[list[Found]], list[Found]] = lambda found: found,
) -> list[str]:
    """Plans until three units are done and the process is gone; gives the units that are done, now and later."""
    do = Righting.do
    done: list[str] = []

    def do_some(self: Righting, unit: str, progress: Any) -> list[Found]:
        if len(done) == 3 and not ended:
            ended.append(unit)
            raise SystemExit  # as a process that is gone: nobody writes down that it ended
        done.append(unit)
        found = do(self, unit, progress)
        return found if ended else finds(found)

    ended: list[str] = []
    monkeypatch.setattr(Righting, "do", do_some)
    with pytest.raises(SystemExit):
        tasks.correct(str(correction.id))
    return done


def test_a_planning_that_was_killed_goes_on_where_it_was_and_comes_to_the_same_lines_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = shop()
    people = crowd(till)
    correction = begun(till)
    done = killed(correction, monkeypatch)
    correction.refresh_from_db()
    assert (correction.state, correction.lines.count()) == (State.PLANNING, 0)
    till.one(bought("later", 5_000, people[0], at=day("2026-01-11")))  # not in the history that was begun with
    tasks.correct(str(correction.id))
    tasks.correct(str(correction.id))
    correction.refresh_from_db()
    assert correction.state == State.DRAFT
    assert len(done) == len(set(done)) > 3
    assert amounts(correction) == dict.fromkeys(people, -20)
    assert (correction.done, correction.total, correction.totals["members"]) == (12, 12, 12)
    assert not (folder_of(correction.id) / "snapshot").exists()


@pytest.mark.parametrize("name", ["was", "should"])
def test_what_another_release_had_found_out_is_found_out_anew(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    people = crowd(till)
    correction = begun(till)
    killed(correction, monkeypatch, finds=lambda _: [])  # as another release may have it
    course = folder_of(correction.id) / name / "course.json"
    course.write_text(course.read_text().replace(f'"form":{FORM}', f'"form":{FORM - 1}'))
    till.one(bought("later", 5_000, people[0], at=day("2026-01-11")))  # not in the history that was begun with
    tasks.correct(str(correction.id))
    assert amounts(correction) == dict.fromkeys(people, -20)


def test_the_worker_plans_posts_and_undoes_and_a_second_job_does_nothing_more() -> None:
    till = shop()
    history(till)
    correction = begun(till)
    for _ in range(2):
        tasks.correct(str(correction.id))
    services.begin_posting(till.programme, correction.id, by="test")
    for _ in range(2):
        tasks.correct(str(correction.id))
    assert (till.active(), till.active("ben")) == (30, 50)
    services.begin_undoing(till.programme, correction.id, by="test")
    for _ in range(2):
        tasks.correct(str(correction.id))
    correction.refresh_from_db()
    assert (correction.state, till.active(), till.active("ben")) == (State.UNDONE, 70, 70)
    assert (correction.done, correction.total) == (2, 2)


def test_the_same_question_goes_on_with_a_planning_that_was_stopped() -> None:
    till = shop()
    history(till)
    correction = begun(till)
    assert begun(till).id == correction.id
    services.stop_correction(till.programme, correction.id, by="test")
    tasks.correct(str(correction.id))  # the job is there still, and leaves it alone
    correction.refresh_from_db()
    assert correction.state == State.CANCELLED
    assert begun(till).id == correction.id
    assert begun(till, name="Another").id != correction.id
    assert services.plan(correction.id).state == State.DRAFT
    assert begun(till).id != correction.id


def test_who_plans_is_told_to_stop_while_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    crowd(till)
    correction = begun(till)
    monkeypatch.setattr(planning, "_TELL_SECONDS", 0.0)
    busy: list[bool] = []

    def progress(done: int, total: int) -> None:
        if done == total // 2 and not busy:
            busy.append(services.unattended(correction))
            with pytest.raises(services.CorrectionBusy):
                services.plan(correction.id)
            services.stop_correction(till.programme, correction.id, by="test")

    with pytest.raises(services.CorrectionStopped):
        services.plan(correction.id, progress=progress)
    correction.refresh_from_db()
    assert (correction.state, busy, services.unattended(correction)) == (State.CANCELLED, [False], True)
    with pytest.raises(services.NotPlanned):
        services.stop_correction(till.programme, correction.id, by="test")
    services.resume_correction(till.programme, correction.id, by="test")
    assert services.plan(correction.id).totals["members"] == 12


def test_what_breaks_is_told_and_can_be_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop()
    history(till)
    correction = begun(till)
    with monkeypatch.context() as patch:
        patch.setenv("STAMMIS_DATA", "")
        with pytest.raises(Exception, match="data folder"):
            tasks.correct(str(correction.id))
    correction.refresh_from_db()
    assert correction.state in {State.FAILED, State.PLANNING}
    services.resume_correction(till.programme, correction.id, by="test")
    tasks.correct(str(correction.id))
    correction.refresh_from_db()
    assert (correction.state, correction.message) == (State.DRAFT, "")


def test_the_period_is_the_part_in_which_the_version_that_ran_wrong_decided() -> None:
    till = shop()
    history(till)
    whole = begun(till, wrong=2, begins_at=None, ends_at=None)
    assert (whole.begins_at, whole.ends_at) == (day("2026-01-10", "00:00"), day("2026-01-13", "00:00"))
    part = begun(till, wrong=2, begins_at=day("2026-01-12", "00:00"), ends_at=day("2026-02-01"))
    assert (part.begins_at, part.ends_at) == (day("2026-01-12", "00:00"), day("2026-01-13", "00:00"))
    assert amounts(services.plan(part.id)) == {"ben": -20}
    latest = begun(till, wrong=3, begins_at=None, ends_at=None)
    assert latest.ends_at == clock.now()
    for problem, asked in (
        (services.SameVersion, {"wrong": 1}),
        (services.NotInForce, {"wrong": 2, "begins_at": day("2026-01-13", "00:00"), "ends_at": None}),
        (services.NotInForce, {"wrong": 9}),
        (services.NoPeriod, {"begins_at": None}),
        (services.BadPeriod, {"ends_at": day("2026-01-09")}),
    ):
        with pytest.raises(problem):
            begun(till, **asked)


def test_a_plan_that_is_put_away_is_posted_never() -> None:
    till = shop()
    history(till)
    correction = planned(till)
    services.drop_correction(till.programme, correction.id, by="test")
    for act in (services.drop_correction, services.begin_posting, services.resume_correction):
        with pytest.raises(services.NotPlanned):
            act(till.programme, correction.id, by="test")
    assert services.post(correction.id).state == State.DROPPED
    assert till.active() == 70
    assert Audit.objects.filter(what="correction.drop", subject="January").count() == 1
    posted(till, planned(till))
    assert till.active() == 30


def test_each_member_is_told_event_by_event_what_was_and_what_should_have_been() -> None:
    till = shop([*MEAN, {"id": "review", "kind": "event", "event": "review", "points": 10}])
    history(till)
    till.one(happened("v", at=day("2026-01-11")))
    till.one(bought("old", 1_000, "old", at=day("2026-01-11")))
    till.one_as(Merged(occurred_at=day("2026-02-01"), id="M", member="old", into="anna"), ("merge", "M"))
    document = {**begun(till).document, "earn": RIGHT}
    correction = services.plan(begun(till, version=None, document=document).id)
    anna = find(till.programme.id, "anna")
    told = queries.why_corrected(correction, Member.objects.get(id=anna.id))
    sides = {each.id: (each.today.points, each.tried.points) for each in told.moments}
    assert sides == {
        "a": ({"points": 10}, {"points": 20}),
        "old": ({"points": 5}, {"points": 10}),
        "v": ({"points": 10}, {}),
    }
    assert "1 point for each €2" in told.moments[0].today.parts[0].sentence
    assert "1 point for each €1" in told.moments[0].tried.parts[0].sentence
    assert told.moments[1].today.version == 2
    with pytest.raises(queries.NotInCorrection):
        queries.why_corrected(correction, Member(id=uuid.uuid4(), programme=till.programme))


def test_lines_are_found_by_id_and_by_who_gains() -> None:
    till = shop([*MEAN, {"id": "review", "kind": "event", "event": "review", "points": 30}])
    till.say(bought("a", 2_000, at=day("2026-01-10")), happened("v", member="ben", at=day("2026-01-11")))
    correction = planned(till)

    def names(**asked: Any) -> list[str | None]:
        return [line.member.reference for line in queries.lines(correction, **asked)]

    assert names() == ["ben", "anna"]
    assert (names(which="gains"), names(which="losses"), names(which="refused")) == (["anna"], ["ben"], [])
    assert names(q="AN") == ["anna"]


def test_it_is_counted_who_would_lose_more_than_there_is() -> None:
    till = shop()
    history(till)
    correction = planned(till)
    assert queries.lacking(correction, "points") == 0
    till.one(redeems("m", "mug", at=NOW))
    assert till.active() == 20
    assert queries.lacking(correction, "points") == 1
    assert queries.lacking(correction, "stamps") == 0
