"""A round trip of its own for acts between members: a guest's purchases, aliases, what a merge brought, pools gave."""

from __future__ import annotations

from stammis.accrual.records import read_event, read_record
from stammis.accrual.services.asking import Asked
from stammis.accrual.services.loading import LOST, Loaded, read_expired, state_of
from stammis.core.events import Merged, Purchase, Received
from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction
from stammis.members import services as members

_BOUGHT = """
SELECT e.member_id, e.body, d.record, p.state
FROM (SELECT DISTINCT unnest($1::uuid[]) AS member_id) AS k
CROSS JOIN LATERAL (SELECT e.* FROM activity_event AS e WHERE e.member_id = k.member_id OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT d.record FROM accrual_decision AS d
                    WHERE d.member_id = e.member_id AND d.seq = e.seq OFFSET 0) AS d
LEFT JOIN LATERAL (SELECT p.state FROM accrual_purchasestatus AS p
                   WHERE p.member_id = e.member_id AND p.purchase_id = e.external_id OFFSET 0) AS p ON true
WHERE e.kind = 'purchase' ORDER BY e.member_id, e.occurred_at, e.seq
"""
_BROUGHT = """
SELECT e.member_id, coalesce(e.external_id, ''), e.body, d.record
FROM unnest($1::uuid[], $2::text[]) AS k (member_id, cause),
LATERAL (SELECT e.* FROM activity_event AS e
         WHERE e.member_id = k.member_id AND e.kind = 'received' AND k.cause IN (e.external_id, '') OFFSET 0) AS e,
LATERAL (SELECT d.record FROM accrual_decision AS d WHERE d.member_id = e.member_id AND d.seq = e.seq OFFSET 0) AS d
ORDER BY e.member_id, e.seq
"""
_EXPIRED = f"""
SELECT e.member_id, e.lots, (-sign(e.amount))::int4 FROM ledger_entry AS e
WHERE e.member_id = ANY($1::uuid[]) AND {LOST}
"""  # noqa: S608 - nothing of a caller's


def load_histories(transaction: Transaction, asked: Asked, loaded: Loaded) -> None:
    """Load what claims, merges and pools need of the past; the standings concerned are locked already."""
    spent = _spent(asked, loaded)
    if not (asked.claims or asked.merges or asked.undone or spent):
        return
    guests = [loaded.identities[name] for name in asked.claims if name in loaded.identities]
    ending = [loaded.identities[name] for name in asked.merges if name in loaded.identities]
    targets = [bytes.fromhex(event.account) for event in _merges(asked, loaded)]
    bought = transaction.send(_BOUGHT, arrays.uuids(guests))
    leading = members.ask_aliases(transaction, ending)
    causes = sorted({*((target, "") for target in targets), *(each for each in spent if each[0] not in targets)})
    brought = transaction.send(
        _BROUGHT, arrays.uuids([account for account, _ in causes]), arrays.texts([cause for _, cause in causes])
    )
    expired = transaction.send(_EXPIRED, arrays.uuids(targets))
    answers = transaction.sync()
    histories = loaded.histories
    _read_bought(answers[bought], loaded)
    histories.aliases.update(members.aliases(answers[leading]))
    rows = answers[brought]
    for row in rows:
        key = (rows.value(row, 0), rows.text(row, 1))
        event, effects = read_event(rows.value(row, 2)), read_record(rows.value(row, 3)).effects
        assert isinstance(event, Received)
        if event.purpose == "merge":
            histories.brought.setdefault(key, []).append(effects)
            if event.carried is not None:
                histories.carried.setdefault(key, []).append(event.carried)
        elif event.purpose == "unmerge" and event.carried is not None:
            histories.left(key[0], event.carried)
        elif event.purpose == "draw":
            histories.drawn.setdefault(key, []).append((event.from_, effects))
    histories.expired.update(read_expired(answers[expired]))


def _spent(asked: Asked, loaded: Loaded) -> set[tuple[bytes, str]]:
    """Give the purchases and rewards of members with pools to which something happens now: pools may have paid."""
    found = ((loaded.receipts[name].member, name[2]) for name in asked.origins if name in loaded.receipts)
    standings = loaded.standings
    return {key for key in found if key[0] in standings and (ties := standings[key[0]].ties) and ties.pools}


def _merges(asked: Asked, loaded: Loaded) -> list[Merged]:
    """Give the merges that are to be undone, as they were recorded."""
    events = [read_event(loaded.receipts[name].body) for name in asked.undone if name in loaded.receipts]
    return [event for event in events if isinstance(event, Merged)]


def _read_bought(rows: Rows, loaded: Loaded) -> None:
    for row in rows:
        purchase = read_event(rows.value(row, 1))
        assert isinstance(purchase, Purchase)
        stands = state_of(rows.value(row, 2), rows.maybe(row, 3))
        loaded.histories.bought.setdefault(rows.value(row, 0), []).append((purchase, stands))
