"""The single calls: a purchase, an event, a return, a status; each becomes one item for the recorder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stammis.accrual.outcomes import Item
from stammis.api.hot.recorder import Prepare
from stammis.api.once import check_length
from stammis.api.scoping import programme_of
from stammis.intake import reading
from stammis.intake.bodies import ReturnBody
from stammis.intake.reading import Said
from stammis.kit.errors import Invalid
from stammis.programmes.queries import decimals_abroad
from stammis.staff.models import ApiKey

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as a call needs it: who asks, the body, the purchase in the address, an Idempotency-Key."""

    key: ApiKey
    body: bytes
    purchase: str = ""
    idempotency_key: str | None = None

    def repeat_key(self) -> Key | None:
        """Give what stands for the Idempotency-Key among the ids: callers choose theirs without knowing each other.

        Raises Invalid where it is none.
        """
        if self.idempotency_key is None:
            return None
        check_length(self.idempotency_key)
        return "idempotency", f"{self.key.id}/{self.idempotency_key}"


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of the hot path: its method, the scope it needs, and what makes the function that prepares its items.

    A batch has neither scope nor reader: each of its items has.
    """

    method: str
    scope: str | None
    reader: Callable[[Asked], Prepare] | None


def _purchase(asked: Asked) -> Prepare:
    said = reading.read_purchase(asked.body)
    return _prepared(asked, said, ("purchase", said.id))


def _event(asked: Asked) -> Prepare:
    said = reading.read_event(asked.body)
    return _prepared(asked, said, ("event", said.id))


def _status(asked: Asked) -> Prepare:
    said = reading.read_status(asked.body, asked.purchase)
    return _prepared(asked, said, asked.repeat_key())


def _return(asked: Asked) -> Prepare:
    """Read the body in the recording thread: its amounts need the programme's currency, which may ask the database."""
    body = reading.decode(asked.body, ReturnBody)

    def prepare(_now: dt.datetime) -> Sequence[Item]:
        programme = programme_of(asked.key, body.programme)
        try:
            said = reading.read_return(asked.body, asked.purchase, programme.currency)
        except Invalid:  # of a purchase in a currency with more decimals, perhaps
            decimals = decimals_abroad(programme)
            if decimals is None:
                raise
            said = reading.read_return(asked.body, asked.purchase, programme.currency, decimals)
        return [Item(programme.id, said.event, ("return", body.id), said.digest)]

    return prepare


def _prepared(asked: Asked, said: Said, key: Key | None) -> Prepare:
    def prepare(_now: dt.datetime) -> Sequence[Item]:
        programme = programme_of(asked.key, said.programme)
        return [Item(programme.id, said.event, key, said.digest if key else None, said.body)]

    return prepare


PURCHASES = Operation("POST", "purchases:write", _purchase)
EVENTS = Operation("POST", "events:write", _event)
RETURNS = Operation("POST", "purchases:write", _return)
BATCH = Operation("POST", None, None)
STATUS = Operation("PUT", "purchases:write", _status)
