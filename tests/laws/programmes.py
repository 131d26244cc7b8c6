"""Programmes for the laws: those of ``tests.core.strategies``, with whatever else a programme may declare."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.core import strategies

Json = dict[str, Any]


@st.composite
def programmes(draw: st.DrawFn) -> Json:
    """A programme that can be published."""
    document = draw(strategies.documents(any_negative=draw(st.booleans())))
    exchange = [{"from": "points", "to": "coins", "each": 2, "gives": 3}]
    return {**document, "declared_age_days": 800, "exchange": exchange}
