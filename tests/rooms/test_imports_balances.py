"""Balances from an older system: lots with their days, once, to the point."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db.models import Sum

from stammis.accrual.services import pass_days, verify
from stammis.imports.models import BadRow, Run
from stammis.imports.services import import_balances
from stammis.ledger.models import Entry
from stammis.members.queries import find
from tests.rooms.beside import beside
from tests.rooms.till import NOW, Till, bought, day


def file(folder: Path, *rows: str, head: str = "member,wallet,amount,earned_on,ends_on") -> Path:
    path = folder / "balances.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def take(till: Till, path: Path) -> Run:
    return import_balances(path, till.programme, by="test", clock=lambda: till.now)


@pytest.mark.django_db
def test_lots_come_with_their_days(tmp_path: Path) -> None:
    till = Till()
    run = take(till, file(tmp_path, "anna,points,250,2025-11-02,2026-11-01", "anna,points,80,,", "ben,,0,,"))
    assert (run.accepted, run.refused) == (3, 0)
    lots = Entry.objects.filter(member_id=find(till.programme.id, "anna").id).order_by("row")
    assert [(lot.amount, lot.kind, lot.occurred_at, lot.ends_at) for lot in lots] == [
        (250, "transfer_in", day("2025-11-02", "00:00"), day("2026-11-02", "00:00")),
        (80, "transfer_in", NOW, dt.datetime(2027, 5, 31, 23, tzinfo=dt.UTC)),
    ]
    assert till.rows("ben") == []
    pass_days(day("2026-11-02"))
    assert till.active("anna") == 80
    assert verify(till.programme) == []


@pytest.mark.django_db
def test_the_same_file_again_brings_nothing_and_a_changed_amount_is_refused(tmp_path: Path) -> None:
    till = Till()
    rows = ["anna,points,10,,", "anna,points,10,,", "ben,points,5,,2026-12-31"]
    assert take(till, file(tmp_path, *rows)).accepted == 3
    till.now += dt.timedelta(hours=1)
    again = take(till, file(tmp_path, *rows))
    assert (again.accepted, again.repeated, again.refused) == (0, 3, 0)
    changed = take(till, file(tmp_path, *rows[:2], "ben,points,6,,2026-12-31"))
    assert (changed.repeated, changed.refused) == (2, 1)
    assert BadRow.objects.get(run=changed).code == "id_reused"
    assert (till.active("anna"), till.active("ben")) == (20, 5)


@pytest.mark.django_db
def test_bad_rows_are_listed_and_good_ones_land(tmp_path: Path) -> None:
    till = Till()
    run = take(
        till,
        file(
            tmp_path,
            "anna,points,10,,",
            "anna,miles,10,,",
            "anna,points,1.5,,",
            "anna,points,10,yesterday,",
            "anna,points,10,,2026-05-31",
            "anna,points,10,2026-06-02,",
            "anna,points,10,2025-01-01,",
        ),
    )
    assert (run.accepted, run.refused) == (1, 6)
    assert list(BadRow.objects.filter(run=run).order_by("line").values_list("code", flat=True)) == [
        "unknown_wallet",
        "bad_amount",
        "bad_date",
        "already_ended",
        "in_future",
        "already_ended",
    ]


@pytest.mark.django_db
def test_debt_comes_along(tmp_path: Path) -> None:
    till = Till()
    take(till, file(tmp_path, "anna,points,-15,,"))
    till.one(bought("A-1", 2_000))
    assert till.active() == 5
    assert verify(till.programme) == []


@pytest.mark.usefixtures("own_database")
def test_t66_totals_are_equal_to_the_point_while_credits_run(tmp_path: Path) -> None:
    till = Till()
    members = [f"m{number}" for number in range(1_500)]
    rows = [f"{member},points,{number % 97 + 1},,2027-01-{number % 28 + 1:02}" for number, member in enumerate(members)]
    rows += [f"{member},points,7,,2027-03-01" for member in members[::2]]
    total = sum(int(row.split(",")[2]) for row in rows)
    credited: list[int] = []
    done = threading.Event()

    def credit() -> None:
        while not done.is_set():
            number = len(credited)
            till.one(bought(f"P-{number}", 300, members[number % len(members)]))
            credited.append(3)

    with beside(credit):
        try:
            run = take(till, file(tmp_path, *rows))
        finally:
            done.set()
    assert (run.accepted, run.refused) == (len(rows), 0)
    assert credited
    sums = dict(Entry.objects.filter(programme=till.programme).values_list("source_kind").annotate(Sum("amount")))
    assert sums == {"balance": total, "purchase": sum(credited)}
    assert verify(till.programme) == []
