"""How long the laws run: short as a rule; ``STAMMIS_LAW_STEPS=200000`` lets each machine take so many steps."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, settings

LONG = int(os.environ.get("STAMMIS_LAW_STEPS", "0"))
"""So many steps at least; 0 is the short run."""
STEPS_AT_ONCE = 5
"""So many steps, and more, a rule of a machine takes on average."""
counted: Counter[str] = Counter()
"""Steps by what was done."""


def length(examples: int, steps: int) -> settings:
    """Give the settings of a machine: so many examples of so many rules, or as many as a long run asks for."""
    longer = 4 * steps if LONG else steps
    return settings(
        max_examples=max(examples, -(-LONG // (longer * STEPS_AT_ONCE))),
        stateful_step_count=longer,
        derandomize=not LONG,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
