"""Sums and counts, set-based: each function answers for many periods, or values of a dimension, in one statement.

Purchases are counted as they stand: a completed one counts when it occurred, a cancelled one does not. For customers a
fully returned purchase does not count either. Only purchases that were placed first, or changed later, have a status of
their own; all others are completed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

from django.db import connection
from psycopg import sql

from stammis.insight.periods import Periods
from stammis.programmes.models import Programme

Key = int | str
"""The place of a period (from 0), or the value of a dimension (empty: none)."""
Group = Literal["time", "tier", "channel", "store", "wallet"]

_STANDS = """
SELECT e.member_id, e.occurred_at, e.gross_minor, e.currency, {more}
    CASE WHEN s.state IS NULL THEN false ELSE coalesce((
        SELECT sum((line.value ->> 1)::bigint) >= e.gross_minor FROM json_each(s.state::json -> 'returned') AS line
    ), false) END AS undone
FROM activity_event AS e
LEFT JOIN accrual_purchasestatus AS s ON s.member_id = e.member_id AND s.purchase_id = e.external_id
WHERE e.programme_id = %(programme)s AND e.kind = 'purchase' AND e.occurred_at < %(ends)s
    AND (s.state IS NULL OR s.state::json ->> 'state' = 'completed')
"""
_EVERY_ROW = "SELECT * FROM ledger_entry AS l WHERE l.programme_id = %(programme)s"
_PERIOD = "(width_bucket({at}, %(bounds)s::timestamptz[]) - 1)::text"
_LEVEL = """
LEFT JOIN LATERAL (
    SELECT t.state::json #>> ARRAY['ranks', %(tiers)s, '0'] AS level
    FROM accrual_standing AS t WHERE t.member_id = x.member_id
) AS tier ON true
"""
_GROUPS: dict[Group, str] = {
    "time": _PERIOD.format(at="x.occurred_at"),
    "tier": "coalesce(tier.level, '')",
    "channel": "coalesce(x.body::json ->> 'channel', '')",
    "store": "coalesce(x.body::json ->> 'store', '')",
    "wallet": "x.wallet",
}


class Sales(NamedTuple):
    """Completed purchases, and the sum of their lines in minor units of the programme's currency."""

    purchases: int = 0
    gross_minor: int = 0


class Customers(NamedTuple):
    """Customers of a period, and how many of them had not bought before it."""

    customers: int = 0
    new: int = 0


class Points(NamedTuple):
    """Movements of points in smallest units, each as a gain or a loss of its own, none negative."""

    earned: int = 0
    given: int = 0
    spent: int = 0
    restored: int = 0
    expired: int = 0
    taken_back: int = 0
    balance: int = 0


def sales(programme: Programme, periods: Periods, group: Group = "time", tiers: str = "") -> dict[Key, Sales]:
    """Completed purchases by everybody and their gross sales; periods or values without any are left out."""
    rows = _ask(
        """
        SELECT {group} AS key, count(*), coalesce(sum(x.gross_minor) FILTER (WHERE x.currency = %(currency)s), 0)
        FROM ({stands}) AS x {level}
        WHERE x.occurred_at >= %(begins)s
        GROUP BY 1
        """,
        programme,
        periods,
        group,
        tiers,
        body=group in {"channel", "store"},
    )
    return {key: Sales(*(int(number) for number in numbers)) for key, *numbers in rows}


def customers(programme: Programme, periods: Periods) -> dict[Key, Customers]:
    """Members who bought in each period, and how many of them for the first time."""
    rows = _ask(
        """
        WITH seen AS (
            SELECT x.member_id, width_bucket(x.occurred_at, %(bounds)s::timestamptz[]) - 1 AS key
            FROM ({stands}) AS x WHERE NOT x.undone GROUP BY 1, 2
        ), first AS (SELECT member_id, min(key) AS key FROM seen GROUP BY 1)
        SELECT seen.key, count(*), count(*) FILTER (WHERE first.key = seen.key)
        FROM seen
        JOIN first USING (member_id)
        JOIN members_member AS m ON m.id = seen.member_id AND m.kind = 'member'
        WHERE seen.key >= 0
        GROUP BY 1
        """,
        programme,
        periods,
    )
    return {key: Customers(*numbers) for key, *numbers in rows}


def points(
    programme: Programme, periods: Periods, wallet: str, group: Group = "time", tiers: str = ""
) -> dict[Key, Points]:
    """Movements of a wallet's points; with the group ``wallet`` those of every wallet."""
    rows = _ask(
        """
        SELECT {group} AS key,
            coalesce(sum(x.amount) FILTER (WHERE x.kind = 'earn'), 0),
            coalesce(sum(x.amount) FILTER (WHERE x.kind = 'adjust' AND x.amount > 0), 0),
            coalesce(-sum(x.amount) FILTER (WHERE x.kind = 'spend'), 0),
            coalesce(sum(x.amount) FILTER (WHERE x.kind = 'restore'), 0),
            coalesce(-sum(x.amount) FILTER (WHERE x.kind = 'expire'), 0),
            coalesce(-sum(x.amount) FILTER (WHERE x.kind = 'return' OR x.kind = 'adjust' AND x.amount < 0), 0),
            coalesce(sum(x.amount), 0)
        FROM ({rows}) AS x {level}
        WHERE x.occurred_at >= %(begins)s AND x.occurred_at < %(ends)s
        GROUP BY 1
        """,
        programme,
        periods,
        group,
        tiers,
        wallet=wallet,
    )
    return {key: Points(*(int(number) for number in numbers)) for key, *numbers in rows}


