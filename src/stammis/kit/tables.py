"""What a migration says to PostgreSQL about a table and Django has no word for."""

from __future__ import annotations

from django.db.migrations import RunSQL

REFUSE = """
CREATE OR REPLACE FUNCTION kit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


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
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER",
        ],
        [
            f"GRANT ALL ON {table} TO CURRENT_USER",
            f"DROP TRIGGER {table}_append_only ON {table}",
            f"DROP TRIGGER {table}_never_emptied ON {table}",
        ],
    )


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
