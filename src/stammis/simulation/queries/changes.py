"""Who has more and who has less: the change of each member between two runs, as a table in DuckDB."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from fractions import Fraction

import duckdb
import msgspec

from stammis.core.rules import Rules
from stammis.members.models import Member
from stammis.simulation.estimates import Counted, Estimate, total

LARGEST = 50
SIDES = ("today", "tried")
SHARES = (1, 5, 25, 50, 75, 95, 99)
"""Percentiles of members' changes."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How the members' changes are spread: how many have more, the same and less; percentiles by their number."""

    better: int
    same: int
    worse: int
    percentiles: dict[int, int]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Members with a label, or at a level (today's, at the end): how many have more and less, and all of it."""

    kind: str
    set: str
    name: str
    members: int
    better: int
    worse: int
    change: Estimate


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A member's change: points given less what was taken back, by wallet, and all of it in money (or points)."""

    member: uuid.UUID
    reference: str | None
    change: int
    points: dict[str, tuple[int, int]]


_MOVED = """
CREATE TEMP TABLE moved AS
SELECT member_id, wallet, coalesce(b.net, 0) AS tried, coalesce(a.net, 0) AS today, tried - today AS points,
       coalesce(sign(today) * (abs(today)::HUGEINT * v.num // v.den), 0)::BIGINT AS money_today,
       coalesce(sign(tried) * (abs(tried)::HUGEINT * w.num // w.den), 0)::BIGINT AS money_tried,
       money_tried - money_today AS money
FROM (SELECT member_id, wallet::VARCHAR AS wallet, earned + given + taken_back AS net FROM today_purses) AS a
FULL JOIN (SELECT member_id, wallet::VARCHAR AS wallet, earned + given + taken_back AS net FROM tried_purses) AS b
    USING (member_id, wallet)
LEFT JOIN (FROM worth WHERE side = 'today') AS v USING (wallet)
LEFT JOIN (FROM worth WHERE side = 'tried') AS w USING (wallet)
"""
_CHANGES = """
CREATE TEMP TABLE changes AS
SELECT p.member_id, coalesce(sum(m.{what}), 0)::BIGINT AS change
FROM tried_people AS p LEFT JOIN moved AS m ON m.member_id = p.member_id AND ({only})
WHERE p.enrolled GROUP BY p.member_id
"""


def lay_out(db: duckdb.DuckDBPyConnection, today: Rules, tried: Rules) -> bool:
    """Make the tables ``moved`` (by member and wallet) and ``changes`` (by member); tell whether they are in money.

    Each side's points are worth what its own rules say; where one of them says nothing, what the other says.
    """
    db.execute("CREATE TEMP TABLE worth (side VARCHAR, wallet VARCHAR, num BIGINT, den BIGINT)")
    valued = [
        (side, wallet, value.numerator, value.denominator)
        for wallet in dict.fromkeys((*tried.wallets, *today.wallets))
        for side, value in zip(SIDES, worths(wallet, today, tried), strict=True)
        if value is not None
    ]
    if valued:
        db.executemany("INSERT INTO worth VALUES (?, ?, ?, ?)", valued)
    db.execute(_MOVED)
    if valued:
        db.execute(_CHANGES.format(what="money", only="true"))
    else:
        db.execute(_CHANGES.format(what="points", only="m.wallet = ?"), [next(iter(tried.wallets), "")])
    return bool(valued)


def worths(wallet: str, today: Rules, tried: Rules) -> tuple[Fraction | None, Fraction | None]:
    """Give what a smallest unit of a wallet is worth on each side, in minor units; None where neither side says it."""
    values = [rules.wallets[wallet].value if wallet in rules.wallets else None for rules in (today, tried)]
    return values[0] or values[1], values[1] or values[0]


def spread(db: duckdb.DuckDBPyConnection) -> Spread:
    """Tell how the changes are spread."""
    row = db.execute(
        "SELECT count(*) FILTER (change > 0), count(*) FILTER (change = 0), count(*) FILTER (change < 0),"
        " quantile_disc(change, $shares) FROM changes",
        {"shares": [share / 100 for share in SHARES]},
    ).fetchone()
    assert row is not None
    return Spread(better=row[0], same=row[1], worse=row[2], percentiles=dict(zip(SHARES, row[3] or (), strict=False)))


_GROUPS = """
SELECT kind, set, name, count(*), count(*) FILTER (change > 0), count(*) FILTER (change < 0), sum(change)::BIGINT,
       sum(change::DOUBLE * change)
FROM (
    SELECT 'label' AS kind, '' AS set, unnest(labels) AS name, member_id FROM tried_people
    UNION ALL
    SELECT 'level', set::VARCHAR, after::VARCHAR, member_id FROM today_levels
) JOIN changes USING (member_id)
GROUP BY ALL ORDER BY kind DESC, set, count(*) DESC, name
"""


def groups(db: duckdb.DuckDBPyConnection) -> Iterator[Group]:
    """Tell the changes of members by level and by label."""
    for kind, tiers, name, members, better, worse, added, squares in db.execute(_GROUPS).fetchall():
        yield Group(
            kind=kind,
            set=tiers,
            name=name,
            members=members,
            better=better,
            worse=worse,
            change=total(added, squares, Counted(members, members)),
        )


_LARGEST = """
SELECT c.member_id, any_value(c.change), map_from_entries(list((m.wallet, [m.today, m.tried])))
FROM (FROM changes WHERE change <> 0 ORDER BY abs(change) DESC, member_id LIMIT ?) AS c
JOIN moved AS m USING (member_id)
GROUP BY c.member_id ORDER BY abs(any_value(c.change)) DESC, c.member_id
"""


def largest(db: duckdb.DuckDBPyConnection, programme_id: uuid.UUID, count: int = LARGEST) -> Iterator[Change]:
    """Give the members whose change is largest, either way."""
    rows = db.execute(_LARGEST, [count]).fetchall()
    ids = [uuid.UUID(bytes=row[0]) for row in rows]
    names = dict(Member.objects.filter(programme_id=programme_id, id__in=ids).values_list("id", "reference"))
    for member, (_, change, points) in zip(ids, rows, strict=True):
        by_wallet = {wallet: (today, tried) for wallet, (today, tried) in points.items()}
        yield Change(member=member, reference=names.get(member), change=change, points=by_wallet)
