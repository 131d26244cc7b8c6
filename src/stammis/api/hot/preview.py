"""Dry runs: what a call would give, now or as of a time, with nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import msgspec

from stammis.accrual.outcomes import Item, Outcome
from stammis.accrual.services import record
from stammis.api.answers import warm
from stammis.api.hot.recorder import Prepare
from stammis.api.languages import spoken
from stammis.intake.bodies import YEARS, Time
from stammis.intake.codes import fault
from stammis.kit import clock
from stammis.kit.errors import Invalid

ENGLISH = "en"
_ON, _OFF = {"true", "1"}, {"false", "0"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run, and whether every rule is to say what it did.

    Attributes:
        as_of: the time from which it looks; None: the clock's.
        lang: the language of the reasons; None: no reasons are asked for.
    """

    as_of: dt.datetime | None
    lang: str | None = None

    def outcomes(self, items: Sequence[Item]) -> list[Outcome]:
        """Decide items without writing anything; later ones see what earlier ones would have done."""
        outcomes = record(list(items), now=clock.now(), dry_run=True, as_of=self.as_of)
        warm(outcomes)
        return outcomes

    def prepared(self, prepare: Prepare) -> list[Outcome]:
        """The same for items that are yet to be made."""
        return self.outcomes(prepare(clock.now()))


def preview_of(query: bytes) -> Preview | None:
    """Read ``dry_run``, ``as_of`` and ``why`` out of a query string; None where the call is meant. Raises Invalid."""
    if not query:
        return None
    asked = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    preview = chosen(asked.get("dry_run", ["false"])[-1], asked.get("as_of", [None])[-1])
    if not _is_on("why", asked.get("why", ["false"])[-1]):
        return preview
    if preview is None:
        raise Invalid(errors=[fault("/?why", "needs_dry_run")])
    return replace(preview, lang=spoken(asked.get("lang", [None])[-1]) or ENGLISH)


def chosen(dry_run: str, as_of: str | None) -> Preview | None:
    """Make a preview of the two parameters as they are written, or None. Raises Invalid."""
    dry = _is_on("dry_run", dry_run)
    if as_of is None:
        return Preview(None) if dry else None
    if not dry:
        raise Invalid(errors=[fault("/?as_of", "needs_dry_run")])
    try:
        time: dt.datetime = msgspec.convert(as_of, Time)
    except msgspec.ValidationError:
        raise Invalid(errors=[fault("/?as_of", "bad_time")]) from None
    if time.year not in YEARS:
        raise Invalid(errors=[fault("/?as_of", "out_of_range")])
    return Preview(time)


def _is_on(name: str, written: str) -> bool:
    if written not in _ON | _OFF:
        raise Invalid(errors=[fault(f"/?{name}", "bad_form", "Write true or false.")])
    return written in _ON
