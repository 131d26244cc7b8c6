"""A correction that is undone is as if it had never been: lots, what they end, and what is owed for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from stammis.accrual.models import Standing as Stored
from stammis.accrual.records import read_standing
from stammis.accrual.services.deciding import Decided, Subject
from stammis.core.corrections import Undone
from stammis.core.effects import Decision, Posted
from stammis.core.events import Adjustment, Merged, Unmerged
from stammis.core.standing import Standing, Take
from stammis.insight.liability.books import OpenLots
from stammis.insight.liability.reading import read_book
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.members.queries import find
from stammis.simulation.accounts import Account
from stammis.simulation.settling import here
from stammis.simulation.tallies import Sums
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshot
from tests.rooms.test_corrections import MEAN, WRONG, planned, posted, shop, undone
from tests.rooms.test_corrections_returns import LATER, LINES, agrees, back
from tests.rooms.till import NOW, Till, bought, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=1))
    return tmp_path


def lots(till: Till, member: str = "anna") -> dict[int, tuple[int, int | None]]:
    standing = Stored.objects.get(member_id=find(till.programme.id, member).id)
    return {lot.row: (lot.left, lot.ends_at) for lot in read_standing(standing.state).purses["points"].lots}


def last(till: Till, member: str = "anna") -> list[Entry]:
    rows = Entry.objects.filter(member_id=find(till.programme.id, member).id, kind="adjust").order_by("row")
    seq = rows.latest("row").seq
    return list(rows.filter(seq=seq))


def owed_for(till: Till) -> tuple[OpenLots, ...]:
    with pytest.MonkeyPatch.context() as later:  # a book tells of what happened before it was read
        later.setattr(clock, "now", lambda: NOW + dt.timedelta(days=2))
        snapshot.rebuild(till.programme)
    return read_book(till.programme, snapshots.open(till.programme)).lots


def old_and_new(till: Till) -> dict[int, tuple[int, int | None]]:
    """What was bought on two days that end on two days: the second one is what a correction is about."""
    till.say(bought("old", 1_000, at=day("2026-01-09")), bought("a", LINES, at=day("2026-01-10")))
    return lots(till)


@pytest.mark.parametrize("wrong", [WRONG, MEAN], ids=["taken", "given"])
def test_every_lot_and_what_is_owed_for_it_is_as_it_was(wrong: list[dict[str, Any]]) -> None:
    till = shop(wrong)
    before, owed = old_and_new(till), owed_for(till)
    correction = posted(till, planned(till))
    assert lots(till) != before
    assert owed_for(till) != owed
    till.now = LATER
    undone(till, correction)
    assert lots(till) == before
    assert owed_for(till) == owed
    agrees(till)


def test_only_what_no_return_made_even_goes_back_into_its_lots() -> None:
    till = shop()
    before = old_and_new(till)
    correction = posted(till, planned(till))
    till.now = LATER
    back(till, "1")
    undone(till, correction)
    assert [row.amount for row in last(till)] == [20]
    assert all(ends_at == before[row][1] for row, (_, ends_at) in lots(till).items())
    assert till.active() == 10 + 30
    agrees(till)


def test_by_other_rules_the_rows_are_those_of_the_correction_there_or_before_the_stretch_those_it_had() -> None:
    correction = Adjustment(occurred_at=NOW, id="c", member="anna", wallet="points", amount=-9, reason="")
    takes = (Take(4, 6, None), Take(7, 3, 1_800_000_000))
    row = Posted(row=12, wallet="points", kind="adjust", amount=-9, running=0, at=0, lots=takes)
    account = Account(Subject(b"a", b"p", Standing()), frozenset(), Sums())
    undo = structs.replace(correction, id="u", amount=9, undoes=Undone("c", 3, ((1, 9, None),)))
    found: list[Undone | None] = []
    for effects in ((row,), ()):
        decision = Decision(effects=effects, steps=())
        account.told = [Decided(correction, 1, None, decision, Standing(), {}, {}, None)]
        event = here(undo, account, {}, 0)
        assert isinstance(event, Adjustment)
        found.append(event.undoes)
    account.told = []
    assert here(undo, account, {}, 0) == undo
    assert found == [Undone("c", 12, ((4, 6, None), (7, 3, 1_800_000_000))), Undone("c")]


@pytest.mark.parametrize("parted", ["", "old"])
def test_in_another_account_it_is_undone_as_far_as_that_has_points(parted: str) -> None:
    till = shop()
    till.one(bought("a", LINES, "old", at=day("2026-01-10")))
    till.one(bought("other", 1_000, at=day("2026-01-01")))
    correction = posted(till, planned(till))
    till.now = LATER
    till.one_as(Merged(occurred_at=till.now, id="M", member="old", into="anna"), ("merge", "M"))
    if parted:
        till.one(Unmerged(merge="M", member="", occurred_at=till.now))
    undone(till, correction)
    [row] = last(till, parted or "anna")
    assert (row.amount, row.reverses is None) == (40, not parted)
    assert till.active(parted or "anna") == (60 if parted else 70)
    agrees(till)
