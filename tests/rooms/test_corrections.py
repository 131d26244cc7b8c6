"""Corrections: a wrong rule that ran for days is put right, posted once, also after a kill, and undone as a whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest import MonkeyPatch  # noqa: PT013 - only its type

from stammis.accrual.queries.reasons import why
from stammis.accrual.services import verify
from stammis.activity.models import Event
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.ledger.queries import row_id
from stammis.members.queries import find
from stammis.programmes.services import publish
from stammis.simulation import queries, services
from stammis.simulation.models import Correction, CorrectionLine
from stammis.simulation.services import correcting, sharing
from stammis.staff.models import Audit
from tests.rooms.till import NOW, SHOP, Till, bought, day, gives, happened, redeems, returned

pytestmark = pytest.mark.django_db

RIGHT = [{"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}]
WRONG = [{"id": "spend", "kind": "amount", "points": 3, "each": "1.00"}]
MEAN = [{"id": "spend", "kind": "amount", "points": 1, "each": "2.00"}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    return tmp_path


def shop(wrong: list[dict[str, Any]] = WRONG, **changes: Any) -> Till:
    """A shop whose second version, from 10 to 13 January, was wrong."""
    till = Till(earn=RIGHT, now=day("2026-01-01"), **changes)
    document = SHOP | {"programme": till.programme.slug} | changes
    publish(document | {"from": "2026-01-10", "earn": wrong}, by="test", now=day("2026-01-02"))
    publish(document | {"from": "2026-01-13", "earn": RIGHT}, by="test", now=day("2026-01-03"))
    till.now = NOW
    return till


def planned(till: Till, **asked: Any) -> Correction:
    return services.plan(begun(till, **asked).id)


def begun(till: Till, **asked: Any) -> Correction:
    said: dict[str, Any] = {"name": "January", "version": 1}
    said |= {"begins_at": day("2026-01-10", "00:00"), "ends_at": day("2026-01-13", "00:00")} | asked
    return services.begin_correction(till.programme, by="test", **said)


def posted(till: Till, correction: Correction, scope: Correction.Scope = Correction.Scope.ALL) -> Correction:
    services.begin_posting(till.programme, correction.id, by="test", scope=scope)
    return services.post(correction.id)


def undone(till: Till, correction: Correction) -> Correction:
    services.begin_undoing(till.programme, correction.id, by="test")
    return services.post(correction.id)


def amounts(correction: Correction) -> dict[str, int]:
    return {line.member.reference or "": line.amount for line in queries.lines(correction)}


def history(till: Till) -> None:
    till.say(
        bought("before", 1_000, at=day("2026-01-09")),
        bought("a", 2_000, at=day("2026-01-10")),
        bought("b", [1_000, 500], "ben", at=day("2026-01-12", "23:59")),
        bought("after", 4_000, "ben", at=day("2026-01-13", "00:00")),
        bought("c", 700, "carl", at=day("2026-01-14")),
        returned("r", "b", "2", at=day("2026-02-01")),
    )


def test_a_planted_mistake_is_corrected_and_balances_are_those_of_a_world_where_the_right_rule_ran() -> None:
    till, other = shop(), shop(RIGHT)
    history(till)
    history(other)
    people = ["anna", "ben", "carl"]
    assert [till.active(each) for each in people] == [10 + 60, 30 + 40, 7]
    correction = planned(till)
    # anna: 20 instead of 60; ben: 10 instead of 30, of what he kept
    assert amounts(correction) == {"anna": -40, "ben": -20}
    assert correction.totals["wallets"]["points"] == {"gaining": 0, "gains": 0, "losing": 2, "losses": -60}
    assert [till.active(each) for each in people] == [70, 70, 7]
    correction = posted(till, correction)
    assert correction.state == Correction.State.POSTED
    assert [till.active(each) for each in people] == [other.active(each) for each in people] == [30, 50, 7]
    assert verify(till.programme) == []
    row = Entry.objects.filter(member_id=find(till.programme.id, "anna").id).latest("row")
    sentence = why(row_id(row.member_id, row.row), "en", now=NOW)["sentence"]
    assert "purchase a (20 points instead of 60)" in sentence
    assert "Correction «January»." in sentence
    assert row.occurred_at >= NOW


def test_an_event_and_a_day_are_put_right_too_and_what_lies_outside_is_left() -> None:
    review = {"id": "review", "kind": "event", "event": "review", "points": 10}
    birthday = {"id": "birthday", "kind": "event", "event": "birthday", "points": 5}
    till = shop([*WRONG, review, birthday])
    till.say(happened("v", at=day("2026-01-11")), bought("x", 1_000, "ben", at=day("2026-01-14")))
    assert amounts(planned(till)) == {"anna": -10}
    assert amounts(planned(till, version=None, document=_document(till, [review | {"points": 12}]))) == {"anna": 2}


def _document(till: Till, earn: list[dict[str, Any]]) -> dict[str, Any]:
    return SHOP | {"programme": till.programme.slug, "earn": earn}


def test_a_kill_between_chunks_and_a_second_call_double_nothing(monkeypatch: MonkeyPatch) -> None:
    till = shop()
    people = [f"person-{number}" for number in range(7)]
    till.say(*(bought(f"p-{each}", 1_000, each, at=day("2026-01-11")) for each in people))
    monkeypatch.setattr(correcting, "CHUNK", 2)
    correction = planned(till)
    services.begin_posting(till.programme, correction.id, by="test")
    keep, times = correcting._take_over, []  # noqa: SLF001 - killed once after the points, once before

    def killed(*given: Any, **named: Any) -> None:
        times.append(1)
        if len(times) in {4, 9}:
            raise KeyboardInterrupt
        keep(*given, **named)

    monkeypatch.setattr(correcting, "_take_over", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            services.post(correction.id)
    assert services.post(correction.id).state == Correction.State.POSTED
    services.post(correction.id)
    assert [till.active(each) for each in people] == [10] * 7
    assert Event.objects.filter(kind="adjustment", member__programme=till.programme).count() == 7
    assert {line.posted for line in correction.lines.all()} == {-20}
    with pytest.raises(services.NotPlanned):
        services.begin_posting(till.programme, correction.id, by="test")
    with pytest.raises(services.AlreadyCorrected):
        services.begin_posting(till.programme, planned(till).id, by="test")


def test_only_where_the_member_gains() -> None:
    mixed = [*MEAN, {"id": "review", "kind": "event", "event": "review", "points": 10}]
    till = shop(mixed)
    till.say(bought("a", 2_000, at=day("2026-01-10")), happened("v", member="ben", at=day("2026-01-11")))
    correction = planned(till)
    assert amounts(correction) == {"anna": 10, "ben": -10}
    correction = posted(till, correction, Correction.Scope.GAINS)
    assert (till.active(), till.active("ben")) == (20, 10)
    assert [each.member for each in queries.messages(correction)] == ["anna"]


def test_undone_as_a_whole_with_an_entry_of_who_did_it() -> None:
    till = shop()
    history(till)
    correction = posted(till, planned(till))
    assert undone(till, correction).state == Correction.State.UNDONE
    services.post(correction.id)
    assert (till.active(), till.active("ben")) == (70, 70)
    assert queries.posted(correction) == {"points": (-60, 60)}
    done = Audit.objects.filter(what__startswith="correction.").order_by("id").values_list("what", flat=True)
    assert list(done) == ["correction.plan", "correction.post", "correction.undo"]
    with pytest.raises(services.NotPosted):
        services.begin_undoing(till.programme, correction.id, by="test")
    assert verify(till.programme) == []
    posted(till, planned(till))
    assert till.active() == 30


@pytest.mark.parametrize(
    ("policy", "active", "taken"),
    [("allow_debt", -20, -40), ("to_zero", 0, -20), ("pending_only", 0, -20)],
)
def test_points_that_were_spent_follow_the_wallets_policy(policy: str, active: int, taken: int) -> None:
    wallets = [SHOP["wallets"][0] | {"negative_balance": policy}]
    till = shop(wallets=wallets)
    till.say(bought("a", 2_000, at=day("2026-01-10")), redeems("m", "bag", at=day("2026-01-11")))
    till.say(bought("b", 1_000, at=day("2026-01-12"), pay=10))  # 20 left, and nothing is earned on points
    line = planned(till).lines.get()
    gave = sum(before for _kind, _id, before, _after in line.originals)
    should = sum(after for *_, after in line.originals)
    assert (gave, should, line.amount) == (60, 20, -40)
    assert till.active() == 20
    correction = posted(till, planned(till))
    assert (till.active(), correction.lines.get().posted) == (active, taken)
    undone(till, correction)
    assert till.active() == 20
    assert verify(till.programme) == []


def test_who_does_not_agree_with_the_ledger_is_listed_apart() -> None:
    till = shop()
    history(till)
    anna = find(till.programme.id, "anna").id
    with connection.cursor() as db:  # behind everybody's back, as a superuser could
        db.execute("GRANT ALL ON ledger_entry TO CURRENT_USER")
        db.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        db.execute("UPDATE ledger_entry SET amount = 61 WHERE member_id = %s AND row = 2", [anna])
    correction = planned(till)
    assert amounts(correction) == {"ben": -20}
    assert [(line.because, line.amount) for line in queries.lines(correction, which="apart")] == [
        (sharing.DIFFERS, -40)
    ]
    assert posted(till, correction).totals["apart"] == 1
    assert CorrectionLine.objects.get(correction=correction, state="apart").posted == 0


def test_givers_and_takers_of_points_are_corrected_each_for_what_they_bought() -> None:
    till = shop()
    history(till)
    till.one(gives("gift", 65, at=day("2026-02-02")))  # more than the right rule would have given
    assert amounts(planned(till)) == {"anna": -40, "ben": -20}


def test_messages_are_in_the_members_language_with_the_reason() -> None:
    till = shop()
    history(till)
    found = list(queries.messages(planned(till)))
    assert [(each.member, each.amount, each.wallet) for each in found] == [
        ("anna", "-40", "points"),
        ("ben", "-20", "points"),
    ]
    assert "purchase a (20 points instead of 60)" in found[0].sentence
    with pytest.raises(services.BadPeriod):
        begun(till, begins_at=NOW, ends_at=NOW)
    with pytest.raises(services.NothingChosen):
        planned(till, version=99)
