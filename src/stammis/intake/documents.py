"""Programme documents as callers send them: JSON that can be kept as it stands, mistakes and all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from stammis.core.wording import Worded
from stammis.intake.bodies import YEARS, Body, DraftBody, Name, Time
from stammis.intake.codes import Fault, fault
from stammis.intake.reading import decode, refusal
from stammis.kit.errors import Invalid

LARGEST_DOCUMENT = 512 * 1024
DEEPEST = 40
_MOST_FAULTS = 100


VersionNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]


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


class CorrectionBody(Body, kw_only=True):
    """What to put right, and what should have decided: a published ``version``, a ``document`` or a ``draft``.

    ``wrong``: the version that ran; the period is the time in which it decided, or the part of it between ``from`` and
    ``to`` (not included). Without it both are needed. ``name``: what members read as the reason.
    """

    name: Name
    wrong: VersionNumber | None = None
    version: VersionNumber | None = None
    document: Annotated[dict[str, Any], Meta(description="The programme, as in a programme file.")] | None = None
    draft: uuid.UUID | None = None
    from_: Time | None = field(name="from", default=None)
    to: Time | None = None


class PostingBody(Body, kw_only=True):
    """To whom a correction is posted: to ``all``, or only where the member ``gains``."""

    scope: Literal["all", "gains"] = "all"


class UndoingBody(Body, kw_only=True):
    """Nothing but the programme, where it has to be named."""


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
            errors=[fault("/document", "missing_field", Worded("Name one thing: document, draft, without or proof."))]
        )
    return body


def read_correction(raw: bytes) -> CorrectionBody:
    """Read what is to be put right. Raises Invalid, also where it names nothing that should have decided, or several.

    Times have to lie in years in which days can be reckoned with.
    """
    body = decode(raw or b"{}", CorrectionBody)
    if any(at is not None and at.year not in YEARS for at in (body.from_, body.to)):
        raise refusal(raw, CorrectionBody)
    _check(raw, body.document)
    named = [body.document is not None, body.draft is not None, body.version is not None]
    if sum(named) != 1:
        raise Invalid(
            errors=[fault("/document", "missing_field", Worded("Name one thing: version, document or draft."))]
        )
    return body


def _check(raw: bytes, document: dict[str, Any] | None) -> None:
    """Raise Invalid where a document cannot be kept."""
    if document is None:
        return
    if len(raw) > LARGEST_DOCUMENT:
        raise Invalid(errors=[fault("/document", "too_long", Worded("A programme has at most 512 KiB."))])
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
            yield fault(pointer, "wrong_type", Worded('Write numbers with decimals as text, such as "2.50".'))
        case str() if "\0" in value:
            yield fault(pointer, "nul_character")
        case _:
            return
