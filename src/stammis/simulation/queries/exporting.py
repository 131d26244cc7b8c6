"""Results as files: tables of a run beside the one it is compared with, as CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from stammis.kit.errors import Invalid
from stammis.simulation import course as courses
from stammis.simulation import results
from stammis.simulation.models import Run
from stammis.simulation.queries.changes import lay_out
from stammis.simulation.queries.comparing import NotComparable
from stammis.simulation.results import folder_of
from stammis.snapshot.reading import connect

Form = Literal["csv", "parquet"]
TABLES = {
    "members": """
        SELECT uuid_of(member_id) AS member_id, wallet, today, tried, points AS change, money AS change_minor
        FROM moved ORDER BY 1, 2
    """,
    "balances": """
        SELECT uuid_of(member_id) AS member_id, wallet::VARCHAR AS wallet, opening, earned, given, taken_back, redeemed,
               restored, expired, received, sent, active, pending, held
        FROM tried_purses ORDER BY 1, 2
    """,
    "levels": """
        SELECT uuid_of(member_id) AS member_id, set::VARCHAR AS set, a.before::VARCHAR AS before,
               a.after::VARCHAR AS today, b.after::VARCHAR AS tried
        FROM today_levels AS a FULL JOIN tried_levels AS b USING (member_id, set) ORDER BY 1, 2
    """,
}
"""What can be exported: changes by member and wallet, balances and moves of the run, levels."""
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
    course = courses.read(folder_of(run))
    with connect() as db:
        results.attach(db, folder_of(other), "today_")
        results.attach(db, folder_of(run), "tried_")
        lay_out(db, course.versions().at(course.until or 0))
        db.execute(_UUID_OF)
        found = db.sql(TABLES[table])
        if form == "csv":
            found.write_csv(str(file), header=True)
        else:
            found.write_parquet(str(file))
