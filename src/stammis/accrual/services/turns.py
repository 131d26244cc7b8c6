"""Turns: what would have to wait for another transaction lets the rest of its group go first, if nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stammis.accrual.outcomes import Item, MemberFields
from stammis.accrual.records import read_standing
from stammis.accrual.services.asking import Asked, Name, asked_by, name_of
from stammis.accrual.services.loading import Loaded, columns, ties_of
from stammis.core.events import Happening, Purchase, Return, StatusChanged
from stammis.kit.pipeline import Transaction

_OF_ONE = Purchase | Return | StatusChanged | Happening | MemberFields
_HELD = """
SELECT k.place, i.member_id, s.state
FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS k (programme_id, kind, value, place),
LATERAL (SELECT i.member_id FROM members_identity AS i
         WHERE i.programme_id = k.programme_id AND i.kind = k.kind AND i.value = k.value OFFSET 0) AS i,
LATERAL (SELECT s.state FROM accrual_standing AS s WHERE s.member_id = i.member_id OFFSET 0) AS s
"""


class MustWait(Exception):
    """Nothing of this group may go first: whoever is held shares with others."""


def may_be_put_off(items: Iterable[Item]) -> bool:
    """Tell whether each of these items concerns one account, unless accounts share; then some may go first."""
    return all(isinstance(item.event, _OF_ONE) and not _names_hold(item) for item in items)


def put_off(transaction: Transaction, items: Sequence[Item], asked: Asked, loaded: Loaded) -> set[int]:
    """Give the places of the items that come later: their account is held, or they follow one of those.

    An item follows another of its account, of one that shares with it, of its id, or of its purchase. Raises MustWait.
    """
    held = _held(transaction, asked, loaded)
    if not held:
        return set()
    later: set[int] = set()
    before: set[Name | bytes] = set(held)
    for place, item in enumerate(items):
        about = _about(item, loaded)
        if not before.isdisjoint(about):
            later.add(place)
            before.update(about)
    return later


def _held(transaction: Transaction, asked: Asked, loaded: Loaded) -> set[Name]:
    """Give the names of accounts that are known, but could not be locked. Raises MustWait where such a one shares."""
    if not asked.tied <= loaded.standings.keys():
        raise MustWait
    origins = (name for name in asked.origins if name in loaded.receipts)
    held = {name for name in origins if loaded.receipts[name].member not in loaded.standings}
    missing = [name for name in asked.identities if name not in loaded.identities]
    if not missing:
        return held
    found = transaction.send(_HELD, *columns(missing))
    rows = transaction.sync()[found]
    for row in rows:
        account = rows.value(row, 1)
        if account in loaded.standings or read_standing(rows.value(row, 2)).ties is not None:
            raise MustWait  # its holder was done in the midst of it, or others depend on it
        held.add(missing[rows.number(row, 0) - 1])
    return held


def _about(item: Item, loaded: Loaded) -> list[Name | bytes]:
    """Give all names that an item goes by, the accounts to which they lead, and those that share with these."""
    identities, receipts, standings = loaded.identities, loaded.receipts, loaded.standings
    names = _names(item)
    about: list[Name | bytes] = [*names]
    more = {
        identities[name] if name in identities else receipts[name].member
        for name in names
        if name in identities or name in receipts
    }
    while more:
        about += more
        more = ties_of([standings[account] for account in more if account in standings]).difference(about)
    return about


def _names(item: Item) -> Iterable[Name]:
    event = item.event
    if not isinstance(event, Purchase) or item.key is None:
        asked = asked_by((item,))
        return asked.identities | asked.receipts | asked.origins
    programme = item.programme_id.bytes  # most are purchases, and asking takes three times as long
    name = name_of(programme, event)
    return ((programme, *item.key),) if name is None else ((programme, *item.key), name)


def _names_hold(item: Item) -> bool:
    event = item.event
    return isinstance(event, Purchase) and event.points is not None and event.points.hold is not None
