"""Helpers about Django and PostgreSQL, none about loyalty: clock, errors, ids, pages, bulk writes, charts."""
