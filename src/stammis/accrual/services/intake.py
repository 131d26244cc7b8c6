"""Recording: the one way in which events are decided and points move. Two round trips for many, one transaction."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import DatabaseError

from stammis.accrual.outcomes import Declined, Item, Outcome
from stammis.accrual.services import sharing
from stammis.accrual.services.asking import Asked, MustBeAlone, asked_by
from stammis.accrual.services.group import Group
from stammis.accrual.services.histories import load_histories
from stammis.accrual.services.loading import Loaded, Overtaken, ask_issued, load, read_issued_rows
from stammis.accrual.services.past import go_back, recorded
from stammis.accrual.services.turns import MustWait, may_be_put_off, put_off
from stammis.kit.pipeline import Transaction
from stammis.rewards import services as rewards

TRIES = 4
"""So often is a group tried where another transaction was quicker; after that item by item."""
_RACES = ("23505", "40001", "40P01")  # unique violation, serialization failure, deadlock
_ITEM_FAULTS = ("22", "23", "40")  # data that PostgreSQL cannot take, constraints, races
_log = logging.getLogger(__name__)


def record(
    items: Sequence[Item], *, now: dt.datetime, dry_run: bool = False, as_of: dt.datetime | None = None
) -> list[Outcome]:
    """Decide items in order and write what they do, in one transaction; give an outcome for each.

    ``now`` is the installation's clock. A bad item spoils no other: it is declined, and nothing of it is written. With
    ``dry_run`` nothing is written at all; ``as_of`` then lets everything happen at another time, to members as they
    stood then.
    Raises Django's database errors where the database is away.
    """
    found = _insist(items, now, dry_run=dry_run, as_of=as_of)
    return [outcome for outcome in found if outcome is not None]


def record_free(items: Sequence[Item], *, now: dt.datetime) -> list[Outcome | None]:
    """Do as ``record`` does, but where another transaction holds an item's member, give None and put the item off.

    So are all that follow it and could tell. Whoever asks for them again keeps their order.
    """
    return _insist(items, now, waits=not may_be_put_off(items))


def _insist(
    items: Sequence[Item],
    now: dt.datetime,
    *,
    waits: bool = True,
    dry_run: bool = False,
    as_of: dt.datetime | None = None,
) -> list[Outcome | None]:
    """Try until nobody else is quicker; item by item where one of them cannot be written."""
    if not items:
        return []
    fault: DatabaseError | None = None
    for _ in range(TRIES):
        try:
            return _attempt(items, now, waits=waits, dry_run=dry_run, as_of=as_of)
        except DatabaseError as error:
            fault = error
            if _code(error) not in _RACES:
                break
    assert fault is not None
    if not _code(fault).startswith(_ITEM_FAULTS):
        raise fault
    if len(items) > 1:
        return [record([item], now=now, dry_run=dry_run, as_of=as_of)[0] for item in items]
    if _code(fault).startswith("22"):
        return [Declined(422, "invalid", detail={"message": str(fault)})]
    _log.error("an item could not be written", exc_info=fault)
    return [Declined(500, "not_written")]


def _code(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _attempt(
    items: Sequence[Item], now: dt.datetime, *, waits: bool, dry_run: bool, as_of: dt.datetime | None
) -> list[Outcome | None]:
    asked = asked_by(items)
    alone = False
    while True:
        try:
            return _group(items, asked, now, alone=alone, waits=waits, dry_run=dry_run, as_of=as_of)
        except MustBeAlone:
            alone = True
        except MustWait:
            waits = True
        except Overtaken:
            continue


def _group(
    items: Sequence[Item],
    asked: Asked,
    now: dt.datetime,
    *,
    alone: bool,
    waits: bool,
    dry_run: bool,
    as_of: dt.datetime | None,
) -> list[Outcome | None]:
    with Transaction() as transaction:
        loaded = load(transaction, asked, alone=alone, waits=waits)
        later = set() if waits else put_off(transaction, items, asked, loaded)
        _load_rewards(transaction, asked, loaded)
        load_histories(transaction, asked, loaded)
        _load_shared(transaction, items, asked, loaded, as_of)
        if later and loaded.budgets:
            raise MustWait
        if not dry_run:
            group = Group(loaded, now, alone=alone)
            outcomes = [None if later and place in later else group.take(item) for place, item in enumerate(items)]
            group.writing.send(transaction)
            transaction.commit()
            return outcomes
        found = {} if as_of is None else recorded(transaction, loaded, as_of, now)
    if as_of is not None:  # nothing will be written, so nobody has to wait for it
        go_back(loaded, asked, found, as_of)
    trial = Group(loaded, now, alone=True, as_of=as_of)
    return [trial.take(item) for item in items]


def _load_rewards(transaction: Transaction, asked: Asked, loaded: Loaded) -> None:
    """Load issued rewards and lock their stock, where items redeem, cancel or use one: a round trip of its own."""
    codes = list(asked.coupons)
    given_back: list[tuple[bytes, str]] = []
    for programme, kind, value in asked.origins:
        known = loaded.receipts.get((programme, kind, value))
        if known is None:
            continue
        if kind == "redemption":
            given_back.append((known.member, value))
        elif b'"coupons":' in known.body:
            codes += [(programme, code) for code in known.original()[0].coupons]
    if not (codes or given_back or asked.rewards):
        return
    issued = ask_issued(transaction, codes, given_back)
    stock = rewards.reserve(transaction, asked.rewards, given_back) if asked.rewards or given_back else None
    rows = transaction.sync()
    loaded.issued.update(read_issued_rows(rows[issued]))
    if stock is not None:
        loaded.stock.update(rewards.issued(rows[stock]))


def _load_shared(
    transaction: Transaction, items: Sequence[Item], asked: Asked, loaded: Loaded, as_of: dt.datetime | None
) -> None:
    """Lock budgets and load rates, where items may draw on some or are in other currencies: a round trip of its own."""
    places = sharing.ask(transaction, items, asked, loaded, as_of)
    if places is not None:
        sharing.read(transaction.sync(), places, loaded)
