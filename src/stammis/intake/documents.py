"""Programme documents as callers send them: JSON that can be kept as it stands, mistakes and all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from stammis.intake.bodies import Body, DraftBody, Name
from stammis.intake.codes import Fault, fault
from stammis.intake.reading import decode
from stammis.kit.errors import Invalid

LARGEST_DOCUMENT = 512 * 1024
DEEPEST = 40
_MOST_FAULTS = 100


class SupposedResponse(Body, kw_only=True):
    """How sales would answer: by so many per cent for each per cent more points, at least (``low``) and at most."""

    low: Annotated[float, Meta(ge=-10, le=10)]
    high: Annotated[float, Meta(ge=-10, le=10)]


class BacktestBody(Body, kw_only=True):
    """What to try on the history: a ``document``, a ``draft``, what is published ``without`` a rule, or its proof.

    ``proof``: what is published is folded again over the whole history and compared with the ledger, row by row.
    ``from``: the first local day that counts, ``to``: the day after the last. ``sample``: only so many members.
    ``opening``: whether everybody begins with the points they had, or without any.
    Assumptions change no result: ``redemption`` by a curve of the points' age, and a ``response``, are told beside.
    """

    document: Annotated[dict[str, Any], Meta(description="The programme, as in a programme file.")] | None = None
    draft: uuid.UUID | None = None
    without: Name | None = None
    proof: bool = False
    name: Name | None = None
    from_: dt.date | None = field(name="from", default=None)
    to: dt.date | None = None
    label: Name | None = None
    sample: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    opening: Literal["carried", "empty"] = "carried"
    redemption: Literal["observed", "curve"] = "observed"
    response: SupposedResponse | None = None


def read_draft(raw: bytes) -> DraftBody:
    """Read a draft as it is to be kept. Raises Invalid.

    What the document says of a programme is not looked at: a draft may have mistakes.
    """
    body = decode(raw or b"{}", DraftBody)
    _check(raw, body.document)
    return body


def read_backtest(raw: bytes) -> BacktestBody:
    """Read what is to be tried. Raises Invalid, also where it names nothing to try, or several things."""
    body = decode(raw or b"{}", BacktestBody)
    _check(raw, body.document)
    named = [body.document is not None, body.draft is not None, body.without is not None, body.proof]
    if sum(named) != 1:
        raise Invalid(
            errors=[fault("/document", "missing_field", "Name one thing: document, draft, without or proof.")]
        )
    return body


def _check(raw: bytes, document: dict[str, Any] | None) -> None:
    """Raise Invalid where a document cannot be kept."""
    if document is None:
        return
    if len(raw) > LARGEST_DOCUMENT:
        raise Invalid(errors=[fault("/document", "too_long", "A programme has at most 512 KiB.")])
    found = list(islice(_unkept(document, "/document", 0), _MOST_FAULTS))
    if found:
        raise Invalid(errors=found)


def _unkept(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    """Yield what cannot be kept: fractions, which lose digits, NUL, and what lies too deep."""
    if depth > DEEPEST:
        yield fault(pointer, "too_deep")
        return
    match value:
        case dict():
            for name, each in value.items():
                place = f"{pointer}/{name[:200].replace('~', '~0').replace('/', '~1')}"
                yield from _unkept(name, place, depth)
                yield from _unkept(each, place, depth + 1)
        case list():
            for at, each in enumerate(value):
                yield from _unkept(each, f"{pointer}/{at}", depth + 1)
        case float():
            yield fault(pointer, "wrong_type", 'Write numbers with decimals as text, such as "2.50".')
        case str() if "\0" in value:
            yield fault(pointer, "nul_character")
        case _:
            return
