"""What corrections changed of purchases, as far as the accounts tell that were loaded for what happens to these."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from stammis.accrual.records import read_event
from stammis.accrual.services.asking import Name
from stammis.core.calendars import instant
from stammis.core.corrections import PURCHASE
from stammis.core.events import Adjustment
from stammis.core.righting import changed_by
from stammis.core.world import Change, Grants
from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction

# only adjustments that moved points are looked at, by the keys of their rows: there are few, if any
_CORRECTED = """
SELECT e.member_id, v.programme_id, v.body, e.amount
FROM (SELECT r.member_id
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS k (programme_id, kind, external_id),
      LATERAL (SELECT r.member_id FROM activity_receipt AS r WHERE r.programme_id = k.programme_id
                   AND r.kind = k.kind AND r.external_id = k.external_id OFFSET 0) AS r
      UNION SELECT unnest($4::uuid[])) AS m,
LATERAL (SELECT e.member_id, e.seq, sum(e.amount)::bigint AS amount FROM ledger_entry AS e
         WHERE e.member_id = m.member_id AND e.kind = 'adjust' AND e.source_kind = 'adjustment'
         GROUP BY e.member_id, e.seq OFFSET 0) AS e,
LATERAL (SELECT v.programme_id, v.body FROM activity_event AS v
         WHERE v.member_id = e.member_id AND v.seq = e.seq AND v.body LIKE '%"corrects":%' OFFSET 0) AS v
"""


class Corrected(NamedTuple):
    """What a correction at an instant (epoch seconds) changed of a purchase in an account's wallet."""

    at: int
    account: str
    wallet: str
    amount: int


Corrections = dict[tuple[bytes, str], list[Corrected]]
"""By programme and purchase."""


def ask(transaction: Transaction, origins: Collection[Name], tied: Collection[bytes]) -> int:
    """Add the statement that loads what was put right in the accounts of these purchases, and in these accounts."""
    programmes, kinds, values = zip(*origins, strict=True)
    ids = (arrays.uuids(programmes), arrays.texts(kinds), arrays.texts(values))
    return transaction.send(_CORRECTED, *ids, arrays.uuids(list(tied)))


def read(rows: Rows) -> Corrections:
    """Read the answer to ``ask``."""
    found: Corrections = defaultdict(list)
    for row in rows:
        event = read_event(rows.value(row, 2))
        assert isinstance(event, Adjustment)
        account, at = rows.value(row, 0).hex(), instant(event.occurred_at)
        for each, amount in zip(event.corrects, changed_by(event, rows.number(row, 3)), strict=True):
            if each.kind == PURCHASE:
                found[rows.value(row, 1), each.id].append(Corrected(at, account, event.wallet, amount))
    return dict(found)


def until(corrections: Corrections, at: int) -> Corrections:
    """Give those of the corrections that had happened by an instant (epoch seconds)."""
    return {purchase: [each for each in found if each.at <= at] for purchase, found in corrections.items()}


def granted(corrections: Corrections, programme: bytes, purchase: str) -> Grants | None:
    """Give what is to be known of a purchase's corrections; None where there are none."""
    sums = Counter[tuple[str, str]]()
    for each in corrections.get((programme, purchase), ()):
        sums[each.account, each.wallet] += each.amount
    return Grants(changes=tuple(Change(*key, amount) for key, amount in sorted(sums.items()))) if sums else None
