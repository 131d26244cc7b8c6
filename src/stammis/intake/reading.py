"""Bodies into events: msgspec decodes, amounts become whole units; what fails is walked again to list its faults."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

from stammis.core.events import (
    Adjustment,
    AnyEvent,
    Contact,
    Discount,
    Extension,
    Happening,
    HoldPlaced,
    Line,
    PendingSettled,
    Purchase,
    Redemption,
    Return,
    ReturnLine,
    Scalar,
    StatusChanged,
    Tender,
)
from stammis.intake.amounts import MOST_DECIMALS, decimals_of, millionths, minor_units, signed_minor_units
from stammis.intake.bodies import (
    YEARS,
    AdjustmentBody,
    Body,
    EventBody,
    ExtensionBody,
    HoldBody,
    LineBody,
    MemberBody,
    PurchaseBody,
    RedemptionBody,
    ReturnBody,
    SettleBody,
    StatusBody,
)
from stammis.intake.codes import MESSAGES, fault
from stammis.intake.faults import faults
from stammis.kit.errors import Invalid

AnyBody = TypeVar("AnyBody", bound=Body)

UNSAID = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LARGEST_EXACT = 2.0**53
NUL = b"\\u0000"
"""How JSON writes the one character that no text here may hold."""
MOST_WALKED = 8 * 1024 * 1024
"""No body that can be accepted is larger, but for a batch: the faults of such a one are not worth the memory."""
_canonical = msgspec.json.Encoder(order="deterministic").encode
_decoders: dict[type[Body], msgspec.json.Decoder[Any]] = {}


class Said(NamedTuple):
    """What a caller said: the event, the SHA-256 of its canonical form, the programme it names, its own id.

    ``body`` is that form, where the event is kept just as it was said.
    """

    event: AnyEvent
    digest: bytes
    programme: str | None = None
    id: str = ""
    body: bytes | None = None


class Contradiction(ValueError):
    """A body's fields are readable one by one, but not together."""


def decode(raw: bytes, body: type[AnyBody], currency: str | None = None) -> AnyBody:
    """Decode a body's JSON into its type. Raises Invalid with everything that is wrong with it."""
    decoder = _decoders.get(body)
    if decoder is None:
        decoder = _decoders.setdefault(body, msgspec.json.Decoder(body))
    try:
        decoded: AnyBody = decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise refusal(raw, body, currency, str(error)) from None
    if NUL in raw and (found := faults(raw, body, currency)):
        raise Invalid(errors=found)
    return decoded


def refusal(raw: bytes, body: type[Body], currency: str | None = None, first: str = MESSAGES["bad_json"]) -> Invalid:
    """Make the error that lists all faults of a body which could not be read; of a huge one only the first."""
    if len(raw) > MOST_WALKED:
        return Invalid(errors=[fault("", "bad_body", first)])
    return Invalid(errors=faults(raw, body, currency) or [fault("", "bad_body", first)])


def read_purchase(raw: bytes) -> Said:
    """Read a purchase. Raises Invalid."""
    body = decode(raw, PurchaseBody)
    try:
        return say(purchase(body), body.programme, body.id)
    except ValueError:
        raise refusal(raw, PurchaseBody) from None


def read_return(raw: bytes, of: str, currency: str, decimals: int | None = None) -> Said:
    """Read a return of the purchase ``of``; its amounts are in the programme's currency. Raises Invalid.

    With ``decimals`` they may have so many: the purchase may be in another currency.
    """
    body = decode(raw, ReturnBody, currency)
    try:
        return say(goods_back(body, of, currency, decimals), body.programme, body.id)
    except ValueError:
        raise refusal(raw, ReturnBody, currency) from None


def read_status(raw: bytes, of: str) -> Said:
    """Read the new status of the purchase ``of``. Raises Invalid."""
    body = decode(raw, StatusBody)
    try:
        return say(status(body, of), body.programme)
    except ValueError:
        raise refusal(raw, StatusBody) from None


def read_event(raw: bytes) -> Said:
    """Read an event. Raises Invalid."""
    body = decode(raw, EventBody)
    try:
        return say(happening(body), body.programme, body.id)
    except ValueError:
        raise refusal(raw, EventBody) from None


def say(event: AnyEvent, programme: str | None = None, id: str = "") -> Said:
    """Put an event beside its digest, to which key order, decimal notation and the programme make no difference."""
    body = _canonical(event)
    return Said(event, sha256(body).digest(), programme, id, body)


def purchase(body: PurchaseBody) -> Purchase:
    """Turn a decoded purchase into the event. Raises Unreadable or Contradiction."""
    decimals = decimals_of(body.currency)
    read = minor_units(decimals)
    lines = tuple([_line(line, read(line.amount), 0 if line.tax is None else read(line.tax)) for line in body.lines])
    if len({line.id for line in lines}) != len(lines):
        raise Contradiction
    _check_year(body.occurred_at)
    points = body.points
    return Purchase(
        occurred_at=body.occurred_at,
        id=body.id,
        currency=body.currency,
        lines=lines,
        member=body.member,
        contact=Contact(body.contact.email) if body.contact else None,
        channel=body.channel,
        store=body.store,
        partner=body.partner,
        payment=body.payment,
        discounts=tuple([Discount(read(each.amount), each.kind) for each in body.discounts]) if body.discounts else (),
        coupons=tuple(body.coupons) if body.coupons else (),
        points=Tender(points.wallet, points.amount, points.hold) if points else None,
        rounding=signed_minor_units(body.rounding, decimals) if body.rounding is not None else 0,
        status=body.status or "completed",
    )


def _line(line: LineBody, amount: int, tax: int) -> Line:
    if tax > amount:
        raise Contradiction
    quantity = millionths(line.quantity)
    return Line(line.id, amount, quantity, line.sku, line.category, line.name, tax, line.kind or "goods")


