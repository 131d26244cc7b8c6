"""Programmes for the laws: those of ``tests.core.strategies``, with whatever else a programme may declare."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from stammis.core.calendars import PERIODS
from tests.core import strategies

Json = dict[str, Any]

HISTORY: tuple[Json, ...] = (
    {"kind": "spent_in_window", "days": 20, "at_least": "30.00"},
    {"kind": "days_since", "what": "purchase", "at_most": 10},
    {"kind": "days_since", "what": "event", "event": "visit", "at_most": 10},
)
"""Conditions about what a member did before."""


@st.composite
def programmes(draw: st.DrawFn) -> Json:
    """A programme that can be published."""
    document = draw(strategies.documents(any_negative=draw(st.booleans())))
    exchange = [{"from": "points", "to": "coins", "each": 2, "gives": 3}]
    if draw(st.booleans()):
        document["earn"].append({"kind": "purchase", "id": "past", "points": 1, "when": draw(st.sampled_from(HISTORY))})
    if draw(st.booleans()):
        cap = {"per": draw(st.sampled_from(PERIODS)), "times": 9}
        document["earn"].append({"kind": "purchase", "id": "capped", "points": 1, "cap": cap})
    if draw(st.booleans()):
        document["tiers"] = [{**each, "counts": "spend", "rate": "split"} for each in document["tiers"]]
    return {**document, "declared_age_days": 800, "exchange": exchange}


def with_other_periods(document: Json, dice: random.Random) -> Json:
    """The programme with caps that count by any other kind of period, as far as a cap may."""

    def otherwise(rule: Json) -> Json:
        cap = rule.get("cap")
        if cap is None or cap["per"] == "purchase":
            return rule
        return rule | {"cap": cap | {"per": dice.choice([each for each in PERIODS if each != cap["per"]])}}

    return {**document, "earn": list(map(otherwise, document["earn"]))}
