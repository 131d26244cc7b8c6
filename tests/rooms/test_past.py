"""A dry run as of any time: members stand as they stood then, by the rules and with the purchases of then."""

import datetime as dt
import random

import pytest
from msgspec import structs

from stammis.accrual.outcomes import Accepted, Declined, Outcome
from stammis.accrual.services import past, record
from stammis.core.effects import Effect, Posted, RowKind
from stammis.core.events import AnyEvent, Purchase, ReturnLine
from stammis.programmes.services import publish
from tests.rooms.till import (
    NOW,
    ONE,
    SHOP,
    Till,
    adjusted,
    bought,
    day,
    gives_back,
    happened,
    redeems,
    returned,
    status,
)

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def till() -> Till:
    return Till()


def tried(till: Till, event: AnyEvent, as_of: dt.datetime) -> Outcome:
    (outcome,) = record([till.item(event)], now=till.now, dry_run=True, as_of=as_of)
    return outcome


def worth(till: Till, event: AnyEvent, as_of: dt.datetime) -> tuple[list[tuple[RowKind, int]], int]:
    """The rows that an event would have brought then, and the balance after it."""
    outcome = tried(till, event, as_of)
    assert isinstance(outcome, Accepted), outcome
    rows = [(effect.kind, effect.amount) for effect in outcome.answer.effects if isinstance(effect, Posted)]
    return rows, outcome.answer.wallets["points"].active


def test_a_member_is_tried_as_they_stood_then(till: Till) -> None:
    till.say(
        bought("1", 10_000, at=day("2026-01-10")),
        redeems("x", "bag", at=day("2026-02-10")),
        bought("2", 100_000, at=day("2026-03-10")),
    )
    assert worth(till, bought("new", 500), day("2026-01-20")) == ([("earn", 5)], 105)
    assert worth(till, bought("new", 500), day("2026-02-20")) == ([("earn", 5)], 75)
    assert worth(till, bought("new", 500), day("2026-03-20")) == ([("earn", 5)], 1_075)
    assert worth(till, bought("new", 500), day("2027-03-20")) == ([("earn", 5)], 5)
    assert worth(till, bought("new", 500), day("2026-01-05")) == ([("earn", 5)], 5)
    levels = [tried(till, happened("e"), day(on)) for on in ("2026-03-01", "2026-03-20")]
    assert [each.answer.tiers["level"] for each in levels if isinstance(each, Accepted)] == ["basic", "gold"]
    assert till.active() == 1_070


def test_what_arrived_late_counts_from_when_it_happened(till: Till) -> None:
    till.one(bought("1", 10_000, at=day("2026-03-01")))
    till.one(bought("2", 4_000, at=day("2026-02-01")))
    assert worth(till, bought("new", 500), day("2026-02-10")) == ([("earn", 5)], 45)


def test_the_version_of_then_decides(till: Till) -> None:
    till.one(bought("1", 10_000, at=day("2026-05-01")))
    second = SHOP | {
        "programme": till.programme.slug,
        "from": "2026-06-02",
        "earn": [{"id": "spend", "kind": "amount", "points": 3, "each": "1.00"}],
    }
    publish(second, by="test", now=NOW)
    till.now = day("2026-07-01")
    till.one(bought("2", 1_000, at=day("2026-06-20")))
    assert worth(till, bought("new", 1_000), day("2026-05-20")) == ([("earn", 10)], 110)
    assert worth(till, bought("new", 1_000), day("2026-06-10")) == ([("earn", 30)], 130)
    assert worth(till, bought("new", 1_000), day("2026-06-25")) == ([("earn", 30)], 160)


def test_a_return_is_tried_on_the_purchase_as_it_stood_then(till: Till) -> None:
    till.say(
        bought("1", [2_000, 3_000], at=day("2026-01-10")),
        returned("r1", "1", "1", at=day("2026-02-10")),
        status("1", "cancelled", at=day("2026-03-10")),
    )
    assert worth(till, returned("r2", "1", "1"), day("2026-01-20")) == ([("return", -20)], 30)
    assert worth(till, returned("r2", "1", "2"), day("2026-02-20")) == ([("return", -30)], 0)
    twice = tried(till, returned("r2", "1", "1"), day("2026-02-20"))
    assert isinstance(twice, Declined)
    assert twice.code == "more_than_bought"
    late = tried(till, returned("r2", "1", "1"), day("2026-03-20"))
    assert isinstance(late, Declined)
    assert late.code == "already_cancelled"
    early = tried(till, returned("r2", "1", "1"), day("2026-01-05"))
    assert isinstance(early, Accepted)
    assert early.status == 202