def goods_back(body: ReturnBody, of: str, currency: str, decimals: int | None = None) -> Return:
    """Turn a decoded return into the event. Raises Unreadable or Contradiction."""
    if (body.lines is None) == (body.money is None):
        raise Contradiction
    read = minor_units(decimals_of(currency)) if decimals is None else partial(_finely, decimals=decimals)
    lines = tuple(
        ReturnLine(
            each.line,
            None if each.quantity is None else millionths(each.quantity),
            None if each.amount is None else read(each.amount),
        )
        for each in body.lines or ()
    )
    if len({each.line for each in lines}) != len(lines):
        raise Contradiction
    _check_year(body.occurred_at)
    return Return(
        occurred_at=body.occurred_at,
        id=body.id,
        purchase=of,
        lines=lines,
        money=None if body.money is None else read(body.money),
        decimals=None if decimals is None else MOST_DECIMALS,
    )


def _finely(text: str, *, decimals: int) -> int:
    """Read an amount of so many decimals into the smallest units that any currency has. Raises Unreadable."""
    return minor_units(decimals)(text) * int(10 ** (MOST_DECIMALS - decimals))


def status(body: StatusBody, of: str) -> StatusChanged:
    """Turn a decoded status into the event. Raises Contradiction."""
    _check_year(body.occurred_at)
    return StatusChanged(occurred_at=body.occurred_at, purchase=of, status=body.status)


def happening(body: EventBody) -> Happening:
    """Turn a decoded event into the event that rules read. Raises Contradiction."""
    _check_year(body.occurred_at)
    return Happening(
        occurred_at=body.occurred_at,
        id=body.id,
        type=body.type,
        member=body.member,
        properties=plain(body.properties),
    )


def read_redemption(raw: bytes, now: dt.datetime) -> Said:
    """Read what a member asks for; without a time it happens now, which the digest leaves out. Raises Invalid."""
    body = decode(raw, RedemptionBody)
    asked = Redemption(
        occurred_at=body.occurred_at or UNSAID,
        id=body.id,
        member=body.member,
        reward=body.reward,
        quantity=body.quantity or 1,
    )
    return said_at(body.occurred_at or now, asked, raw, body, body.id)


def read_adjustment(raw: bytes, now: dt.datetime) -> Said:
    """Read points given or taken; they move now, and the digest leaves the time out. Raises Invalid."""
    body = decode(raw, AdjustmentBody)
    if body.amount == 0:
        raise refusal(raw, AdjustmentBody)
    asked = Adjustment(
        occurred_at=UNSAID,
        id=body.id,
        member=body.member,
        wallet=body.wallet,
        amount=body.amount,
        reason=body.reason,
    )
    return said_at(now, asked, raw, body, body.id)


def read_hold(raw: bytes, now: dt.datetime) -> Said:
    """Read points to put aside; it happens now, and the digest leaves the time out. Raises Invalid."""
    body = decode(raw, HoldBody)
    asked = HoldPlaced(
        occurred_at=UNSAID,
        id=body.id,
        member=body.member,
        wallet=body.wallet,
        amount=body.amount,
        seconds=body.seconds,
    )
    return said_at(now, asked, raw, body, body.id)


def read_extension(raw: bytes, now: dt.datetime) -> Said:
    """Read points that are to last longer; it happens now, and the digest leaves the time out. Raises Invalid."""
    body = decode(raw, ExtensionBody)
    if body.last_day.year not in YEARS:
        raise refusal(raw, ExtensionBody)
    asked = Extension(
        occurred_at=UNSAID,
        id=body.id,
        member=body.member,
        wallet=body.wallet,
        last_day=body.last_day,
        reason=body.reason,
    )
    return said_at(now, asked, raw, body, body.id)


def read_settling(raw: bytes, now: dt.datetime, *, row: tuple[uuid.UUID, int], member: str, released: bool) -> Said:
    """Read why pending points of a row are let go or taken away; it happens now. Raises Invalid."""
    body = decode(raw, SettleBody)
    account, number = row
    asked = PendingSettled(
        occurred_at=UNSAID,
        id=body.id,
        member=member,
        account=account.hex,
        row=number,
        released=released,
        reason=body.reason,
    )
    return said_at(now, asked, raw, body, body.id)


def read_facts(raw: bytes) -> tuple[dict[str, Any], str | None]:
    """Read the facts given about a member (null: to be cleared) and the programme named. Raises Invalid."""
    body = decode(raw, MemberBody)
    return facts(body), body.programme


def facts(body: MemberBody) -> dict[str, Any]:
    """Give the fields of a decoded member that are there, by name."""
    given = {name: getattr(body, name) for name in MemberBody.__struct_fields__ if name != "programme"}
    said = {name: value for name, value in given.items() if value is not UNSET}
    for name in ("attributes", "consents"):
        if said.get(name) is not None:
            said[name] = plain(said[name])
    return said


def plain(values: dict[str, Scalar] | None) -> dict[str, Scalar]:
    """Give values with whole numbers written as such: 1.0 and 1 are the same JSON number."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT else value
        for name, value in (values or {}).items()
    }


def said_at(at: dt.datetime, event: AnyEvent, raw: bytes, body: Body, id: str) -> Said:
    """Put what a body says beside its digest, to which the time makes no difference. Raises Invalid."""
    if at.year not in YEARS:
        raise refusal(raw, type(body))
    said = say(event, body.programme, id)
    return Said(msgspec.structs.replace(event, occurred_at=at), said.digest, said.programme, said.id)


def _check_year(at: dt.datetime) -> None:
    if at.year not in YEARS:
        raise Contradiction
