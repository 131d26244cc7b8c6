"""Reading a book out of the snapshot: the ledger's rows as movements of lots, summed by month (SQL on DuckDB).

A lot belongs to the month in which it was opened. Points that went to another account keep the month of the lot out
of which most of them came, points that were restored anew that of the lot out of which they had been spent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from django.db import connection

from stammis.core.currencies import DECIMALS
from stammis.core.wallets import Sliding, Wallet
from stammis.insight.liability.books import NO_LOT, Book, Flow, OpenLots, Purse, Sale, first_day, month_of
from stammis.insight.periods import midnight
from stammis.kit.errors import Invalid
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.snapshot.queries import Snapshot

_DAY = dt.timedelta(days=1)

_ROWS = """
CREATE TEMP TABLE rows AS
SELECT member_id, row, seq, wallet::text AS wallet, kind::text AS kind, amount, reverses,
    source_kind::text AS source_kind, source_id, lots, epoch(ends_at)::bigint AS ends,
    (make_timestamptz(epoch_us(occurred_at)) AT TIME ZONE $zone)::date AS day,
    epoch_us(occurred_at) < epoch_us($bound::timestamptz) AS counts,
    CASE WHEN amount > 0 THEN coalesce(opened, CASE WHEN pending IS NOT NULL THEN amount END, 0) ELSE 0 END AS opening
FROM entries
"""
_TAKES = """
CREATE TEMP TABLE takes AS
SELECT member_id, row, wallet, kind, day, counts, reverses, source_kind, source_id, lot[1] AS lot,
    CASE WHEN amount > 0 THEN lot[2] ELSE -lot[2] END AS amount, lot[3] AS ends
FROM (SELECT *, unnest(lots::json::bigint[][]) AS lot FROM rows WHERE lots IS NOT NULL)
"""
# where points of a lot came from, if from another lot: (member, row) of that one
_PARENTS = """
CREATE TEMP TABLE parents AS
SELECT r.member_id, r.row, t.member_id AS from_member, arg_max(t.lot, -t.amount) AS from_row
FROM rows AS r JOIN takes AS t ON t.member_id = r.member_id AND t.row = r.reverses
WHERE r.kind IN ('restore', 'release') AND r.opening > 0
GROUP BY ALL
UNION ALL
SELECT r.member_id, r.row, arg_max(t.member_id, -t.amount), arg_max(t.lot, -t.amount)
FROM rows AS r
JOIN takes AS t ON t.source_id = r.source_id AND t.wallet = r.wallet AND t.source_kind = 'transfer'
    AND t.kind = 'transfer_out' AND t.member_id <> r.member_id
    AND t.ends IS NOT DISTINCT FROM r.ends
WHERE r.kind = 'transfer_in' AND r.source_kind = 'received' AND r.opening > 0
GROUP BY ALL
"""
# each parent's parent, and so on: every pass goes twice as far back as the one before
_FURTHER = """
CREATE OR REPLACE TEMP TABLE parents AS
SELECT p.member_id, p.row, coalesce(q.from_member, p.from_member) AS from_member,
    coalesce(q.from_row, p.from_row) AS from_row
FROM parents AS p LEFT JOIN parents AS q ON q.member_id = p.from_member AND q.row = p.from_row
"""
_LOTS = """
CREATE TEMP TABLE lots AS
SELECT r.member_id, r.row, r.wallet, o.day, (year(o.day) * 12 + month(o.day) - 1)::int AS cohort,
    o.kind = 'earn' AND o.source_kind IN ('purchase', 'status', 'claimed') AS sale,
    greatest(r.ends, told.ends, later.ends) AS ends
FROM rows AS r
LEFT JOIN parents AS p ON p.member_id = r.member_id AND p.row = r.row
JOIN rows AS o ON o.member_id = coalesce(p.from_member, r.member_id) AND o.row = coalesce(p.from_row, r.row)
LEFT JOIN (SELECT member_id, lot AS row, max(ends) AS ends FROM takes GROUP BY ALL) AS told
    ON told.member_id = r.member_id AND told.row = r.row
LEFT JOIN later ON later.member_id = r.member_id AND later.row = r.row
WHERE r.opening > 0
"""
# what ended before the instant and was neither spent nor put aside has expired, whether its row is posted yet or not;
# what ends at this very instant has not: its row is dated there, too late to count
_LEFT = """
CREATE TEMP TABLE left_of AS
SELECT l.*, x.rest, x.held,
    l.ends IS NOT NULL AND l.ends * 1000000 < epoch_us($bound::timestamptz) AND x.rest > x.held AS over,
    (to_timestamp(l.ends) AT TIME ZONE $zone)::date AS gone