def test_a_reward_is_given_back_as_it_stood_then(till: Till) -> None:
    till.say(
        bought("1", at=day("2026-01-10")), redeems("x", "bag", at=day("2026-02-10")), gives_back("x", day("2026-03-10"))
    )
    outcomes = [tried(till, gives_back("x"), day(on)) for on in ("2026-01-20", "2026-02-20", "2026-03-20")]
    assert [each.status for each in outcomes] == [404, 200, 409]


def test_points_that_end_have_ended_then_and_not_before(till: Till) -> None:
    till.say(bought("1", 10_000, at=day("2025-03-01")), bought("2", 2_000, at=day("2026-05-01")))
    assert worth(till, happened("e"), day("2026-02-28")) == ([("earn", 10)], 110)
    assert worth(till, happened("e"), day("2026-03-01", "00:00")) == ([("earn", 10)], 10)
    refused = tried(till, redeems("x", "bag"), day("2026-03-02"))
    assert isinstance(refused, Declined)
    assert (refused.code, refused.reason) == ("not_enough_points", "expired")


def test_a_history_too_long_to_fold_again_is_refused(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.say(*(bought(str(n), at=day(f"2026-01-{n + 1:02}")) for n in range(6)))
    monkeypatch.setattr(past, "MOST_EVENTS", 4)
    assert isinstance(tried(till, bought("new"), day("2026-01-02")), Accepted)
    refused = tried(till, bought("new"), day("2026-01-05"))
    assert isinstance(refused, Declined)
    assert (refused.status, refused.code) == (422, "as_of_past")


def a_history(chance: random.Random) -> list[AnyEvent]:
    """Something every other day: purchases, returns, cancellations, rewards, visits, gifts."""
    events: list[AnyEvent] = []
    at = day("2025-03-01")
    for n in range(14):
        at += dt.timedelta(days=chance.randint(1, 50))
        orders = [event.id for event in events if isinstance(event, Purchase)]
        what = chance.choice(["buy", "buy", "pay", "return", "cancel", "reward", "event", "gift"])
        if what in {"buy", "pay"} or not orders:
            amounts = [chance.randint(1, 40_000) for _ in range(chance.randint(1, 3))]
            events.append(bought(f"p{n}", amounts, at=at, pay=chance.randint(1, 20) if what == "pay" else 0))
        elif what == "return":
            events.append(returned(f"r{n}", chance.choice(orders), ReturnLine("1", quantity=ONE // 2), at=at))
        elif what == "cancel":
            events.append(status(chance.choice(orders), chance.choice(["cancelled", "completed"]), at))
        elif what == "reward":
            events.append(redeems(f"x{n}", "bag", at=at))
        elif what == "event":
            events.append(happened(f"e{n}", at=at))
        else:
            events.append(adjusted(f"a{n}", chance.randint(-40, 40) or 1, at=at))
    return events


def plain(outcome: Outcome) -> object:
    """What an outcome says, without the numbers and codes that only a record can give."""
    if isinstance(outcome, Declined):
        return outcome
    return (
        outcome.status,
        [_unnumbered(effect) for effect in outcome.answer.effects],
        outcome.answer.steps,
        outcome.answer.amounts,
        outcome.answer.refund,
        outcome.answer.wallets,
        outcome.answer.tiers,
    )


def _unnumbered(effect: Effect) -> object:
    if isinstance(effect, Posted):
        return structs.replace(effect, row=0)
    return type(effect)


@pytest.mark.parametrize("seed", range(8))
def test_law_7_what_a_dry_run_promised_the_same_at_the_same_instant_gets(till: Till, seed: int) -> None:
    """Before it is recorded, and once more when all that came later is there."""
    history = a_history(random.Random(seed))
    till.now = day("2027-03-01")
    outcomes: list[tuple[AnyEvent, Outcome]] = []
    for event in history:
        (promised,) = record([till.item(event)], now=till.now, dry_run=True)
        as_of = tried(till, event, event.occurred_at)
        (got,) = till.say(event)
        assert plain(promised) == plain(as_of) == plain(got)
        outcomes.append((event, got))
    for event, got in outcomes:
        renamed = event if not hasattr(event, "id") else structs.replace(event, id=f"{event.id} again")
        at = event.occurred_at - SECOND
        again = tried(till, renamed, at)
        if isinstance(got, Declined):
            assert isinstance(again, Declined)
            continue
        assert isinstance(again, Accepted), again
        assert again.answer.wallets == got.answer.wallets
        assert [step for step in again.answer.steps if step.rule] == [step for step in got.answer.steps if step.rule]
