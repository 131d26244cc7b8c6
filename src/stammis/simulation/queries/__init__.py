"""Reads of runs: their state, what they came to, one beside another."""

from stammis.simulation.queries.runs import UnknownRun, run, runs, summary_of

__all__ = ["UnknownRun", "run", "runs", "summary_of"]
