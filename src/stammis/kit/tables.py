"""What a migration says to PostgreSQL about a table and Django has no word for."""

from __future__ import annotations

from django.db import connection
from django.db.migrations import RunSQL

REFUSE = """
CREATE OR REPLACE FUNCTION kit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""

TAKE_RIGHTS = "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER"


def append_only(table: str) -> RunSQL:
    """Let rows be added to ``table`` and never changed or removed, by trigger and by right, its owner included."""
    trigger = (
        "CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION kit_refuse_change()"
    )
    return RunSQL(
        [
            REFUSE,
            trigger.format(table=table, name="append_only", what="UPDATE OR DELETE", each="ROW"),
            trigger.format(table=table, name="never_emptied", what="TRUNCATE", each="STATEMENT"),
            TAKE_RIGHTS.format(table=table),
        ],
        [
            f"GRANT ALL ON {table} TO CURRENT_USER",
            f"DROP TRIGGER {table}_append_only ON {table}",
            f"DROP TRIGGER {table}_never_emptied ON {table}",
        ],
    )


def take_rights_again() -> None:
    """Take the rights on all append-only tables away once more: a restored copy has the triggers, but not those."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'kit_refuse_change'::regproc"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(TAKE_RIGHTS.format(table=table))


def stored(table: str, **options: str | int) -> RunSQL:
    """Set storage parameters of ``table``, such as ``fillfactor``."""
    values = ", ".join(f"{name} = {value}" for name, value in options.items())
    return RunSQL(f"ALTER TABLE {table} SET ({values})", f"ALTER TABLE {table} RESET ({', '.join(options)})")


def inline(table: str, column: str) -> RunSQL:
    """Keep ``column`` in its row, uncompressed, while the row fits into a page; reading it then costs one page."""
    return RunSQL(
        [
            f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE MAIN",
            f"ALTER TABLE {table} SET (toast_tuple_target = 8160)",
        ],
        [
            f"ALTER TABLE {table} RESET (toast_tuple_target)",
            f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTENDED",
        ],
    )
