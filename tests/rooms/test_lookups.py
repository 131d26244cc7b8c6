"""What a recording asks of PostgreSQL is found by keys, also by a plan that was made while the tables were empty."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

import stammis
from stammis.accrual.services.loading import BEGIN
from tests.rooms.till import Till, bought

pytestmark = pytest.mark.usefixtures("own_database")

SMALL = frozenset({"programmes_programme", "programmes_version", "programmes_rate", "rewards_stock", "ledger_seal"})
"""Tables with a row for each programme, version, rate, reward or day: these may be read from end to end."""
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b.*\$1", re.DOTALL)


def statements() -> dict[str, str]:
    """The statements of recordings by their names: constants with parameters as a pipeline takes them."""
    rooms = (each.name for each in pkgutil.walk_packages(stammis.__path__, "stammis."))
    return {
        f"{room}.{name}": value
        for room in rooms
        if ".services" in room or room.endswith(".queries")
        for name, value in vars(importlib.import_module(room)).items()
        if isinstance(value, str) and STATEMENT.match(value)
    }


def believe_that_all_tables_are_empty() -> None:
    """Lets PostgreSQL find out, as it does by itself each minute, that rows were here and none is."""
    with transaction.atomic():
        till = Till()
        for number in range(20):
            till.one(bought(f"P-{number}", 1_000, f"m{number}"))
        transaction.set_rollback(True)
    with connection.cursor() as db:
        db.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user")
        for (table,) in db.fetchall():
            db.execute(f'VACUUM (TRUNCATE false) "{table}"')
        db.execute("SELECT relpages > 0, reltuples FROM pg_class WHERE relname = 'accrual_standing'")
        assert db.fetchone() == (True, 0)


def read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """The tables of a plan that are read from end to end, by themselves or through an index."""
    table = plan.get("Relation Name", plan.get("Index Name"))
    if table and "Scan" in plan["Node Type"] and "Index Cond" not in plan and "Recheck Cond" not in plan:
        yield table
    for part in plan.get("Plans", ()):
        yield from read_whole(part)


def test_no_statement_reads_a_whole_table_whatever_was_believed_of_it() -> None:
    believe_that_all_tables_are_empty()
    found = set()
    with transaction.atomic(), connection.cursor() as db:
        db.execute(BEGIN.replace("$1", "1"))
        for name, statement in statements().items():
            nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", statement))))
            db.execute(f"PREPARE asked AS {statement}".replace("%", "%%"))
            db.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({nulls})")
            ((plans,),) = db.fetchall()
            found |= {(name, table) for table in read_whole(plans[0]["Plan"]) if table not in SMALL}
            db.execute("DEALLOCATE asked")
    assert found == set()
    assert len(statements()) > 30
