"""The heart as a library: without Django or a database, and previews that are kept."""

import datetime as dt
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.core import MEMBER, DocumentErrors, Happening, cart, compile_rules, parse, preview
from stammis.core.effects import Decision, Posted, Refused
from stammis.core.events import AnyEvent, Purchase, StatusChanged
from stammis.core.explain import full_steps
from stammis.core.fold import apply
from tests.core import strategies
from tests.core.course import Course, document
from tests.core.test_laws import lawful, purchase_of, taken

COURSES = st.lists(st.tuples(st.integers(-40, 900), strategies.actions), min_size=8, max_size=16)
"""Long enough that what is bought is paid with points, comes back and ends."""
AT = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
ALONE = """
import sys
class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg", "babel", "yaml", "ninja"}:
            raise ImportError(f"the heart may not need {name}")
sys.meta_path.insert(0, Forbidden())
from stammis.core import cart, compile_rules, parse, preview
import datetime as dt
rules = compile_rules(parse({
    "stammis": 1, "programme": "p", "name": "P", "currency": "EUR", "timezone": "Europe/Helsinki",
    "wallets": [{"id": "points", "name": "Points"}], "earn": [{"kind": "amount", "id": "goods", "points": 1}],
}), 1)
at = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
print(preview(cart(rules, [{"amount": "12.50"}], at), rules).points)
print(sorted(name for name in sys.modules if name.startswith("stammis.") and not name.startswith("stammis.core")))
"""


def test_the_heart_works_where_neither_django_nor_a_driver_can_be_imported() -> None:
    run = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert run.stdout.splitlines() == ["{'points': 12}", "[]"], run.stderr


def test_a_cart_is_written_as_people_write_amounts() -> None:
    rules = compile_rules(parse(document()), 1)
    bought = cart(rules, [{"amount": "12.50", "tax": "2.50", "quantity": "0.75", "category": "tea"}], AT, channel="web")
    (line,) = bought.lines
    assert (line.amount, line.tax, line.quantity, line.category) == (1_250, 250, 750_000, "tea")
    assert (bought.channel, bought.currency) == ("web", "GBP")
    assert preview(bought, rules).points == {"points": 10}
    with pytest.raises(AssertionError):
        cart(rules, [{"amount": "12.505"}], AT)
    with pytest.raises(TypeError):
        cart(rules, [{"amount": "12.50", "colour": "green"}], AT)


def test_a_preview_says_what_is_refused_and_moves_nobody() -> None:
    rules = compile_rules(parse(document()), 1)
    refused = preview(cart(rules, [{"amount": "1.00"}], AT, status="lost"), rules)
    assert refused.refused is not None
    assert refused.refused.code == "unknown_status"
    assert (refused.points, refused.standing) == ({}, MEMBER)
    nothing = preview(Happening(occurred_at=AT, id="e", type="visit", member="m"), rules)
    assert (nothing.points, [step.because for step in nothing.steps]) == ({}, ["condition"])
    with pytest.raises(DocumentErrors):
        parse({"stammis": 1})


@lawful
@given(strategies.documents(), COURSES, strategies.purchases(), st.integers(0, 900))
def test_law_7_a_preview_is_what_the_same_purchase_gets(
    document: dict[str, Any], steps: list[tuple[int, dict[str, Any]]], what: dict[str, Any], hours: int
) -> None:
    course = taken(document, steps)
    bought = purchase_of(what, 1_000, dt.datetime(2025, 12, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours))
    promised = preview(bought, course.rules, course.standing, course.world(bought).grants)
    course.pass_time(int(bought.occurred_at.timestamp()))
    decision, after = apply(bought, course.world(bought), course.rules)
    assert (promised.decision, promised.standing) == (decision, after.standing)


def purchase_behind(event: AnyEvent, course: Course) -> Purchase | None:
    return course.purchases.get(event.purchase) if isinstance(event, StatusChanged) else None


def check_explained(event: AnyEvent, decision: Decision, course: Course) -> None:
    """Every rule has one step, those of a wallet add up to its rows, and what did not apply gave nothing."""
    steps = full_steps(event, decision, course.rules, purchase_behind(event, course))
    rows: dict[str | None, int] = {}
    for effect in decision.effects:
        if isinstance(effect, Posted):
            rows[effect.wallet] = rows.get(effect.wallet, 0) + effect.amount
    parts: dict[str | None, int] = {}
    for step in steps:
        parts[step.wallet] = parts.get(step.wallet, 0) + step.points
        assert step.applied or not step.points
    names = {*rows, *parts}
    assert {wallet: rows.get(wallet, 0) for wallet in names} == {wallet: parts.get(wallet, 0) for wallet in names}
    asked = isinstance(event, Happening | Purchase) and not (
        decision.effects and isinstance(decision.effects[0], Refused)
    )
    if asked and not any(step.because in {"unenrolled", "no_version"} for step in steps):
        told = [step.rule for step in steps if step.rule]
        assert sorted(told) == sorted(rule.id for rule in course.rules.book.rules) or not told


@lawful
@given(strategies.documents(any_negative=True), COURSES)
def test_law_8_the_explanation_adds_up_to_the_rows_whatever_happened(
    document: dict[str, Any], steps: list[tuple[int, dict[str, Any]]]
) -> None:
    course = taken(document, steps)
    course.pass_until("2027-06-01")
    for event, decision, _world in course.log:
        check_explained(event, decision, course)
