import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from stammis.accrual.sentences import Row, Why, refusal, why
from stammis.core.calendars import PERIODS, periods
from stammis.core.document import parse
from stammis.core.effects import Decision, Posted, Step
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    DayPassed,
    Happening,
    Line,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
)
from stammis.core.explain import full_steps
from stammis.core.fold import apply
from stammis.core.rules import Rules, compile_rules
from stammis.core.standing import Count, Standing
from stammis.core.world import World

AT = dt.datetime.fromisoformat("2026-03-04T12:00:00+02:00")  # a Wednesday
TODAY = periods(AT.date().toordinal())[PERIODS.index("day")]
NAMES = {"spend": "Points on what you buy", "fuel": "Fuel", "tuesday": "Tuesdays"}
DOCUMENT: dict[str, Any] = {
    "stammis": 1,
    "programme": "shop",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "basis": {"tax": "included"},
    "wallets": [{"id": "points", "name": "points"}],
    "earn": [
        {"id": "spend", "name": NAMES["spend"], "kind": "amount", "points": 1, "cap": {"per": "day", "points": 100}},
        {
            "id": "dairy",
            "kind": "multiply",
            "factor": 2,
            "rules": ["spend"],
            "when": {"kind": "category", "any_of": ["dairy"]},
        },
        {
            "id": "tuesday",
            "name": NAMES["tuesday"],
            "kind": "purchase",
            "points": 3,
            "when": {"kind": "weekday", "any_of": ["tue"]},
        },
        {"id": "web", "kind": "purchase", "points": 5, "when": {"kind": "channel", "any_of": ["web"]}},
        {
            "id": "fuel",
            "name": NAMES["fuel"],
            "kind": "amount",
            "points": 2,
            "each": 10,
            "full_steps": True,
            "when": {"kind": "category", "any_of": ["fuel"]},
        },
        {"id": "once", "kind": "purchase", "points": 1, "cap": {"per": "ever", "times": 1}},
        {"id": "review", "kind": "event", "event": "review", "points": 20},
    ],
    "rewards": [{"id": "bag", "name": "A cloth bag", "price": 150}],
}
RULES: Rules = compile_rules(parse(DOCUMENT), version=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def purchase(*amounts: tuple[int, str], **facts: Any) -> Purchase:
    lines = tuple(
        Line(str(place), cents, 1_000_000, category=category)
        for place, (cents, category) in enumerate(amounts, start=1)
    )
    return Purchase(id="A1", member="anna", currency="EUR", lines=lines, occurred_at=AT, **facts)


def told(event: AnyEvent, standing: Standing | None = None, language: str = "en") -> Why:
    """The row of an event, explained."""
    decision, _world = apply(event, World(standing=standing or Standing(enrolled=True)), RULES)
    return explained(event, decision, language)


def explained(event: AnyEvent, decision: Decision, language: str = "en") -> Why:
    row = next((each for each in decision.effects if isinstance(each, Posted)), None)
    facts = Row(row.kind, row.amount, row.wallet, AT) if row else Row("earn", 0, "points", AT)
    return why(facts, event, full_steps(event, decision, RULES), RULES.programme, language=language)


def moved(kind: Any, amount: int, event: AnyEvent, at: dt.datetime = AT) -> str:
    """The sentence of a row that no rule gave."""
    steps = (Step("", True, kind, "points", amount),)
    return why(Row(kind, amount, "points", at), event, steps, RULES.programme, language="en").sentence


def not_applied(event: AnyEvent, standing: Standing | None = None) -> dict[str, str]:
    return {each.rule: each.sentence for each in told(event, standing).not_applied}


def test_a_row_names_its_day_and_the_rules_that_gave_it() -> None:
    because = "«Points on what you buy» (14), «dairy» (4) and «once» (1)"
    assert (
        told(purchase((1_000, "bread"), (400, "dairy"))).sentence == f"19 points on 4 March 2026 because of {because}."
    )


def test_the_parts_add_up_to_the_row_and_each_says_what_it_looked_at() -> None:
    parts = told(purchase((1_000, "bread"), (400, "dairy"))).parts
    assert sum(part.amount for part in parts) == 19
    assert parts[0].sentence == (
        "14 points: 1 point for each €1.00 spent, at most 100 points a day. €14.00 counts, counted on goods and tax, "
        "not on shipping, fees, gift cards, what is paid with points or what a reward takes off."
    )
    assert parts[1].sentence == (
        "4 points: 2 times the points of the rule «Points on what you buy», in the category dairy. They gave 4 points."
    )


def test_what_is_multiplied_is_told_with_its_fraction() -> None:
    parts = told(purchase((380, "dairy"))).parts
    assert [part.amount for part in parts[:2]] == [4, 3]
    assert parts[1].sentence.endswith("They gave 3.8 points.")


def test_a_rule_that_its_cap_lowered_says_so() -> None:
    used: dict[str, tuple[Count, ...]] = {"spend": (Count(TODAY, 95, 3),)}
    part = told(purchase((1_000, "bread")), Standing(enrolled=True, counts=used)).parts[0]
    assert (part.amount, part.because) == (5, "capped")
    assert part.sentence.endswith("Its limit left 5 points.")


def test_every_rule_that_gave_nothing_says_why() -> None:
    ever: dict[str, tuple[Count, ...]] = {"once": (Count(0, 1, 1),), "spend": (Count(TODAY, 100, 3),)}
    said = not_applied(purchase((900, "fuel"), channel="till"), Standing(enrolled=True, counts=ever))
    assert said == {
        "spend": "«Points on what you buy» gave nothing: it gives at most 100 points a day, and that was reached.",
        "dairy": "«dairy» gave nothing: it holds in the category dairy; here it was fuel.",
        "tuesday": "«Tuesdays» gave nothing: it holds on Tuesdays; here it was Wednesday.",
        "web": "«web» gave nothing: it holds through the channel web; here it was till.",
        "fuel": "«Fuel» gave nothing: €9.00 is less than a full €10.00.",
        "once": "«once» gave nothing: it gives at most 1 time in all, and that was reached.",
        "review": "«review» gave nothing: it is for the event «review».",
    }


def test_a_multiplier_of_nothing_and_a_rule_without_an_amount_say_so() -> None:
    said = not_applied(purchase((0, "dairy")))
    assert said["spend"] == "«Points on what you buy» gave nothing: nothing of this counts for it."


def test_who_takes_no_part_earns_nothing_and_hears_it() -> None:
    assert not_applied(purchase((900, "bread")), Standing()) == {"": "Only members earn points."}


def test_points_for_an_event_name_the_rule() -> None:
    event = Happening(id="1", type="review", member="anna", occurred_at=AT)
    assert told(event).sentence == "20 points on 4 March 2026 because of «review» (20)."


@pytest.mark.parametrize(
    ("kind", "amount", "event", "said"),
    [
        ("spend", -176, purchase((100, "x")), "−176 points on 4 March 2026 because they paid for purchase A1."),
        ("return", -100, Return(id="r", purchase="A1", occurred_at=AT), "goods of purchase A1 came back."),
        (
            "return",
            -5,
            Return(id="r", purchase="A1", money=500, occurred_at=AT),
            "€5.00 of purchase A1 was given back.",
        ),
        ("return", -5, StatusChanged(purchase="A1", status="cancelled", occurred_at=AT), "purchase A1 was cancelled."),
        ("restore", 50, Return(id="r", purchase="A1", occurred_at=AT), "50 points on 4 March 2026 because goods"),
        ("spend", -150, Redemption(id="r", member="anna", reward="bag", occurred_at=AT), "you took «A cloth bag»."),
        (
            "spend",
            -300,
            Redemption(id="r", member="a", reward="bag", quantity=2, occurred_at=AT),
            "«A cloth bag» 2 times.",
        ),
        ("restore", 150, RedemptionCancelled(redemption="r", occurred_at=AT), "because a reward was given back."),
        ("expire", -1, DayPassed(occurred_at=AT), "−1 point on 4 March 2026 because they were usable until"),
    ],
)
def test_a_row_that_no_rule_gave_says_what_moved_it(kind: str, amount: int, event: AnyEvent, said: str) -> None:
    assert said in moved(kind, amount, event)


def test_points_that_end_at_midnight_were_usable_until_the_day_before() -> None:
    midnight = dt.datetime.fromisoformat("2026-08-01T00:00:00+03:00")
    said = moved("expire", -30, DayPassed(occurred_at=midnight), midnight)
    assert said == "−30 points on 1 August 2026 because they were usable until 31 July 2026."


def test_an_adjustment_gives_its_reason() -> None:
    event = Adjustment(id="1", member="anna", wallet="points", amount=5, reason="A late delivery.", occurred_at=AT)
    assert moved("adjust", 5, event) == "5 points on 4 March 2026 because: A late delivery."


def test_what_a_return_takes_back_is_told_rule_by_rule() -> None:
    steps = (Step("spend", True, "returned", "points", -4), Step("dairy", True, "returned", "points", -4))
    event = Return(id="r", purchase="A1", occurred_at=AT)
    found = why(Row("return", -8, "points", AT), event, steps, RULES.programme)
    assert [part.amount for part in found.parts] == [-4, -4]
    assert found.parts[1].sentence == "4 points taken back: what «dairy» had given for what came back."
    assert found.not_applied == ()


def test_numbers_and_days_follow_the_language() -> None:
    assert "4 mars 2026" in told(purchase((1_000, "bread")), language="sv").sentence


@pytest.mark.parametrize(
    ("code", "reason", "detail", "said"),
    [
        ("not_enough_points", None, {}, "There are not enough points."),
        ("not_enough_points", "expired", {}, "those that would have covered it have expired."),
        ("tender_limit", None, {"max": 400}, "At most 400 points can pay for this."),
        ("something_new", None, {}, "something_new"),
    ],
)
def test_a_refusal_is_a_sentence(code: str, reason: str | None, detail: dict[str, Any], said: str) -> None:
    assert said in refusal(code, reason, detail)