FROM lots AS l JOIN (
    SELECT member_id, lot, sum(amount) FILTER (WHERE kind NOT IN ('hold', 'release')) AS rest,
        coalesce(-sum(amount) FILTER (WHERE kind IN ('hold', 'release')), 0) AS held
    FROM (
        SELECT member_id, row AS lot, kind, opening AS amount FROM rows WHERE opening > 0 AND counts
        UNION ALL SELECT member_id, lot, kind, amount FROM takes WHERE counts
        UNION ALL SELECT p.from_member, p.from_row, k.kind, k.sign * r.opening  -- freed into a lot of its own
        FROM rows AS r JOIN parents AS p ON p.member_id = r.member_id AND p.row = r.row
        CROSS JOIN (VALUES ('release', 1), ('renew', -1)) AS k(kind, sign)
        WHERE r.kind = 'release' AND r.opening > 0 AND r.counts
    ) GROUP BY ALL
) AS x ON x.member_id = l.member_id AND x.lot = l.row
WHERE x.rest > 0
"""
_FLOWS = f"""
WITH moves AS (
    SELECT member_id, row AS lot, wallet, kind, day, opening AS amount FROM rows WHERE opening > 0 AND counts
    UNION ALL
    SELECT member_id, lot, wallet, kind, day, amount FROM takes WHERE counts AND kind NOT IN ('hold', 'release')
    UNION ALL
    SELECT member_id, row, wallet, 'expire', gone, held - rest FROM left_of WHERE over
    UNION ALL
    SELECT r.member_id, NULL, r.wallet, r.kind, r.day, r.amount - r.opening - coalesce(t.amount, 0)
    FROM rows AS r LEFT JOIN (SELECT member_id, row, sum(amount) AS amount FROM takes GROUP BY ALL) AS t
        ON t.member_id = r.member_id AND t.row = r.row
    WHERE r.counts AND r.kind NOT IN ('hold', 'release') AND r.amount - r.opening <> coalesce(t.amount, 0)
)
SELECT m.wallet, coalesce(l.sale, false), coalesce(l.cohort, {NO_LOT}), (year(m.day) * 12 + month(m.day) - 1)::int,
    coalesce(sum(m.amount) FILTER (WHERE m.kind = 'earn' OR (m.kind = 'adjust' AND m.amount > 0)), 0),
    coalesce(-sum(m.amount) FILTER (WHERE m.kind = 'return' OR (m.kind = 'adjust' AND m.amount < 0)), 0),
    coalesce(sum(m.amount) FILTER (WHERE m.kind IN ('transfer_in', 'transfer_out')), 0),
    coalesce(-sum(m.amount) FILTER (WHERE m.kind IN ('spend', 'restore')), 0),
    coalesce(-sum(m.amount) FILTER (WHERE m.kind = 'expire'), 0),
    count(*) FILTER (WHERE m.kind = 'spend')
FROM moves AS m LEFT JOIN lots AS l ON l.member_id = m.member_id AND l.row = m.lot
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - a number of our own
_OPEN = """
SELECT wallet, sale, date_diff('day', DATE '0001-01-01', day) + 1, date_diff('day', DATE '0001-01-01', gone),
    sum(CASE WHEN over THEN held ELSE rest END), sum(held), count(*)
FROM left_of WHERE NOT over OR held > 0
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
# sales that gave points, by the month of the points: without tax, discounts of ours, and what points paid
_SOLD = """
CREATE TEMP TABLE sold AS
WITH told AS (
    SELECT member_id, seq, kind::text AS kind, external_id, gross_minor, currency::text AS currency,
        list_sum(regexp_extract_all(decode(body), '"tax":([0-9]+)', 1)::bigint[]) AS tax,
        CASE WHEN kind::text = 'claimed' THEN decode(body)::json -> 'purchase'
            WHEN contains(decode(body), '"discounts":[') OR contains(decode(body), '"points":{')
            THEN decode(body)::json END AS whole
    FROM events WHERE kind::text IN ('purchase', 'status', 'claimed')
)
SELECT member_id, seq, kind, external_id,
        coalesce(gross_minor, list_sum((whole ->> '$.lines[*].amount')::bigint[])) - coalesce(tax, 0)
        - coalesce(list_sum([each.amount for each in from_json(whole,
            '{"discounts": [{"amount": "BIGINT", "kind": "VARCHAR"}]}').discounts if each.kind = 'reward']), 0)
        - coalesce(round((whole ->> '$.points.amount')::bigint * v.minor), 0) AS minor,
        coalesce(currency, whole ->> '$.currency') AS currency
