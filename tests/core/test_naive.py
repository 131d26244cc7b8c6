"""The engine against an independent computation in plain fractions, on random programmes and purchases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stammis.core.effects import Posted
from tests.core import strategies
from tests.core.course import Course
from tests.core.naive import Naive
from tests.core.test_laws import BEGIN, lawful, purchase_of

bought = st.lists(st.tuples(st.integers(0, 500), strategies.purchases()), min_size=1, max_size=6)


@lawful
@given(strategies.documents(), strategies.members, bought)
def test_points_of_purchases_agree_with_plain_fractions(
    document: dict[str, Any], member: dict[str, Any], purchases: list[tuple[int, dict[str, Any]]]
) -> None:
    if document["rounding"]["level"] == "line":
        # whole parts of capped rules by line are the engine's own promise, which its laws hold
        document = {**document, "earn": [{**rule, "cap": None} for rule in document["earn"]]}
    course = Course(document)
    course.is_known(labels=tuple(member["labels"]), attributes={"size": member["size"]})
    naive = Naive(document, member)
    at = BEGIN
    for number, (hours, what) in enumerate(purchases):
        at += dt.timedelta(hours=hours)
        decision = course.happens(purchase_of(what, number, at))
        posted = {effect.wallet: effect.amount for effect in decision.effects if isinstance(effect, Posted)}
        assert posted == naive.buys(what, at)
