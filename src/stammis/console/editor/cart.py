"""A cart that is only thought of: who buys what, where and when; read as the API reads a purchase or an event."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, field
from msgspec import inspect as shapes

from stammis.console.editor.faces import Face, face_of
from stammis.core.amounts import AmountText
from stammis.core.conditions import Clock, says
from stammis.core.events import AnyEvent
from stammis.core.parts import Part, Text
from stammis.core.reading import Problem
from stammis.core.wording import as_worded
from stammis.intake.reading import read_event, read_purchase
from stammis.kit.errors import Invalid
from stammis.programmes.models import Programme

ID = "preview"
SOMEBODY = "somebody"
FIRST: dict[str, Any] = {"lines": [{"amount": 20}]}
"""The cart that a preview begins with."""


class CartLine(Part, frozen=True, kw_only=True):
    """A line of the cart."""

    amount: AmountText
    category: Text | None = None
    sku: Text | None = None
    quantity: AmountText = 1
    tax: AmountText | None = None
    kind: Literal["goods", "shipping", "gift_card", "fee"] = "goods"


class Cart(Part, frozen=True, kw_only=True):
    """A purchase or an event that is only thought of."""

    what: Literal["purchase", "event"] = "purchase"
    lines: Annotated[tuple[CartLine, ...], says("What is bought.")] = ()
    event: Annotated[Text | None, says("The type of the event, where it is one.")] = None
    properties: Annotated[dict[Text, Text], says("What the event says about itself.")] = field(default_factory=dict)
    member: Annotated[Text | None, says("A member's id. Without one, somebody with the facts below.")] = None
    levels: Annotated[dict[Text, Text], says("The level that somebody holds, by the id of the tier set.")] = field(
        default_factory=dict
    )
    labels: tuple[Text, ...] = ()
    attributes: dict[Text, Text] = field(default_factory=dict)
    day: Annotated[dt.date | None, says("In the programme's zone. Empty: today.")] = None
    time: Annotated[Clock | None, Meta(description="Such as 14:30. Empty: now.")] = None
    channel: Text | None = None
    store: Text | None = None
    partner: Text | None = None
    payment: Text | None = None


@dataclass(frozen=True)
class Thought:
    """A cart as an event, or everything that is wrong with it."""

    event: AnyEvent | None
    at: dt.datetime
    problems: list[Problem]


@cache
def face() -> Face:
    """The face of a cart."""
    return face_of(shapes.type_info(Cart))


def think(cart: dict[str, Any], programme: Programme, now: dt.datetime) -> Thought:
    """Read a cart as the event that the API would read."""
    at = _moment(cart, ZoneInfo(programme.zone), now)
    body: dict[str, Any] = {"id": ID, "member": cart.get("member") or SOMEBODY, "occurred_at": at.isoformat()}
    if cart.get("what") == "event":
        body |= {"type": cart.get("event") or "", "properties": cart.get("properties") or {}}
        reads = read_event
    else:
        body |= {"currency": programme.currency, "lines": [_line(one, place) for place, one in enumerate(_lines(cart))]}
        body |= {name: cart[name] for name in ("channel", "store", "partner", "payment") if cart.get(name)}
        reads = read_purchase
    try:
        return Thought(reads(json.dumps(body).encode()).event, at, [])
    except Invalid as error:
        wrong = [Problem(_place(one["pointer"]), one["code"], as_worded(one["message"])) for one in error.errors]
        return Thought(None, at, wrong or [Problem("", "invalid", as_worded(error.text))])


def _lines(cart: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in cart.get("lines", ()) if isinstance(one, dict)]


def _line(line: dict[str, Any], place: int) -> dict[str, Any]:
    said = {name: value for name, value in line.items() if name in ("category", "sku", "kind") and value}
    for name in ("amount", "tax"):
        if name in line:
            said[name] = str(line[name])
    return {"id": str(place + 1), "quantity": line.get("quantity", 1), **said}


def _place(pointer: str) -> str:
    return "/event" if pointer == "/type" else pointer


def _moment(cart: dict[str, Any], zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """The moment of the cart; what cannot be read is now."""
    local = now.astimezone(zone)
    try:
        day = dt.date.fromisoformat(str(cart["day"])) if cart.get("day") else local.date()
        time = dt.time.fromisoformat(str(cart["time"])) if cart.get("time") else local.time().replace(microsecond=0)
    except ValueError:
        return local
    return dt.datetime.combine(day, time, tzinfo=zone)
