"""Issuing rewards: what a decision says about them is written here, and the stock is counted."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from stammis.kit import arrays
from stammis.kit.pipeline import Rows, Transaction

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that are not taken for one another."""


class IssuedRow(NamedTuple):
    """A row of ``rewards_issued``; ids are the 16 bytes of a UUID, times microseconds since 1970, ``body`` JSON."""

    member: bytes
    redemption: str
    programme: bytes
    reward: str
    quantity: int
    code: str
    wallet: str
    amount: int
    state: str
    purchase_id: str | None
    issued_at: int
    moved_at: int
    body: bytes


def code() -> str:
    """Give a fresh code: twelve characters in three groups, 59 random bits."""
    letters = [secrets.choice(ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


_SAVE = """
INSERT INTO rewards_issued (member_id, redemption, programme_id, reward, quantity, code, wallet, amount, state,
                            purchase_id, issued_at, moved_at, body)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int4[], $6::text[], $7::text[], $8::int8[],
                     $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[])
ON CONFLICT (member_id, redemption) DO UPDATE SET
    state = excluded.state, purchase_id = excluded.purchase_id, moved_at = excluded.moved_at, body = excluded.body
"""


def save(transaction: Transaction, rows: Sequence[IssuedRow]) -> None:
    """Add the statement that writes issued rewards, new or moved."""
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    transaction.send(
        _SAVE,
        arrays.uuids(columns[0]),
        arrays.texts(columns[1]),
        arrays.uuids(columns[2]),
        arrays.texts(columns[3]),
        arrays.ints(columns[4]),
        *(arrays.texts(column) for column in columns[5:7]),
        arrays.bigints(columns[7]),
        *(arrays.texts(column) for column in columns[8:10]),
        *(arrays.instants(column) for column in columns[10:12]),
        arrays.encoded(columns[12]),
    )


_OPEN = """
INSERT INTO rewards_stock (programme_id, reward, issued)
SELECT programme_id, reward, 0 FROM unnest($1::uuid[], $2::text[]) AS new (programme_id, reward)
ORDER BY programme_id, reward
ON CONFLICT DO NOTHING
"""
_RESERVE = """
SELECT programme_id, reward, issued FROM rewards_stock
WHERE (programme_id, reward) IN (
    SELECT programme_id, reward FROM unnest($1::uuid[], $2::text[]) AS new (programme_id, reward)
    UNION
    SELECT i.programme_id, i.reward
    FROM unnest($3::uuid[], $4::text[]) AS r (member_id, redemption),
    LATERAL (SELECT i.programme_id, i.reward FROM rewards_issued AS i
             WHERE i.member_id = r.member_id AND i.redemption = r.redemption OFFSET 0) AS i)
ORDER BY programme_id, reward FOR UPDATE
"""
_COUNT = """
UPDATE rewards_stock AS s SET issued = s.issued + c.change
FROM unnest($1::uuid[], $2::text[], $3::int8[]) AS c (programme_id, reward, change)
WHERE s.programme_id = c.programme_id AND s.reward = c.reward
"""


def reserve(
    transaction: Transaction, wanted: Sequence[tuple[bytes, str]], given_back: Sequence[tuple[bytes, str]]
) -> int:
    """Add the statements that lock the stock of rewards, in order; ``issued`` reads the answer.

    ``wanted`` names (programme, reward), ``given_back`` (member, redemption) whose reward is meant.
    """
    wanted = sorted(set(wanted))
    programmes = arrays.uuids([programme for programme, _ in wanted])
    rewards = arrays.texts([reward for _, reward in wanted])
    if wanted:
        transaction.send(_OPEN, programmes, rewards)
    return transaction.send(
        _RESERVE,
        programmes,
        rewards,
        arrays.uuids([member for member, _ in given_back]),
        arrays.texts([redemption for _, redemption in given_back]),
    )


def issued(rows: Rows) -> dict[tuple[bytes, str], int]:
    """Read the answer to ``reserve``: how many of each reward are out."""
    return {(rows.value(row, 0), rows.text(row, 1)): rows.number(row, 2) for row in rows}


def count(transaction: Transaction, changes: Mapping[tuple[bytes, str], int]) -> None:
    """Add the statement that counts what went out and what came back of each (programme, reward)."""
    moved = [(key, change) for key, change in sorted(changes.items()) if change]
    if moved:
        transaction.send(
            _COUNT,
            arrays.uuids([programme for (programme, _), _ in moved]),
            arrays.texts([reward for (_, reward), _ in moved]),
            arrays.bigints([change for _, change in moved]),
        )


Account = tuple[bytes, str, str, int]
"""A budget of one period: programme, budget, store or household (or empty), number of the period."""

_OPEN_BUDGETS = """
INSERT INTO rewards_drawn (programme_id, budget, store, period, points)
SELECT programme_id, budget, store, period, 0
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int4[]) AS new (programme_id, budget, store, period)
ORDER BY programme_id, budget, store, period
ON CONFLICT DO NOTHING
"""
_LOCK_BUDGETS = """
SELECT d.programme_id, d.budget, d.store, d.period, d.points
FROM (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int4[]) AS a (programme_id, budget, store, period)
      ORDER BY programme_id, budget, store, period) AS k,
LATERAL (SELECT d.* FROM rewards_drawn AS d WHERE d.programme_id = k.programme_id AND d.budget = k.budget
             AND d.store = k.store AND d.period = k.period FOR UPDATE) AS d
"""
_DRAW = """
INSERT INTO rewards_drawn AS d (programme_id, budget, store, period, points)
SELECT programme_id, budget, store, period, change
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int4[], $5::int8[])
    AS c (programme_id, budget, store, period, change)
ON CONFLICT (programme_id, budget, store, period) DO UPDATE SET points = d.points + excluded.points
"""


def lock_budgets(transaction: Transaction, accounts: Collection[Account]) -> int:
    """Add the statements that lock budgets, in the order of their names; ``drawn`` reads the answer."""
    columns = _columns(sorted(set(accounts)))
    transaction.send(_OPEN_BUDGETS, *columns)
    return transaction.send(_LOCK_BUDGETS, *columns)


def drawn(rows: Rows) -> dict[Account, int]:
    """Read the answer to ``lock_budgets``: what was drawn from each."""
    return {
        (rows.value(row, 0), rows.text(row, 1), rows.text(row, 2), rows.number(row, 3)): rows.number(row, 4)
        for row in rows
    }


def draw(transaction: Transaction, changes: Mapping[Account, int]) -> None:
    """Add the statement that counts what was drawn from budgets, and what was given back.

    They are locked already, but those of whoever was not known until now.
    """
    moved = {account: change for account, change in sorted(changes.items()) if change}
    if moved:
        transaction.send(_DRAW, *_columns(list(moved)), arrays.bigints(list(moved.values())))


def _columns(accounts: Sequence[Account]) -> tuple[arrays.Param, ...]:
    return (
        arrays.uuids([account[0] for account in accounts]),
        arrays.texts([account[1] for account in accounts]),
        arrays.texts([account[2] for account in accounts]),
        arrays.ints([account[3] for account in accounts]),
    )
