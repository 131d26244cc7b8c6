"""The ledger is append-only and adds up."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from stammis.accrual.services import seal_days
from stammis.kit.errors import NotFound
from stammis.kit.pipeline import Transaction
from stammis.ledger import queries
from stammis.ledger.models import Entry
from stammis.ledger.services import EntryRow, post
from stammis.members.queries import find
from tests.rooms.till import NOW, Till, bought

pytestmark = pytest.mark.django_db

COLUMNS = {
    "ledger_entry": "row",
    "activity_event": "seq",
    "accrual_decision": "seq",
    "programmes_version": "number",
    "ledger_seal": "number",
}
APPEND_ONLY = tuple(COLUMNS)


@pytest.fixture
def till() -> Till:
    till = Till()
    till.say(bought("1"), bought("2", pay=30))
    seal_days(NOW + dt.timedelta(days=1))
    return till


@pytest.fixture
def all_rights(till: Till) -> None:
    """Gives the rights back that the migrations took, so that only the triggers stand in the way."""
    with connection.cursor() as db:
        for table in APPEND_ONLY:
            db.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
        db.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as db:
        db.execute(statement)
    return str(error.value)


def changes_of(table: str) -> tuple[str, str, str]:
    column = COLUMNS[table]
    return f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"  # noqa: S608 - our own names


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_triggers_refuse_to_change_remove_or_empty(table: str, all_rights: None) -> None:
    for statement in changes_of(table):
        assert "append-only" in refused(statement)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rights_refuse_it_as_well_even_to_the_owner_who_is_no_superuser(table: str, till: Till) -> None:
    with connection.cursor() as db:
        db.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if db.fetchone()[0]:
            db.execute("SELECT relacl::text FROM pg_class WHERE relname = %s", [table])
            held = db.fetchone()[0].split("=", 1)[1].split("/")[0]
            assert not set(held) & set("wdD")
            return
    for statement in changes_of(table):
        assert "permission denied" in refused(statement)


def entry(member: bytes, programme: bytes, **changes: Any) -> EntryRow:
    row = EntryRow(member, 99, 99, None, 5, 5, None, 0, None, programme, "points", "earn", "event", "x", None)
    return row._replace(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("ledger_entry_covered", {"kind": "spend", "amount": -5, "running": -1}),
        ("ledger_entry_sign", {"kind": "spend", "amount": 5}),
        ("ledger_entry_sign", {"kind": "earn", "amount": -5}),
        ("ledger_entry_sign", {"kind": "adjust", "amount": 0}),
        ("ledger_entry_sign", {"kind": "gift"}),
        ("ledger_entry_opened", {"opened": 6}),
        ("ledger_entry_reverses", {"reverses": 99}),
    ],
)
def test_constraints_refuse_rows_that_no_policy_allows(till: Till, constraint: str, changes: dict[str, Any]) -> None:
    member, programme = find(till.programme.id, "anna").id.bytes, till.programme.id.bytes
    with Transaction() as fine:
        post(fine, [entry(member, programme)], at=0)
        fine.sync()
    with Transaction() as broken:
        post(broken, [entry(member, programme, **changes)], at=0)
        with pytest.raises(IntegrityError, match=constraint):
            broken.sync()


def test_rows_are_paged_newest_first_and_read_by_their_public_id(till: Till) -> None:
    member = find(till.programme.id, "anna").id
    first = queries.entries(member, limit=2)
    second = queries.entries(member, first.after, limit=2)
    assert [row.row for row in (*first.rows, *second.rows)] == [3, 2, 1]
    assert (second.after, first.rows[0].posted_at) == (None, NOW)
    assert queries.row(queries.row_id(member, 2)).amount == -30


@pytest.mark.parametrize("text", ["", "x", "-", f"{'0' * 32}-1", f"{'z' * 32}-1", f"{'0' * 32}-99999999999", "0-1"])
def test_an_id_that_is_none_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        queries.row(text)


def test_a_view_names_the_lots_a_row_took_from(till: Till) -> None:
    member = find(till.programme.id, "anna").id
    spent = queries.row_view(Entry.objects.get(member_id=member, kind="spend"))
    assert spent["lots"] == [{"row": queries.row_id(member, 1), "amount": 30}]
    assert spent["source"] == {"kind": "purchase", "id": "2"}
    earned = queries.row_view(Entry.objects.get(member_id=member, row=3))
    assert (earned["amount"], earned["running"], earned["lots"], earned["status"]) == (70, 140, [], "posted")
