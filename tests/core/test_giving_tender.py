"""What points may pay of an order, and purchases in other currencies at their exact rate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core.document import DocumentErrors, parse
from stammis.core.events import Purchase
from stammis.core.rules import at_rate, compile_rules
from stammis.core.standing import Rate
from stammis.core.world import Grants
from tests.core.course import Course, document, line, moment, refused, wallet


@pytest.mark.parametrize(
    ("limit", "total", "most"),
    [
        (None, "80.00", 800),
        ({"share": 50}, "80.00", 400),
        ({"share": "33.3"}, "10.00", 33),
        ({"points": 500}, "80.00", 500),
        ({"share": 50, "points": 500}, "80.00", 400),
        ({"share": 100}, "80.05", 800),
    ],
)
def test_a_limit_says_how_much_of_an_order_points_may_pay(limit: Any, total: str, most: int) -> None:
    course = Course(wallets=[wallet(value="0.10", pays=True, limit=limit)])
    course.adjust(5_000, "2025-03-01")
    assert refused(course.buy(total, points=2_000)).detail == {"max": most}
    course.buy(total, points=most)
    assert [row.amount for row in course.rows if row.kind == "spend"] == [-most]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"value": "0.10", "pays": True, "limit": {}}, "/wallets/0/limit", "missing_field"),
        ({"value": "0.10", "limit": {"points": 5}}, "/wallets/0/limit", "pays_nothing"),
        ({"value": "0.10", "pays": True, "limit": {"share": 0}}, "/wallets/0/limit/share", "out_of_range"),
        ({"value": "0.10", "pays": True, "limit": {"share": "100.1"}}, "/wallets/0/limit/share", "out_of_range"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused(changes: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(DocumentErrors) as refusal:
        parse(document(wallets=[wallet(**changes)]))
    assert (pointer, code) in {(error.pointer, error.code) for error in refusal.value.errors}


class Abroad(Course):
    """A course whose purchases are in another currency."""

    rate = Rate("ZAR", "17", "2025-01-01")

    def world(self, event: Any, rules: Any = None) -> Any:
        """What the event needs, with the rate that holds now."""
        world = super().world(event, rules)
        rate = self.rate if isinstance(event, Purchase) else None
        return type(world)(
            standing=world.standing,
            original=world.original,
            redemption=world.redemption,
            coupons=world.coupons,
            grants=Grants(budgets=world.grants.budgets, rate=rate),
        )

    def abroad(self, amount: str, day: str = "2025-03-10") -> Any:
        """A purchase in that currency."""
        number = len(self.purchases) + 1
        event = Purchase(occurred_at=moment(day), id=f"P{number}", currency="ZAR", member="m", lines=(line(amount),))
        return self.happens(event)


@given(st.integers(1, 10**7), st.integers(1, 10**6))
def test_the_rate_divides_exactly_whatever_it_is(cents: int, rate: int) -> None:
    course = Abroad()
    course.rate = Rate("ZAR", str(Fraction(rate, 1)), "2025-01-01")
    course.abroad(f"{cents // 100}.{cents % 100:02d}")
    assert course.balance == cents // (100 * rate)


def test_conditions_steps_and_returns_of_a_purchase_abroad_follow_its_rate() -> None:
    rules = [
        {"kind": "amount", "id": "full", "points": 5, "each": "2.50", "full_steps": True},
        {"kind": "purchase", "id": "large", "points": 7, "when": {"kind": "total", "at_least": "10.00"}},
    ]
    course = Abroad(earn=rules)
    assert [step.points for step in course.abroad("169.99").steps if step.rule] == [15, 0]
    assert [step.points for step in course.abroad("170.00").steps if step.rule] == [20, 7]
    course.rate = Rate("ZAR", "1", "2025-03-11")
    course.give_back(purchase="P2")
    assert course.balance == 15


def test_rules_at_a_rate_are_prepared_once() -> None:
    rules = compile_rules(parse(document()), 1)
    rate = Rate("JPY", "190.5", "2025-01-01")
    assert at_rate(rules, rate) is at_rate(rules, Rate("JPY", "190.5", "2025-01-01"))
    assert at_rate(rules, None) is rules
