"""What purchases leave behind in the database: rows, bytes on disk, bytes in the write-ahead log."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

import psycopg

SETTLE_SECONDS = 2.0
QUERY = """
select pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
    (select sum(pg_total_relation_size(relid)) from pg_stat_user_tables where schemaname = 'public'),
    (select sum(n_tup_ins + n_tup_upd) from pg_stat_user_tables where schemaname = 'public')
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """A database at one moment: bytes logged, bytes stored with indexes, rows inserted or updated so far."""

    logged: int
    stored: int
    rows: int

    @classmethod
    def of(cls, dsn: str) -> Self:
        """Weigh a database, once its statistics have come in."""
        time.sleep(SETTLE_SECONDS)
        with psycopg.connect(dsn) as connection:
            row = connection.execute(QUERY).fetchone()
        assert row is not None
        return cls(*(int(value or 0) for value in row))

    def since(self, earlier: Self, purchases: int) -> str:
        """What each purchase has added since an earlier moment."""
        return (
            f"{(self.rows - earlier.rows) / purchases:.1f} rows, "
            f"{(self.stored - earlier.stored) / purchases:,.0f} bytes stored, "
            f"{(self.logged - earlier.logged) / purchases:,.0f} bytes logged"
        )
