"""Each agreement about tables refuses a table that breaks it."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission

from tests.house import tables
from tests.house.tables import Column, Table

MEMBER = Column("member_id", "UUIDField")
SOUND = Table(
    name="ledger.Row",
    columns=(MEMBER, Column("seq", "BigIntegerField"), Column("posted_at", "DateTimeField")),
    primary=("member_id", "seq"),
)


def test_a_sound_table_passes_every_agreement() -> None:
    assert [wrong for agreement in tables.AGREEMENTS for wrong in agreement([SOUND])] == []


@pytest.mark.parametrize("room", ["accrual", "console", "rewards"])
def test_a_foreign_key_to_the_same_or_a_higher_floor_is_refused(room: str) -> None:
    table = replace(SOUND, columns=(*SOUND.columns, Column("source_id", points_to=room)))
    assert tables.upward_keys([table]) == [f"ledger.Row.source_id points to {room}, which is not below ledger"]


@pytest.mark.parametrize("room", ["ledger", "members", "auth"])
def test_a_foreign_key_within_the_room_or_downwards_passes(room: str) -> None:
    assert not tables.upward_keys([replace(SOUND, columns=(*SOUND.columns, Column("lot_id", points_to=room)))])


def test_a_key_that_does_not_begin_with_the_member_is_refused() -> None:
    assert tables.keys_without_member([replace(SOUND, primary=("seq", "member_id"))])
    assert tables.keys_without_member([replace(SOUND, uniques=(("seq",),))])


def test_a_table_of_no_programme_is_refused() -> None:
    assert tables.tables_without_programme([replace(SOUND, columns=(Column("name"),))])
    assert not tables.tables_without_programme([replace(SOUND, columns=(Column("programme_id"),))])


def test_a_sequence_is_refused() -> None:
    assert tables.sequences([replace(SOUND, columns=(MEMBER, Column("id", "BigAutoField")))])


def test_a_table_or_column_without_its_sentence_is_refused() -> None:
    assert tables.unexplained([replace(SOUND, comment="")]) == ["ledger.Row has no db_table_comment"]
    assert tables.unexplained([replace(SOUND, columns=(replace(MEMBER, comment=""),))])


@pytest.mark.parametrize("column", [Column("posted", "DateTimeField"), Column("born_at", "DateField")])
def test_an_instant_or_a_date_with_another_ending_is_refused(column: Column) -> None:
    assert tables.misnamed_times([replace(SOUND, columns=(column,))])


def test_tables_are_read_as_django_makes_them() -> None:
    group, permission = tables.described(Group), tables.described(Permission)
    assert group.primary == ("id",)
    assert group.uniques == (("name",),)
    assert tables.sequences([group]) == ["auth.Group.id is counted by a sequence"]
    assert permission.uniques == (("content_type_id", "codename"),)
    assert [column.points_to for column in permission.columns if column.points_to] == ["contenttypes"]
