"""Pages of long lists, as callers ask for them."""

from __future__ import annotations

from stammis.intake.codes import fault
from stammis.kit.errors import Invalid

MOST_ROWS = 200


def limited(limit: int) -> int:
    """Give the number of rows asked for. Raises Invalid outside 1 to 200."""
    if not 1 <= limit <= MOST_ROWS:
        raise Invalid(errors=[fault("/?limit", "out_of_range", f"A page has 1 to {MOST_ROWS} entries.")])
    return limit
