import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from stammis.accrual.services import loading

TABLES = ("members_identity", "activity_receipt", "activity_event", "accrual_decision", "accrual_purchasestatus")
TABLES_THAT_WAIT = ("activity_deferred",)
KEYS = "uuid[], text[], text[]"


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan that read a table."""
    if "Relation Name" in plan:
        yield plan
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(
    ("statement", "kinds", "tables"),
    [
        (loading.LOCK, f"{KEYS}, {KEYS}, uuid[]", TABLES[:2]),
        (loading.RECEIPTS, KEYS, TABLES[1:]),
        (loading.WAITING, f"uuid[], text[], {KEYS}", TABLES_THAT_WAIT),
    ],
)
def test_a_plan_made_while_the_tables_were_empty_still_asks_by_key(
    statement: str, kinds: str, tables: tuple[str, ...]
) -> None:
    with transaction.atomic(), connection.cursor() as db:
        db.execute(f"ANALYZE {', '.join(tables)}")
        db.execute(loading.BEGIN.replace("$1", "1"))
        db.execute(f"PREPARE asked ({kinds}) AS {statement}")
        nothing = ", ".join(["NULL"] * (kinds.count(",") + 1))
        db.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({nothing})")
        told = db.fetchone()[0]
        db.execute("DEALLOCATE asked")
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    found = [scan for scan in scans(plan) if scan["Relation Name"] in tables]
    assert {scan["Relation Name"] for scan in found} == set(tables)
    for scan in found:
        assert "Index Cond" in scan, f"{scan['Relation Name']} is read as a whole"
