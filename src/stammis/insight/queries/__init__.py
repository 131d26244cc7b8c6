"""Numbers: a metric for a period, for periods that follow one another, or for the values of a dimension."""

from __future__ import annotations

from stammis.insight.queries.measuring import Measure, Slice, measure
from stammis.insight.queries.writing import as_json, as_text

__all__ = ["Measure", "Slice", "as_json", "as_text", "measure"]
