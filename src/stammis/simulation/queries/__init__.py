"""Reads of runs: their state, what they came to, one beside another, and why."""

from stammis.simulation.queries.assuming import (
    Assumed,
    Curve,
    Redeemed,
    Response,
    growth,
    redemption_curves,
    responses,
)
from stammis.simulation.queries.comparing import Comparison, NotComparable, compare
from stammis.simulation.queries.corrections import (
    MESSAGE_HEAD,
    ORDERS,
    NotInCorrection,
    UnknownCorrection,
    Which,
    correction,
    corrections,
    explain,
    lacking,
    lines,
    messages,
    posted,
    sentence,
    totals,
    why_corrected,
)
from stammis.simulation.queries.costs import run_of
from stammis.simulation.queries.exporting import TABLES, UnknownTable, export
from stammis.simulation.queries.kept import compared, supposed
from stammis.simulation.queries.runs import UnknownRun, run, runs, summary_of
from stammis.simulation.queries.telling import Moment, NotInRun, Side, Why, under_way, why

__all__ = [
    "MESSAGE_HEAD",
    "ORDERS",
    "TABLES",
    "Assumed",
    "Comparison",
    "Curve",
    "Moment",
    "NotComparable",
    "NotInCorrection",
    "NotInRun",
    "Redeemed",
    "Response",
    "Side",
    "UnknownCorrection",
    "UnknownRun",
    "UnknownTable",
    "Which",
    "Why",
    "compare",
    "compared",
    "correction",
    "corrections",
    "explain",
    "export",
    "growth",
    "lacking",
    "lines",
    "messages",
    "posted",
    "redemption_curves",
    "responses",
    "run",
    "run_of",
    "runs",
    "sentence",
    "summary_of",
    "supposed",
    "totals",
    "under_way",
    "why",
    "why_corrected",
]
