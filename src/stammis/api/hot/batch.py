"""A batch: its items are read one by one where one is bad, recorded in order in a few transactions, answered each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from stammis.accrual.outcomes import Declined, Item, MemberFields, Outcome
from stammis.api import problems
from stammis.api.access import check_scope
from stammis.api.answers import outcome_document
from stammis.api.hot import desk
from stammis.api.hot.calls import Asked
from stammis.api.scoping import programme_of
from stammis.core.events import Return
from stammis.intake import reading
from stammis.intake.bodies import (
    AnyItem,
    BatchBody,
    EventItem,
    MemberItem,
    PurchaseItem,
    RawBatch,
    ReturnItem,
    StatusItem,
)
from stammis.intake.codes import fault
from stammis.intake.faults import item_faults
from stammis.kit.errors import Invalid, Problem
from stammis.programmes.models import Programme
from stammis.programmes.queries import decimals_abroad

Document = dict[str, Any]
Record = Callable[[Sequence[Item]], Awaitable[list[Outcome]]]

ITEMS_AT_ONCE = 500
_read_batch = msgspec.json.Decoder(BatchBody).decode
_read_raw_batch = msgspec.json.Decoder(RawBatch).decode
_read_item = msgspec.json.Decoder(AnyItem).decode
_SCOPES: dict[type[Any], str] = {
    PurchaseItem: "purchases:write",
    ReturnItem: "purchases:write",
    StatusItem: "purchases:write",
    EventItem: "events:write",
    MemberItem: "members:write",
}


class BatchReader:
    """Reads the items of one batch for one key. Raises Invalid where its Idempotency-Key is none."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._repeated = asked.repeat_key()
        self._named: str | None = None
        self._programmes: dict[str | None, Programme] = {}

    def read(self) -> list[Item | Document]:
        """Give for each item what is to be recorded, or the problem with it. Raises Invalid where there is no batch."""
        return [self._checked(at, each) for at, each in enumerate(self._items())]

    def _items(self) -> Sequence[AnyItem | msgspec.Raw]:
        raw = self._asked.body
        if reading.NUL not in raw:
            try:
                batch = _read_batch(raw)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                pass
            else:
                self._named = batch.programme
                return batch.items
        try:
            loose = _read_raw_batch(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(errors=[fault("", "bad_body", str(error))]) from None
        self._named = loose.programme
        return loose.items

    def _checked(self, at: int, each: AnyItem | msgspec.Raw) -> Item | Document:
        try:
            return self._item(at, self._loose(each) if isinstance(each, msgspec.Raw) else each)
        except Problem as problem:
            return problems.document_of(problem)

    def _loose(self, raw: msgspec.Raw) -> AnyItem:
        """Read an item of a batch that has a bad one. Raises Invalid."""
        text = bytes(raw)
        try:
            item: AnyItem = _read_item(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._refusal(text, str(error)) from None
        if reading.NUL in text:
            raise self._refusal(text, "This holds the character NUL.")
        return item

    def _refusal(self, text: bytes, first: str) -> Invalid:
        found = item_faults(text) if len(text) <= reading.MOST_WALKED else []
        return Invalid(errors=found or [fault("", "bad_body", first)])

    def _item(self, at: int, each: AnyItem) -> Item:
        check_scope(self._asked.key, _SCOPES[type(each)])
        programme = self._programme(each.programme or self._named)
        try:
            return self._said(at, each, programme)
        except ValueError:
            raise Invalid(errors=item_faults(msgspec.json.encode(each), programme.currency)) from None

    def _said(self, at: int, each: AnyItem, programme: Programme) -> Item:
        match each:
            case PurchaseItem():
                said = reading.say(reading.purchase(each))
                return Item(programme.id, said.event, ("purchase", each.id), said.digest, said.body)
            case ReturnItem():
                said = reading.say(_goods_back(each, programme))
                return Item(programme.id, said.event, ("return", each.id), said.digest)
            case EventItem():
                said = reading.say(reading.happening(each))
                return Item(programme.id, said.event, ("event", each.id), said.digest, said.body)
            case StatusItem():
                said = reading.say(reading.status(each, each.purchase))
                return Item(programme.id, said.event, *self._repeat_key(at, said.digest))
            case MemberItem():
                return Item(programme.id, MemberFields(each.member, reading.facts(each)))

    def _repeat_key(self, at: int, digest: bytes) -> tuple[tuple[str, str] | None, bytes | None]:
        """Give items without an id of their own one made of the request's Idempotency-Key."""
        if self._repeated is None:
            return None, None
        kind, key = self._repeated
        return (kind, f"{key}/{at}"), digest

    def _programme(self, named: str | None) -> Programme:
        if named not in self._programmes:
            self._programmes[named] = programme_of(self._asked.key, named)
        return self._programmes[named]


async def record_batch(asked: Asked, record: Record) -> bytes:
    """Record a batch in a few transactions; give the answer: for each item its status, and what it gave or the problem.

    Raises Invalid where it is no batch, and what ``record`` raises.
    """
    read = await desk.ask(BatchReader(asked).read)
    outcomes: list[Outcome] = []
    for piece in pieces(read):
        outcomes += await record(piece)
    return answered(read, map(told, outcomes))


def pieces(read: Sequence[Item | Document]) -> Iterator[list[Item]]:
    """Give the items to be recorded, as many at a time as share a transaction."""
    items = [each for each in read if isinstance(each, Item)]
    for at in range(0, len(items), ITEMS_AT_ONCE):
        yield items[at : at + ITEMS_AT_ONCE]


def answered(read: Sequence[Item | Document], outcomes: Iterable[msgspec.Raw]) -> bytes:
    """Write the answer to a batch, its problems among what is ``told`` of the others."""
    decided = iter(outcomes)
    return problems.encode({"outcomes": [next(decided) if isinstance(each, Item) else _refused(each) for each in read]})


def told(outcome: Outcome) -> msgspec.Raw:
    """Write an item's part of the answer; it costs less to make and forget them one by one than all together."""
    status, document, replay = outcome_document(outcome)
    if isinstance(outcome, Declined):
        return msgspec.Raw(problems.encode(_refused(document)))
    return msgspec.Raw(problems.encode({"status": status, "replay": replay, "answer": document}))


def _refused(problem: Document) -> Document:
    return {"status": problem["status"], "problem": problem}


def _goods_back(item: ReturnItem, programme: Programme) -> Return:
    try:
        return reading.goods_back(item, item.purchase, programme.currency)
    except ValueError:  # of a purchase in a currency with more decimals, perhaps
        decimals = decimals_abroad(programme)
        if decimals is None:
            raise
        return reading.goods_back(item, item.purchase, programme.currency, decimals)
