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
    UnknownCorrection,
    correction,
    corrections,
    explain,
    lines,
    messages,
    posted,
)
from stammis.simulation.queries.costs import run_of
from stammis.simulation.queries.exporting import TABLES, UnknownTable, export
from stammis.simulation.queries.kept import compared, supposed
from stammis.simulation.queries.runs import UnknownRun, run, runs, summary_of
from stammis.simulation.queries.telling import NotInRun, Why, why

__all__ = [
    "MESSAGE_HEAD",
    "TABLES",
    "Assumed",
    "Comparison",
    "Curve",
    "NotComparable",
    "NotInRun",
    "Redeemed",
    "Response",
    "UnknownCorrection",
    "UnknownRun",
    "UnknownTable",
    "Why",
    "compare",
    "compared",
    "correction",
    "corrections",
    "explain",
    "export",
    "growth",
    "lines",
    "messages",
    "posted",
    "redemption_curves",
    "responses",
    "run",
    "run_of",
    "runs",
    "summary_of",
    "supposed",
    "why",
]
