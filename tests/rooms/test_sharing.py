"""Budgets that all members share, and rates of currencies: counted exactly, given back, and proven."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from stammis.accrual.outcomes import Accepted
from stammis.accrual.queries import drafted, standing_of, try_out, why
from stammis.accrual.services import record, verify
from stammis.core.document import parse
from stammis.ledger.queries import row_id
from stammis.members.queries import find
from stammis.programmes.queries import versions
from stammis.programmes.services import BadRate, set_rate
from stammis.rewards.queries import drawn_by_budget
from tests.rooms.till import NOW, SHOP, Till, bought, day, happened, returned, status

pytestmark = pytest.mark.django_db

EXTRA = {"id": "extra", "kind": "purchase", "points": 100}
SPRING: dict[str, Any] = {
    "earn": [*SHOP["earn"], EXTRA],
    "budgets": [{"id": "spring", "rules": ["extra"], "points": 250}],
}


def drawn(till: Till) -> dict[str, int]:
    return {budget: points for (budget, _, _), points in drawn_by_budget(till.programme.id).items() if points}


def test_a_budget_is_shared_by_members_given_back_and_proven() -> None:
    till = Till(**SPRING)
    till.say(
        *(bought(str(number), 1_000, who, at=day("2026-05-01")) for number, who in enumerate(["anna", "ben", "cleo"]))
    )
    assert [till.active(who) for who in ("anna", "ben", "cleo")] == [110, 110, 60]
    assert drawn(till) == {"spring": 250}
    till.one(returned("back", "0", "1", at=day("2026-05-02")))
    assert drawn(till) == {"spring": 150}
    till.one(bought("3", 1_000, "dora", at=day("2026-05-03")))
    till.one(status("3", "cancelled", at=day("2026-05-04")))
    assert drawn(till) == {"spring": 150}
    assert verify(till.programme) == []


def test_a_trial_takes_a_budget_as_it_is_left_as_a_dry_run_does() -> None:
    till = Till(**SPRING)
    till.say(*(bought(str(number), 1_000, f"m{number}", at=day("2026-05-01")) for number in range(2)))
    event = bought("x", 1_000, "m0", at=day("2026-05-01"))
    (dry,) = record([till.item(event)], now=till.now, dry_run=True)
    assert isinstance(dry, Accepted)
    standing = standing_of(find(till.programme.id, "m0").id)
    published = versions(till.programme.id)
    trial = try_out(standing, event, published)
    given = {step.rule: step.points for step in dry.answer.steps if step.points}
    assert given["extra"] == 50
    assert {part.rule: part.amount for gain in trial.gains for part in gain.parts} == given
    document = till.programme.versions.get().document | {"budgets": [SPRING["budgets"][0] | {"points": 220}]}
    smaller = try_out(standing, event, drafted(published, parse(document)))
    assert {part.rule: part.amount for gain in smaller.gains for part in gain.parts}["extra"] == 20


def test_the_proof_finds_a_budget_s_counter_that_was_changed() -> None:
    till = Till(**SPRING)
    till.one(bought("1", 1_000, at=day("2026-05-01")))
    with connection.cursor() as db:
        db.execute("UPDATE rewards_drawn SET points = 7 WHERE programme_id = %s", [till.programme.id])
    (found,) = verify(till.programme)
    assert (found.what, found.where, found.stored, found.expected) == ("budget", "spring", "7", "100")


def test_a_dry_run_draws_nothing(till: Till) -> None:
    event = bought("1", 1_000, at=day("2026-05-01"))
    (first,) = record([till.item(event)], now=till.now, dry_run=True)
    (second,) = record([till.item(event)], now=till.now, dry_run=True)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.answer.wallets == second.answer.wallets
    assert drawn(till) == {}


@pytest.fixture
def till() -> Till:
    return Till(**SPRING)


def test_b48_a_purchase_in_another_currency_is_reckoned_by_the_rate_of_its_day() -> None:
    till = Till()
    assert till.no(bought("0", 170_000, at=day("2026-04-30"), currency="ZAR")).code == "no_rate"
    set_rate(till.programme, "ZAR", dt.date(2026, 5, 1), "17.00", by="test", now=NOW)
    set_rate(till.programme, "ZAR", dt.date(2026, 5, 10), "20", by="test", now=NOW)
    assert till.no(bought("0", 170_000, at=day("2026-04-30"), currency="ZAR")).code == "no_rate"
    till.one(bought("1", 170_000, at=day("2026-05-09"), currency="ZAR"))
    till.one(bought("2", 170_000, at=day("2026-05-10"), currency="ZAR"))
    assert till.rows() == [("earn", 100, 100), ("earn", 85, 185)]
    set_rate(till.programme, "ZAR", dt.date(2026, 5, 1), "1", by="test", now=NOW)
    till.one(returned("back", "1", "1", at=day("2026-05-20")))
    assert till.rows()[-1] == ("return", -100, 85)
    member = find(till.programme.id, "anna")
    told = why(row_id(member.id, 1), "en", now=NOW)
    assert "ZAR" in told["parts"][0]["sentence"]
    assert "17 ZAR for 1 EUR, the rate of 1 May 2026" in told["sentence"]
    assert verify(till.programme) == []


def test_progress_and_tender_of_a_purchase_abroad_are_in_the_programme_s_money() -> None:
    till = Till()
    set_rate(till.programme, "JPY", dt.date(2026, 1, 1), "160", by="test", now=NOW)
    answer = till.one(bought("1", 160_000, at=day("2026-05-09"), currency="JPY"))
    assert answer.answer.tiers == {"level": "gold"}
    assert till.active() == 1_000
    paying = till.one(bought("2", 16_000, at=day("2026-05-10"), currency="JPY", pay=40))
    amounts = paying.answer.amounts
    assert amounts is not None
    assert (amounts.total, amounts.by_points, amounts.due, amounts.currency) == (16_000, 6_400, 9_600, "JPY")
    assert till.active() == 1_000 - 40 + 60
    refund = till.one(returned("r", "2", money=160_000, at=day("2026-05-11")))
    assert refund.answer.refund is not None
    assert refund.answer.refund.money == 1_600
    assert till.active() == 1_020 - 10
    assert verify(till.programme) == []


@pytest.mark.parametrize(
    ("currency", "rate"), [("EUR", "1"), ("XXY", "1"), ("ZAR", "0"), ("ZAR", "1e3"), ("ZAR", "-1")]
)
def test_a_rate_that_means_nothing_is_refused(till: Till, currency: str, rate: str) -> None:
    with pytest.raises(BadRate):
        set_rate(till.programme, currency, dt.date(2026, 5, 1), rate, by="test", now=NOW)


def test_an_event_draws_on_a_budget(till: Till) -> None:
    till = Till(earn=SHOP["earn"], budgets=[{"id": "talk", "rules": ["review"], "points": 15}])
    till.say(*(happened(f"r{number}", at=day("2026-05-01")) for number in range(3)))
    assert till.active() == 15
    assert drawn(till) == {"talk": 15}
