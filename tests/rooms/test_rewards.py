"""Rewards: taken for points, used with a purchase, given back."""

import re

import pytest

from stammis.accrual.outcomes import Declined
from stammis.accrual.services import adjust, cancel_redemption, redeem, verify
from stammis.core.effects import RewardMoved
from stammis.rewards.models import Issued, Stock
from tests.rooms.till import NOW, Till, adjusted, bought, day, gives_back, redeems, returned

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    till = Till()
    till.one(bought("1", 20_000))
    return till


def code_of(till: Till, redemption: str) -> str:
    return Issued.objects.get(programme=till.programme, redemption=redemption).code


def test_a_reward_costs_its_price_and_comes_with_a_code(till: Till) -> None:
    outcome = till.one(redeems("x", "bag", quantity=2))
    moved = next(effect.reward for effect in outcome.answer.effects if isinstance(effect, RewardMoved))
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", moved.code)
    assert (outcome.status, till.active(), code_of(till, "x")) == (201, 140, moved.code)
    again = till.one(redeems("x", "bag", quantity=2))
    assert (again.replay, again.answer.effects) == (True, outcome.answer.effects)


def test_the_last_piece_goes_once_and_comes_back_when_given_back(till: Till) -> None:
    till.one(redeems("x", "mug"))
    assert till.no(redeems("y", "mug")) == Declined(409, "sold_out", None, {"left": 0})
    till.one(gives_back("x"))
    assert (till.active(), Stock.objects.get(programme=till.programme).issued) == (200, 0)
    till.say(redeems("z", "mug"), gives_back("z"), redeems("w", "mug"))
    assert (till.active(), Stock.objects.get(programme=till.programme).issued) == (150, 1)
    assert not verify(till.programme)


def test_refusals_have_a_code_and_write_nothing(till: Till) -> None:
    assert till.no(redeems("x", "car")) == Declined(422, "unknown_reward", None, {"reward": "car"})
    assert till.no(redeems("x", "bag", "nobody")) == Declined(422, "unknown_member", None, {"member": "nobody"})
    assert till.no(redeems("x", "bag", quantity=7)).code == "not_enough_points"
    assert till.no(gives_back("x")) == Declined(404, "unknown_redemption")
    till.one(redeems("y", "bag"))
    till.one(gives_back("y"))
    assert till.no(gives_back("y")).code == "already_cancelled"
    assert till.active() == 200


def test_p38_where_expired_points_would_have_covered_it_that_is_the_reason() -> None:
    till = Till()
    till.one(bought("1", 10_000, at=day("2025-05-31")))
    refused = till.no(redeems("x", "bag", at=NOW))
    assert (refused.status, refused.code, refused.reason) == (409, "not_enough_points", "expired")


def test_a_coupon_is_used_once_by_its_own_member_and_freed_by_a_full_return(till: Till) -> None:
    till.one(redeems("x", "bag"))
    code = code_of(till, "x")
    assert till.no(bought("2", member="bert", coupons=(code,))).code == "coupon_refused"
    assert till.no(bought("2", coupons=("none",))).code == "coupon_refused"
    till.one(bought("2", coupons=(code,)))
    assert Issued.objects.get(code=code).state == "used"
    assert till.no(bought("3", coupons=(code,))).code == "coupon_refused"
    assert till.no(gives_back("x")).code == "already_used"
    till.one(returned("r", "2", "1"))
    assert Issued.objects.get(code=code).state == "issued"
    first, second = till.say(bought("3", coupons=(code,)), bought("4", coupons=(code,)))
    assert (first.status, second.status) == (201, 409)
    assert not verify(till.programme)


def test_points_by_hand_are_given_and_taken(till: Till) -> None:
    till.say(adjusted("a", 50), adjusted("b", -300))
    assert till.rows()[1:] == [("adjust", 50, 250), ("adjust", -300, -50)]
    assert till.no(adjusted("c", 5, wallet="gems")).code == "unknown_wallet"


def test_the_doors_have_a_verb_for_each(till: Till) -> None:
    programme = till.programme.id
    given = adjust(programme, "anna", id="g", wallet="points", amount=5, reason="sorry", now=NOW)
    taken = redeem(programme, "anna", id="x", reward="bag", now=NOW)
    back = cancel_redemption(programme, "x", now=NOW)
    assert [given.status, taken.status, back.status, till.active()] == [201, 201, 200, 205]