def overdue(programme: Programme, periods: Periods, wallet: str) -> dict[Key, int]:
    """Points of a wallet whose last day has passed and whose expiry is not posted yet, by the period of their end."""
    rows = _run(
        """
        SELECT width_bucket(to_timestamp((x.lot ->> 2)::bigint), %(bounds)s::timestamptz[]) - 1,
            sum((x.lot ->> 1)::bigint)
        FROM accrual_standing AS t
        CROSS JOIN LATERAL json_array_elements(t.state::json #> ARRAY['purses', %(wallet)s, '0']) AS x(lot)
        WHERE t.programme_id = %(programme)s AND t.due_at < %(until)s
            AND to_timestamp((x.lot ->> 2)::bigint) >= %(begins)s AND to_timestamp((x.lot ->> 2)::bigint) < %(until)s
        GROUP BY 1
        """,
        _facts(programme, periods) | {"wallet": wallet, "until": min(periods.bounds[-1], periods.now)},
    )
    return {place: int(amount) for place, amount in rows}


def members(programme: Programme, periods: Periods, tiers: str | None = None) -> dict[Key, int]:
    """Members at the end of each period; with a tier set those of its levels at the end of the last."""
    if tiers is not None:
        rows = _run(
            """
            SELECT coalesce(tier.level, '') AS key, count(*) FROM members_member AS m
            CROSS JOIN LATERAL (SELECT m.id AS member_id) AS x {level}
            WHERE m.programme_id = %(programme)s AND m.kind = 'member'
                AND coalesce(m.joined_at, m.created_at) < %(ends)s
            GROUP BY 1
            """,
            _facts(programme, periods) | {"tiers": tiers},
            level=sql.SQL(_LEVEL),
        )
        return dict(rows)
    rows = _run(
        """
        SELECT (e.place - 1)::int, (
            SELECT count(*) FROM members_member AS m
            WHERE m.programme_id = %(programme)s AND m.kind = 'member'
                AND coalesce(m.joined_at, m.created_at) < e.at
        ) FROM unnest(%(each_end)s::timestamptz[]) WITH ORDINALITY AS e(at, place)
        """,
        _facts(programme, periods),
    )
    return dict(rows)


def active(programme: Programme, periods: Periods, window: dt.timedelta, tiers: str | None = None) -> dict[Key, int]:
    """Members who bought within ``window`` before the end of each period; with a tier set by level, at the last end.

    What has not ended yet is looked at as of now.
    """
    ends = periods.bounds[1:] if tiers is None else periods.bounds[-1:]
    rows = _run(
        """
        SELECT {key} AS key, count(DISTINCT x.member_id)
        FROM unnest(%(each_end)s::timestamptz[]) WITH ORDINALITY AS e(at, place)
        CROSS JOIN LATERAL (
            SELECT * FROM ({stands}) AS s
            WHERE s.occurred_at >= e.at - %(window)s AND s.occurred_at < e.at AND NOT s.undone
        ) AS x
        JOIN members_member AS m ON m.id = x.member_id AND m.kind = 'member'
        {level}
        GROUP BY 1
        """,
        _facts(programme, periods)
        | {"window": window, "each_end": [min(end, periods.now) for end in ends], "tiers": tiers or ""},
        stands=sql.SQL(_STANDS.format(more="")),
        key=sql.SQL("(e.place - 1)::int" if tiers is None else _GROUPS["tier"]),
        level=sql.SQL("" if tiers is None else _LEVEL),
    )
    return dict(rows)


def usual_gap(programme: Programme, before: dt.datetime) -> dt.timedelta | None:
    """The 90th percentile of the gaps between two purchases of the same member; None where nobody bought twice."""
    rows = _run(
        """
        SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY gap) FROM (
            SELECT x.occurred_at - lag(x.occurred_at) OVER (PARTITION BY x.member_id ORDER BY x.occurred_at) AS gap
            FROM ({stands}) AS x
            JOIN members_member AS m ON m.id = x.member_id AND m.kind = 'member'
            WHERE NOT x.undone
        ) AS gaps
        """,
        {"programme": programme.id, "ends": before},
        stands=sql.SQL(_STANDS.format(more="")),
    )
    gap: dt.timedelta | None = rows[0][0]
    return gap


def first_day(programme: Programme) -> dt.date | None:
    """The local day of the earliest purchase; None where there is none."""
    rows = _run(
        """
        SELECT (min(occurred_at) AT TIME ZONE %(zone)s)::date FROM activity_event
        WHERE programme_id = %(programme)s AND kind = 'purchase'
        """,
        {"programme": programme.id, "zone": programme.zone},
    )
    day: dt.date | None = rows[0][0]
    return day


def _facts(programme: Programme, periods: Periods) -> dict[str, Any]:
    return {
        "programme": programme.id,
        "currency": programme.currency,
        "begins": periods.bounds[0],
        "ends": periods.bounds[-1],
        "bounds": list(periods.bounds),
        "each_end": list(periods.bounds[1:]),
    }


def _ask(
    text: str,
    programme: Programme,
    periods: Periods,
    group: Group = "time",
    tiers: str = "",
    *,
    body: bool = False,
    wallet: str | None = None,
) -> list[tuple[Any, ...]]:
    wanted = _EVERY_ROW if group == "wallet" else _EVERY_ROW + " AND l.wallet = %(wallet)s"
    rows = _run(
        text,
        _facts(programme, periods) | {"tiers": tiers, "wallet": wallet},
        group=sql.SQL(_GROUPS[group]),
        stands=sql.SQL(_STANDS.format(more="e.body," if body else "")),
        rows=sql.SQL(wanted),
        level=sql.SQL(_LEVEL if group == "tier" else ""),
    )
    return [(int(row[0]), *row[1:]) for row in rows] if group == "time" else rows


def _run(text: str, facts: dict[str, Any], **parts: sql.Composable) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(text).format(**parts).as_string(None), facts)
        return list(cursor.fetchall())
