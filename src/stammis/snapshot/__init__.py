"""The history as columns: events and ledger rows as Parquet, brought up to date from PostgreSQL."""
