"""Dry runs: what a call would give, now or as of a time, with nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import msgspec

from stammis.accrual.outcomes import Item, Outcome
from stammis.accrual.services import record
from stammis.api.answers import warm
from stammis.api.hot.recorder import Prepare
from stammis.intake.bodies import YEARS, Time
from stammis.intake.codes import fault
from stammis.kit import clock
from stammis.kit.errors import Invalid

_ON, _OFF = {"true", "1"}, {"false", "0"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run; ``as_of`` is the time from which it looks, None: the clock's."""

    as_of: dt.datetime | None

    def outcomes(self, items: Sequence[Item]) -> list[Outcome]:
        """Decide items without writing anything; later ones see what earlier ones would have done."""
        outcomes = record(list(items), now=clock.now(), dry_run=True, as_of=self.as_of)
        warm(outcomes)
        return outcomes

    def prepared(self, prepare: Prepare) -> list[Outcome]:
        """The same for items that are yet to be made."""
        return self.outcomes(prepare(clock.now()))


def preview_of(query: bytes) -> Preview | None:
    """Read ``dry_run`` and ``as_of`` out of a query string; None where the call is meant. Raises Invalid."""
    if not query:
        return None
    asked = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    return chosen(asked.get("dry_run", ["false"])[-1], asked.get("as_of", [None])[-1])


def chosen(dry_run: str, as_of: str | None) -> Preview | None:
    """Make a preview of the two parameters as they are written, or None. Raises Invalid."""
    if dry_run not in _ON | _OFF:
        raise Invalid(errors=[fault("/?dry_run", "bad_form", "Write true or false.")])
    if as_of is None:
        return Preview(None) if dry_run in _ON else None
    if dry_run in _OFF:
        raise Invalid(errors=[fault("/?as_of", "needs_dry_run")])
    try:
        time: dt.datetime = msgspec.convert(as_of, Time)
    except msgspec.ValidationError:
        raise Invalid(errors=[fault("/?as_of", "bad_time")]) from None
    if time.year not in YEARS:
        raise Invalid(errors=[fault("/?as_of", "out_of_range")])
    return Preview(time)
