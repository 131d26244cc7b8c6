"""Corrections of accounts that belong together: merged ones, pools, budgets; and the words of the command line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from msgspec import structs

from stammis.accrual.outcomes import Accepted, MemberFields
from stammis.accrual.services import verify
from stammis.config.cli import correct
from stammis.core.effects import RewardMoved
from stammis.core.events import HoldPlaced, Merged, PoolChanged, Purchase, Tender
from stammis.simulation.models import Correction
from tests.rooms.test_corrections import WRONG, amounts, history, planned, posted, shop
from tests.rooms.till import NOW, Till, bought, day, redeems, returned, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hour_later")]


def test_what_a_merged_account_should_have_goes_to_the_account_in_which_it_goes_on() -> None:
    till = shop()
    till.say(bought("a", 2_000, at=day("2026-01-10")), bought("b", 1_000, "old", at=day("2026-01-11")))
    till.one_as(Merged(occurred_at=day("2026-02-01"), id="M", member="old", into="anna"), ("merge", "M"))
    correction = planned(till)
    assert amounts(correction) == {"anna": -60}
    posted(till, correction)
    assert till.active() == 30
    assert verify(till.programme) == []


def pooled(earn: list[dict[str, Any]]) -> Till:
    till = shop(earn)
    till.say(MemberFields("anna", {}), MemberFields("home", {"name": "Home"}, "household"))
    at = day("2026-01-05")
    till.one(PoolChanged(occurred_at=at, member="anna", pool="home", account="", share=50))
    till.say(bought("a", {"1": 2_000, "2": 500}, at=day("2026-01-10")), returned("r", "a", "2", at=day("2026-01-20")))
    return till


def test_a_pools_share_is_put_right_in_the_pool() -> None:
    till, other = pooled(WRONG), pooled([WRONG[0] | {"points": 1}])
    assert (till.active(), till.active("home")) == (30, 30)
    correction = planned(till)
    assert amounts(correction) == {"anna": -20, "home": -20}
    posted(till, correction)
    assert (till.active(), till.active("home")) == (other.active(), other.active("home")) == (10, 10)
    assert verify(till.programme) == []


def test_who_paid_with_points_that_the_right_rule_would_not_have_given_is_taken_to_have_paid_with_them() -> None:
    till = shop()
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    till.one(bought("b", 10_000, at=day("2026-01-11"), pay=40))
    assert till.active() == 60 - 40 + 3 * 60
    # 20 instead of 60, and for the 60.00 in money 60 instead of 180; paid in money it would have been 100
    assert amounts(planned(till)) == {"anna": -40 - 120}


def holds(till: Till, amount: int, at: dt.datetime) -> None:
    hold = HoldPlaced(occurred_at=at, id="H", member="anna", wallet="points", amount=amount, seconds=3_600)
    till.one_as(hold, ("hold", "H"))


def paid_from_hold(id: str, amount: int, points: int, at: dt.datetime, **fields: Any) -> Purchase:
    return structs.replace(bought(id, amount, at=at, **fields), points=Tender("points", points, hold="H"))


def test_who_paid_from_a_hold_that_the_right_rule_would_not_have_allowed_is_taken_to_have_paid_with_points() -> None:
    till = shop()
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    holds(till, 40, day("2026-01-11", "12:00"))
    till.one(paid_from_hold("b", 10_000, 40, day("2026-01-11", "12:30")))
    assert till.active() == 60 - 40 + 3 * 60
    correction = planned(till)
    # 20 instead of 60, and for the 60.00 in money 60 instead of 180; paid in money it would have been 100
    assert amounts(correction) == {"anna": -40 - 120}
    posted(till, correction)
    assert till.active() == 20 - 40 + 60
    assert verify(till.programme) == []


def test_who_has_the_points_of_a_hold_only_later_pays_with_them_and_what_is_lacking_is_lent() -> None:
    till = shop()
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    holds(till, 40, day("2026-01-11", "12:00"))
    till.one(bought("more", 1_000, at=day("2026-01-11", "12:10")))
    till.one(paid_from_hold("b", 10_000, 40, day("2026-01-11", "12:30")))
    till.one(bought("c", 10_000, at=day("2026-01-11", "13:00"), pay=10))
    # right: 20 + 10, of 40 points 10 are lent; 60; then 10 of 60: 90. Wrong: three times as much
    assert amounts(planned(till)) == {"anna": -40 - 20 - 120 - 180}


def test_who_bought_with_a_coupon_that_the_right_rule_would_not_have_paid_for_is_taken_to_have_had_it() -> None:
    till = shop()
    till.one(bought("a", 2_000, at=day("2026-01-10")))
    code = issued(till.one(redeems("mug", "mug", at=day("2026-01-11"))))
    till.one(structs.replace(bought("b", 10_000, at=day("2026-01-11", "13:00"), pay=10), coupons=(code,)))
    assert till.active() == 60 - 50 - 10 + 3 * 90
    # without the mug's coupon the points would not be taken back to be paid with: 90 instead of 270
    assert amounts(planned(till)) == {"anna": -40 - 180}


def issued(taken: Accepted) -> str:
    (code,) = [effect.reward.code for effect in taken.answer.effects if isinstance(effect, RewardMoved)]
    return code


def test_an_order_placed_in_the_period_and_completed_after_it_is_put_right() -> None:
    till = shop()
    till.one(bought("a", 2_000, at=day("2026-01-12"), status="placed"))
    till.one(status("a", "completed", day("2026-01-15")))
    till.one(bought("early", 1_000, at=day("2026-01-09"), status="placed"))
    till.one(status("early", "completed", day("2026-01-11")))
    assert till.active() == 60 + 10
    assert amounts(planned(till)) == {"anna": -40}


def test_a_budget_goes_to_who_came_first_in_the_period_as_well() -> None:
    till = shop(budgets=[{"id": "winter", "rules": ["spend"], "points": 100, "per": "month"}])
    for number, person in enumerate(("anna", "ben", "carl")):
        till.now = NOW + dt.timedelta(minutes=number)
        till.one(bought(f"p-{person}", 2_500, person, at=day("2026-01-11", f"1{number}:00")))
    assert [till.active(each) for each in ("anna", "ben", "carl")] == [75, 25, 0]
    correction = planned(till)
    assert amounts(correction) == {"anna": -50, "carl": 25}


def test_the_command_line_plans_posts_lists_and_tells(capsys: pytest.CaptureFixture[str]) -> None:
    till = shop()
    history(till)
    slug = till.programme.slug
    body: dict[str, Any] = {
        name: each.callback.__wrapped__  # type: ignore[union-attr] # what stands under ``installed``
        for name, each in correct.command.commands.items()
    }
    period = {"first": "2026-01-10", "end": "2026-01-13T00:00:00+00:00", "name": "January", "programme": slug}
    body["plan"](file=None, version=1, wrong=None, as_values=True, **period)
    plan = json.loads(capsys.readouterr().out)
    assert (plan["state"], plan["totals"]["wallets"]["points"]["losses"]) == ("draft", -60)
    assert plan["largest"][0]["originals"] == [["purchase", "a", 60, 20]]
    found = Correction.objects.get()
    body["messages"](correction=found.id, programme=slug)
    told = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["member"], row["amount"]) for row in told] == [("anna", "-40"), ("ben", "-20")]
    body["post"](correction=found.id, gains=False, programme=slug, as_values=False)
    said = capsys.readouterr().out
    assert "points: posted -60, undone 0." in said.replace("−", "-")
    assert till.active() == 30
    body["undo"](correction=found.id, programme=slug, as_values=False)
    body["list"](programme=slug, as_values=False)
    assert f"{found.id}  undone" in capsys.readouterr().out
    assert till.active() == 70
