"""The page of tables: every table of the database, as its model explains it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models

from tools.reference.markdown import cell, code, table

ROOMS = (
    "kit",
    "programmes",
    "staff",
    "members",
    "activity",
    "ledger",
    "rewards",
    "accrual",
    "imports",
    "insight",
    "simulation",
    "api",
    "console",
)
"""The rooms that own tables, lowest floor first."""

INTRODUCTION = """\
# Tables

The database's tables, room by room, lowest floor first. The same sentences stand in the database itself
(`\\d+ ledger_entry` in `psql`). Tables that say «append-only» refuse `UPDATE`, `DELETE` and `TRUNCATE`. Read them as
you like; write through the API, the console or the command line only: `stammis verify` compares everything with the
events.

Tables of Django itself (sessions, migrations) and of the job queue (`procrastinate_…`) are left out.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([INTRODUCTION, *_rooms()])


def _rooms() -> Iterator[str]:
    for room in ROOMS:
        found = sorted(_models(room), key=lambda model: model._meta.db_table)
        if found:
            yield f"## {room}\n"
        for model in found:
            yield _table(model)


def _models(room: str) -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_config is apps.app_configs.get(room)]


def _table(model: type[models.Model]) -> str:
    meta = model._meta
    rows = [_column(field) for field in meta.concrete_fields if field.column]
    said = [f"### {meta.db_table}\n", f"{meta.db_table_comment or model.__doc__}\n"]
    said.append(table(("Column", "Type", "What it is"), rows))
    keys = [f"Primary key: {_columns(_key(meta))}."]
    keys += [f"Unique: {_columns(_names(model, one.fields))}." for one in _uniques(meta)]
    keys += [f"Check: {code(one.name)}." for one in meta.constraints if isinstance(one, models.CheckConstraint)]
    said.append("\n".join(f"- {line}" for line in keys) + "\n")
    return "\n".join(said)


def _column(field: Any) -> tuple[str, str, str]:
    kind = field.db_type(connection) or ""
    nullable = " or null" if field.null else ""
    refers = f" Refers to {code(field.remote_field.model._meta.db_table)}." if field.remote_field else ""
    return code(field.column), f"{kind}{nullable}", cell(f"{field.db_comment or ''}{refers}")


def _key(meta: Any) -> list[str]:
    together = getattr(meta.pk, "fields", None)
    return [field.column for field in together] if together else [meta.pk.column]


def _names(model: type[models.Model], fields: Sequence[str]) -> list[str]:
    columns = {field.name: field.column or "" for field in model._meta.concrete_fields}
    return [columns[name] for name in fields]


def _uniques(meta: Any) -> Iterator[models.UniqueConstraint]:
    for field in meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield models.UniqueConstraint(fields=[field.name], name=field.name)
    yield from (one for one in meta.constraints if isinstance(one, models.UniqueConstraint) and one.fields)


def _columns(names: list[str]) -> str:
    return ", ".join(code(name) for name in names)
