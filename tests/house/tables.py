"""The tables of the rooms: keys that keep sharding by member open, foreign keys that point down, columns explained."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from tests.house.tree import PROJECT

# Keyed by a hash of their own, because they are asked before the member is known.
OWN_HASH: dict[str, str] = {}
# They belong to the installation, not to a programme.
INSTALLATION_WIDE: dict[str, str] = {}
SEQUENCES = ("AutoField", "BigAutoField", "SmallAutoField")


@dataclass(frozen=True)
class Column:
    """A column, as far as the agreements ask."""

    name: str
    kind: str = "TextField"
    comment: str = "What it holds."
    points_to: str = ""


@dataclass(frozen=True)
class Table:
    """A table, as far as the agreements ask; keys are tuples of column names."""

    name: str
    columns: tuple[Column, ...]
    primary: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...] = ()
    comment: str = "What it holds."
    reads: frozenset[str] = field(default=frozenset())

    @property
    def room(self) -> str:
        """The room that owns it."""
        return self.name.partition(".")[0]

    @property
    def column_names(self) -> set[str]:
        """The names of its columns."""
        return {column.name for column in self.columns}


def our_tables() -> list[Table]:
    """Every table that a room of ours owns, read from Django's registry."""
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("stammis.")]
    return [described(model) for room in rooms for model in room.get_models(include_auto_created=True)]


def described(model: type[models.Model]) -> Table:
    """A table in the words of this module; string foreign keys are resolved by then."""
    meta = model._meta
    uniques = [(f.column or "",) for f in meta.local_concrete_fields if f.unique and not f.primary_key]
    uniques += [tuple(map(column_of(model), names)) for names in meta.unique_together]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            uniques.append(tuple(map(column_of(model), constraint.fields)))
    return Table(
        name=meta.label,
        columns=tuple(
            Column(
                name=f.column or "",
                kind=f.get_internal_type(),
                comment=getattr(f, "db_comment", None) or "",
                points_to=f.related_model._meta.app_label if isinstance(f.related_model, type) else "",
            )
            for f in meta.local_concrete_fields
        ),
        primary=tuple(f.column or "" for f in meta.pk_fields),
        uniques=tuple(uniques),
        comment=meta.db_table_comment or "",
    )