FROM told LEFT JOIN worth AS v ON v.wallet = (whole ->> '$.points.wallet')
"""
_SALES = """
WITH earned AS (
    SELECT DISTINCT member_id, seq, source_id, day, source_kind = 'status' AS later FROM rows
    WHERE counts AND kind = 'earn' AND source_kind IN ('purchase', 'status', 'claimed')
), matched AS (
    SELECT x.day, e.minor, e.currency FROM earned AS x JOIN sold AS e USING (member_id, seq) WHERE NOT x.later
    UNION ALL
    SELECT x.day, e.minor, e.currency FROM earned AS x
    JOIN sold AS e ON e.member_id = x.member_id AND e.external_id = x.source_id AND e.kind = 'purchase'
    WHERE x.later
)
SELECT (year(day) * 12 + month(day) - 1)::int, sum(minor)::bigint, count(*)
FROM matched WHERE currency = $currency
GROUP BY 1 ORDER BY 1
"""


class BeforeBeginning(Invalid):
    """The programme had not begun on this day."""

    code = "before_beginning"


def read_book(programme: Programme, snapshot: Snapshot, on: dt.date | None = None) -> Book:
    """Read the book of a programme as of the end of a local day, or of all that the snapshot holds.

    Raises BeforeBeginning where no version was in force by then.
    """
    at = snapshot.position.at
    zone = programme.zone
    day = at.astimezone(ZoneInfo(zone)).date() if on is None else on
    bound = min(midnight(day + _DAY, zone), at)
    month = month_of(day)
    purses = _purses(programme, day)
    with snapshot.sql() as db:
        _prepare(db, programme, purses, month)
        said = {"zone": zone, "bound": bound}
        db.execute(_ROWS, said)
        for statement in (_TAKES, _PARENTS, _FURTHER, _FURTHER, _FURTHER, _LOTS, _SOLD):
            db.execute(statement)
        db.execute(_LEFT, said)
        flows = tuple(Flow(*row) for row in db.execute(_FLOWS).fetchall())
        lots = tuple(OpenLots(*row) for row in db.execute(_OPEN).fetchall())
        sales = tuple(Sale(*row) for row in db.execute(_SALES, {"currency": programme.currency}).fetchall())
    return Book(
        programme=programme.slug,
        currency=programme.currency,
        zone=zone,
        on=day,
        month=month,
        complete=midnight(first_day(month + 1), zone) <= bound,
        position=snapshot.position.transactions,
        wallets=purses,
        flows=flows,
        lots=lots,
        sales=sales,
    )


def _purses(programme: Programme, day: dt.date) -> tuple[Purse, ...]:
    """Give the wallets of all versions that had begun by a day, each as the last of them has it."""
    versions = programmes.versions(programme.id)
    zone = ZoneInfo(programme.zone)
    until = midnight(day + _DAY, programme.zone).timestamp()
    begun = [(starts_at, versions.document(number)) for starts_at, number in versions.starts if starts_at < until]
    if not begun:
        raise BeforeBeginning
    latest: dict[str, Wallet] = {}
    values: dict[str, list[tuple[int, str | None]]] = {}
    for starts_at, document in begun:
        month = month_of(dt.datetime.fromtimestamp(starts_at, zone).date())
        for wallet in document.wallets:
            latest[wallet.id] = wallet
            values.setdefault(wallet.id, []).append((month, None if wallet.value is None else str(wallet.value)))
    return tuple(Purse(each.id, each.decimals, tuple(values[each.id]), each.expiry) for each in latest.values())


def _prepare(db: duckdb.DuckDBPyConnection, programme: Programme, purses: Sequence[Purse], month: int) -> None:
    """Put beside the snapshot what it does not hold: later ends of lots, and what points are worth."""
    db.execute("CREATE TEMP TABLE worth (wallet text, minor double)")
    for purse in purses:
        if (value := purse.value(month)) is not None:
            minor = value * int(10 ** DECIMALS[programme.currency]) / int(10**purse.decimals)
            db.execute("INSERT INTO worth VALUES (?, ?)", [purse.id, float(minor)])
    moving = any(isinstance(purse.expiry, Sliding) for purse in purses)
    extended = db.execute("SELECT count(*) FROM events WHERE kind::text = 'extension'").fetchone()
    found = list(_later_ends(programme)) if moving or extended != (0,) else []
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    table = pa.table({
        "member_id": pa.array(columns[0], pa.binary()),
        "row": pa.array(columns[1], pa.int32()),
        "ends": pa.array(columns[2], pa.int64()),
    })  # fmt: skip
    db.from_arrow(table).create("later")


def _later_ends(programme: Programme) -> Iterable[tuple[bytes, int, int]]:
    """Give the ends that open lots have now: activity, or a person, may have moved them after their row was posted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.member_id, (x.lot ->> 0)::int, (x.lot ->> 2)::bigint
            FROM accrual_standing AS t
            CROSS JOIN LATERAL json_each(t.state::json -> 'purses') AS purse
            CROSS JOIN LATERAL json_array_elements(purse.value -> 0) AS x(lot)
            WHERE t.programme_id = %s AND x.lot ->> 2 IS NOT NULL
            """,
            [programme.id],
        )
        for member, row, ends in cursor:
            yield member.bytes, row, ends
