"""Results as files: tables of a run beside the one it is compared with, as CSV or Parquet."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from stammis.kit.errors import Invalid
from stammis.members.models import Member
from stammis.simulation import results
from stammis.simulation.estimates import Estimate
from stammis.simulation.models import Run
from stammis.simulation.queries.changes import lay_out
from stammis.simulation.queries.comparing import Comparison, NotComparable, rules_of
from stammis.simulation.queries.kept import compared
from stammis.simulation.queries.rewarding import lay_out_rewards
from stammis.simulation.results import folder_of
from stammis.snapshot.reading import connect

Form = Literal["csv", "parquet"]
TABLES = {
    "members": """
        SELECT uuid_of(member_id) AS member_id, member, wallet, today, tried, points AS change, money AS change_minor
        FROM moved LEFT JOIN callers USING (member_id) ORDER BY 1, 3
    """,
    "balances": """
        SELECT uuid_of(member_id) AS member_id, member, wallet::VARCHAR AS wallet, opening, earned, given, taken_back,
               redeemed, restored, expired, received, sent, active, pending, held
        FROM tried_purses LEFT JOIN callers USING (member_id) ORDER BY 1, 3
    """,
    "rewards": """
        SELECT uuid_of(member_id) AS member_id, member, reward, today, tried, wallet, points_today, points_tried,
               CASE WHEN known THEN money_today END AS cost_today_minor,
               CASE WHEN known THEN money_tried END AS cost_tried_minor
        FROM taken LEFT JOIN callers USING (member_id) ORDER BY 1, 3, 6
    """,
    "costs": "FROM costs",
    "levels": """
        SELECT uuid_of(member_id) AS member_id, member, set, before, today, tried
        FROM (
            SELECT member_id, set::VARCHAR AS set, a.before::VARCHAR AS before, a.after::VARCHAR AS today,
                   b.after::VARCHAR AS tried
            FROM today_levels AS a FULL JOIN tried_levels AS b USING (member_id, set)
        ) LEFT JOIN callers USING (member_id) ORDER BY 1, 3
    """,
}
"""What can be exported: changes by member and wallet, balances and moves of the run, rewards, costs, levels.

``member`` is the caller's own id of a member, as it is now; a guest has none."""
BATCH = 10_000
"""The caller's ids of so many members are read at once."""
_COSTS = """
CREATE TEMP TABLE costs (
    what VARCHAR, id VARCHAR, wallet VARCHAR, today_minor BIGINT, tried_minor BIGINT, change_minor BIGINT,
    low_minor BIGINT, high_minor BIGINT, members BIGINT, few BOOLEAN
)
"""
_CALLERS = pa.schema([("member_id", pa.binary()), ("member", pa.string())])
_UUID_OF = """
CREATE MACRO uuid_of(id) AS
    lower(hex(id)[1:8] || '-' || hex(id)[9:12] || '-' || hex(id)[13:16] || '-' || hex(id)[17:20] || '-' || hex(id)[21:])
"""


class UnknownTable(Invalid):
    """There is no such table of a back-test."""

    code = "unknown_table"


def export(run: Run, table: str, form: Form, file: Path, other: Run | None = None) -> None:
    """Write a table of a run (see ``TABLES``) into a file. Raises UnknownTable and NotComparable."""
    other = other or run.compared_with
    if table not in TABLES:
        raise UnknownTable
    if other is None or run.summary is None or other.summary is None:
        raise NotComparable
    rules, before = rules_of(run), rules_of(other)
    with connect() as db:
        results.attach(db, folder_of(other), "today_")
        results.attach(db, folder_of(run), "tried_")
        lay_out(db, before, rules)
        lay_out_rewards(db, before, rules)
        db.execute(_UUID_OF)
        if table == "costs":
            _lay_out_costs(db, compared(run, other))
        else:
            _lay_out_callers(db, run.programme_id)
        found = db.sql(TABLES[table])
        if form == "csv":
            found.write_csv(str(file), header=True)
        else:
            found.write_parquet(str(file))


def _lay_out_callers(db: duckdb.DuckDBPyConnection, programme_id: uuid.UUID) -> None:
    """Make the table ``callers``: the caller's id of every member of the run."""
    db.execute("CREATE TEMP TABLE callers (member_id BLOB, member VARCHAR)")
    members = db.sql("SELECT member_id FROM tried_people ORDER BY 1").to_arrow_table().column(0)
    for first in range(0, len(members), BATCH):
        ids = [uuid.UUID(bytes=each) for each in members[first : first + BATCH].to_pylist()]
        known = Member.objects.filter(programme_id=programme_id, id__in=ids).values_list("id", "reference")
        rows = [{"member_id": member.bytes, "member": reference} for member, reference in known]
        db.from_arrow(pa.Table.from_pylist(rows, _CALLERS)).insert_into("callers")


def _lay_out_costs(db: duckdb.DuckDBPyConnection, found: Comparison) -> None:
    """Make the table ``costs``: what wallets and rewards cost all members on both sides, with the 95 % interval."""
    db.execute(_COSTS)
    costs = [("wallet", each.id, each.id, each.cost_today, each.cost_tried, each.cost_minor) for each in found.wallets]
    costs += [
        ("reward", each.reward, each.wallet, each.cost_today, each.cost_tried, each.cost_minor)
        for each in found.rewards
    ]
    rows = [
        (what, name, wallet, today.value, tried.value, *_range(change))
        for what, name, wallet, today, tried, change in costs
        if today is not None and tried is not None and change is not None
    ]
    if rows:
        db.executemany(f"INSERT INTO costs VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608 - marks only


def _range(change: Estimate) -> tuple[int, int | None, int | None, int, bool]:
    low, high = change.interval or (None, None)
    return change.value, low, high, change.n, change.few
