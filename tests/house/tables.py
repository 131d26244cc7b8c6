"""The tables of the rooms: keys that keep sharding by member open, foreign keys that point down, columns explained."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from tests.house.tree import PROJECT

# Keyed by a hash of their own, because they are asked before the member is known.
OWN_HASH = {
    "activity.Receipt": ("programme_id", "kind", "external_id"),  # the caller's id finds its member
    "members.Identity": ("programme_id", "kind", "value"),  # a contact or an id finds its member
    "rewards.Issued": ("programme_id", "code"),  # a code finds its member
}
# They belong to the installation, not to a programme.
INSTALLATION_WIDE = {
    "api.Minute": "belongs to a key, which may serve every programme",
    "api.Remembered": "belongs to a key, which may serve every programme",
    "imports.BadRow": "belongs to its run, which has a programme",
    "kit.Installation": "the one row of the installation itself",
    "ledger.Closing": "days are closed for the whole installation",
    "ledger.Seal": "one chain for the whole installation",
    "programmes.Programme": "is what others are keyed by",
    "staff.AdjustmentLimit": "a role is the same in every programme",
    "staff.ApiKey": "a key may serve every programme",
    "staff.Audit": "what staff did to the installation or any programme",
    "staff.Link": "belongs to a person of the staff",
    "staff.Person": "staff serve every programme",
    "staff.SignInFailure": "is kept before anybody is known",
}
# A date that everybody knows by its own word.
OWN_WORD = {"birthday"}
DJANGOS_OWN = {"last_login", "password"}
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

    @property
    def room(self) -> str:
        """The room that owns it."""
        return self.name.partition(".")[0]

    def has(self, name: str) -> bool:
        """Whether it has a column of that name."""
        return any(column.name == name for column in self.columns)


def our_tables() -> list[Table]:
    """Every table that a room of ours owns, read from Django's registry."""
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("stammis.")]
    return [described(model) for room in rooms for model in room.get_models(include_auto_created=True)]


def described(model: type[models.Model]) -> Table:
    """A table in the words of this module; string foreign keys are resolved by then."""
    meta = model._meta
    column = {f.name: f.column or "" for f in meta.local_concrete_fields}
    uniques: list[tuple[str, ...]] = [
        (column[f.name],) for f in meta.local_concrete_fields if f.unique and not f.primary_key
    ]
    constrained = [c.fields for c in meta.constraints if isinstance(c, models.UniqueConstraint) and c.fields]
    uniques += [tuple(column[name] for name in names) for names in [*meta.unique_together, *constrained]]
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


def floors() -> dict[str, int]:
    """Each room's floor, counted from the ground, as the import linter is told them."""
    tool = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in tool["contracts"] if contract["id"] == "floors")
    return {room.strip(): floor for floor, rooms in enumerate(reversed(layers)) for room in rooms.split("|")}


def upward_keys(tables: Iterable[Table]) -> list[str]:
    """Foreign keys that point to a higher floor or across one; what is not ours lies under all floors."""
    floor = floors()
    return [
        f"{table.name}.{column.name} points to {column.points_to}, which is not below {table.room}"
        for table in tables
        for column in table.columns
        if column.points_to in floor and column.points_to != table.room
        if floor[column.points_to] >= floor[table.room]
    ]


def keys_without_member(tables: Iterable[Table]) -> list[str]:
    """Keys of tables with a ``member_id`` that do not begin with it: such a table cannot be spread by member."""
    return [
        f"{table.name}: the key ({', '.join(key)}) does not begin with member_id"
        for table in tables
        if table.has("member_id")
        for key in (table.primary, *table.uniques)
        if key[0] != "member_id" and key != OWN_HASH.get(table.name)
    ]


def tables_without_programme(tables: Iterable[Table]) -> list[str]:
    """Tables that belong to no programme, neither by themselves nor through their member."""
    return [
        f"{table.name} has neither programme_id nor member_id and is not listed as the installation's"
        for table in tables
        if not table.has("programme_id") and not table.has("member_id")
        if table.name not in INSTALLATION_WIDE
    ]


def sequences(tables: Iterable[Table]) -> list[str]:
    """Columns counted by a sequence, which two databases would count twice."""
    return [
        f"{table.name}.{column.name} is counted by a sequence"
        for table in tables
        for column in table.columns
        if column.kind in SEQUENCES
    ]


def unexplained(tables: Iterable[Table]) -> list[str]:
    """Tables and columns without a comment in the database."""
    tables = list(tables)
    found = [f"{table.name} has no db_table_comment" for table in tables if not table.comment]
    return found + [
        f"{table.name}.{column.name} has no db_comment"
        for table in tables
        for column in table.columns
        if not column.comment and column.name not in DJANGOS_OWN
    ]


def misnamed_times(tables: Iterable[Table]) -> list[str]:
    """Instants that do not end in ``_at``, dates that do not end in ``_on``."""
    endings = {"DateTimeField": "_at", "DateField": "_on"}
    return [
        f"{table.name}.{column.name} does not end in {endings[column.kind]}"
        for table in tables
        for column in table.columns
        if column.kind in endings and column.name not in DJANGOS_OWN | OWN_WORD
        if not f"_{column.name}".endswith(endings[column.kind])
    ]


AGREEMENTS: tuple[Callable[[Iterable[Table]], list[str]], ...] = (
    upward_keys,
    keys_without_member,
    tables_without_programme,
    sequences,
    unexplained,
    misnamed_times,
)
