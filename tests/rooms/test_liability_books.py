"""Books read from the snapshot say what one reckons row by row in plain Python, and what standings hold."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from stammis.accrual.models import Standing
from stammis.accrual.services import pass_days, verify
from stammis.core.events import Discount, Extension, HoldPlaced
from stammis.core.wallets import Days, Never, Sliding
from stammis.insight import services
from stammis.insight.liability.books import NO_LOT, Book, month_of, summed
from stammis.insight.liability.proposals import BadExpiry, CannotTell, effect, read_expiry
from stammis.insight.liability.reading import BeforeBeginning, read_book
from stammis.insight.queries import liability as reports
from stammis.insight.queries import measure
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.programmes import queries as programmes
from stammis.snapshot import queries as snapshots
from stammis.snapshot import services as snapshot
from tests.rooms.till import (
    NOW,
    SHOP,
    Till,
    adjusted,
    bought,
    day,
    gives,
    gives_back,
    happened,
    redeems,
    returned,
    status,
)

ZONE = ZoneInfo("Europe/London")
PEOPLE = [f"m{number}" for number in range(7)]
WORDS = ("issued", "taken_back", "moved", "redeemed", "expired")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    programmes.forget()
    clock.begin(NOW)
    yield
    programmes.forget()


def a_life(seed: int, **changes: Any) -> Till:
    """Seven members over sixteen months: they buy, return, redeem, give back, give each other and are given points."""
    chance = random.Random(seed)
    wallet = SHOP["wallets"][0] | {"expiry": {"kind": "days", "days": 90}, **changes}
    rewards = [{"id": "bag", "name": "Bag", "price": 30}]
    till = Till(wallets=[wallet], transfers={"allowed": "all"}, rewards=rewards)
    at, number = day("2025-02-01"), 0
    while at < till.now:
        at += dt.timedelta(hours=chance.randint(6, 90))
        number += 1
        who = chance.choice(PEOPLE)
        name = f"{number}"
        acts: list[Any] = [
            bought(name, [chance.randint(500, 9_000), chance.randint(500, 9_000)], who, at=at),
            bought(name, chance.randint(2_000, 9_000), who, at=at, pay=chance.choice([0, 5])),
            redeems(name, "bag", who, at=at),
            redeems(name, "bag", who, at=at),
            adjusted(name, chance.choice([-20, 15, 60]), who, at=at),
            happened(name, member=who, at=at),
            gives(name, chance.randint(1, 20), who, chance.choice(PEOPLE), at=at),
            returned(name, str(chance.randint(1, number)), "1", at=at),
            gives_back(str(chance.randint(1, number)), at=at),
        ]
        if at < till.now:
            till.say(chance.choice([*acts, *acts[:1] * 5]))
    pass_days(till.now, limit=1_000)
    return till


def book_of(till: Till, on: dt.date | None = None) -> Book:
    snapshot.refresh(till.programme)
    return read_book(till.programme, snapshots.open(till.programme), on)


def by_hand(till: Till, until: dt.datetime) -> Counter[tuple[int, int, str]]:
    """What moved, by month of the lot, month of the movement and word, reckoned from the ledger row by row."""
    found: Counter[tuple[int, int, str]] = Counter()
    rows = list(Entry.objects.filter(programme=till.programme).order_by("member_id", "row"))
    opened = {(row.member_id, row.row): row for row in rows}
    leaving = {row.source_id: row for row in rows if row.kind == "transfer_out"}

    def cohort(row: Entry) -> int:
        if row.kind == "transfer_in" and row.source_id in leaving:
            out = leaving[row.source_id]
            takes = [take for take in json.loads(out.lots or "[]") if take[2] == ends(row)]
            origin = max(takes, key=lambda take: take[1])
            return cohort(opened[out.member_id, origin[0]])
        return month_of(row.occurred_at.astimezone(ZONE).date())

    def ends(row: Entry) -> int | None:
        return None if row.ends_at is None else int(row.ends_at.timestamp())

    for row in rows:
        if row.occurred_at >= until:
            continue
        word = {
            "earn": "issued",
            "adjust": "issued" if row.amount > 0 else "taken_back",
            "return": "taken_back",
            "transfer_in": "moved",
            "transfer_out": "moved",
            "spend": "redeemed",
            "restore": "redeemed",
            "expire": "expired",
        }[row.kind]
        sign = -1 if word in {"taken_back", "redeemed", "expired"} else 1
        month = month_of(row.occurred_at.astimezone(ZONE).date())
        rest = row.amount
        if row.opened:
            found[cohort(row), month, word] += sign * row.opened
            rest -= row.opened
        for lot, amount, _end in json.loads(row.lots or "[]"):
            part = amount if row.amount > 0 else -amount
            found[cohort(opened[row.member_id, lot]), month, word] += sign * part
            rest -= part
        found[NO_LOT, month, word] += sign * rest
    return Counter({key: value for key, value in found.items() if value})


def as_read(book: Book) -> Counter[tuple[int, int, str]]:
    found: Counter[tuple[int, int, str]] = Counter()
    for flow in book.flows:
        for word in WORDS:
            found[flow.cohort, flow.month, word] += getattr(flow, word)
    return Counter({key: value for key, value in found.items() if value})


@pytest.mark.parametrize("seed", range(3))
def test_a_book_says_what_one_reckons_row_by_row(seed: int) -> None:
    till = a_life(seed)
    assert as_read(book_of(till)) == by_hand(till, till.now)
    last = dt.date(2025, 11, 17)
    assert as_read(book_of(till, last)) == by_hand(till, dt.datetime(2025, 11, 18, tzinfo=ZONE))


@pytest.mark.parametrize("seed", range(3))
def test_open_lots_are_those_of_the_standings_and_their_sum_is_the_metric(seed: int) -> None:
    till = a_life(seed)
    book = book_of(till)
    standing = [json.loads(each.state) for each in Standing.objects.filter(programme=till.programme)]
    purses = [each["purses"]["points"] for each in standing if "points" in each.get("purses", {})]
    lots = [lot for purse in purses for lot in purse[0]]
    assert sum(each.left for each in book.lots) == sum(lot[1] for lot in lots)
    assert sum(each.lots for each in book.lots) == len(lots)
    outstanding = summed(book.flows).outstanding
    metric = measure("points_outstanding", till.programme, now=till.now).figure.value
    assert outstanding == metric == sum(purse[3] for purse in purses)


def test_points_put_aside_are_outstanding_and_do_not_expire() -> None:
    till = Till()
    till.say(bought("1", 10_000, at=day("2025-07-01")))
    till.one(
        HoldPlaced(occurred_at=day("2025-07-02"), id="h", member="anna", wallet="points", amount=40, seconds=10**9)
    )
    book = book_of(till, dt.date(2026, 5, 1))
    assert [(each.left, each.held) for each in book.lots] == [(100, 40)]
    till.now = day("2026-07-20")
    clock.move(till.now)
    over = book_of(till)  # the row that lets 60 points expire is not posted yet
    assert [(each.left, each.held) for each in over.lots] == [(40, 40)]
    assert summed(over.flows).expired == 60
    assert verify(till.programme) == []


def test_on_their_last_day_points_are_still_owed_as_the_row_that_ends_them_is_dated_after_it() -> None:
    till = Till()
    till.say(bought("1", 10_000, at=day("2025-05-01")))  # usable through 30 April 2026
    pass_days(till.now, limit=10)
    last = services.liability(till.programme, dt.date(2026, 4, 30))
    assert (last.wallets[0].outstanding, last.wallets[0].cohorts[0].outstanding) == (100, 100)
    assert [(each.month, each.points) for each in last.wallets[0].expiring] == [("2026-04", 100)]
    assert as_read(last.book) == by_hand(till, dt.datetime(2026, 5, 1, tzinfo=ZONE))
    after = services.liability(till.programme, dt.date(2026, 5, 1))
    assert (after.wallets[0].outstanding, after.book.lots) == (0, ())


def test_points_that_last_longer_by_somebodys_will_end_later() -> None:
    till = Till()
    till.say(bought("1", 10_000, at=day("2025-07-01")))
    assert [each.last_day for each in book_of(till).lots] == [dt.date(2026, 6, 30).toordinal()]
    till.one(
        Extension(
            occurred_at=day("2026-05-30"),
            id="x",
            member="anna",
            wallet="points",
            last_day=dt.date(2026, 12, 31),
            reason="The shop was closed.",
        )
    )
    assert [each.last_day for each in book_of(till).lots] == [dt.date(2026, 12, 31).toordinal()]


def test_sales_are_those_that_gave_points_without_tax_discounts_and_what_points_paid() -> None:
    till = Till(basis={"tax": "included", "rewards": "after"})
    tea = bought("1", 12_000, at=day("2026-03-01"))
    till.say(structs.replace(tea, lines=(structs.replace(tea.lines[0], tax=2_000),)))
    till.say(bought("2", 5_000, at=day("2026-03-02"), discounts=(Discount(500, "reward"), Discount(900, "shop"))))
    till.say(bought("3", 5_000, at=day("2026-03-03"), pay=7))
    till.say(bought("4", 5_000, at=day("2026-03-03"), status="placed"), bought("5", 5_000, None, at=day("2026-03-03")))
    till.say(bought("6", 8_000, at=day("2026-03-03"), status="placed"), status("6", "completed", day("2026-04-02")))
    sales = [(each.month, each.minor, each.purchases) for each in book_of(till).sales]
    march = month_of(dt.date(2026, 3, 1))
    # the points of what was completed in April count from March, when it was bought
    assert sales == [(march, 10_000 + 4_500 + 4_300 + 8_000, 4)]


def test_a_day_before_the_programme_has_no_book() -> None:
    till = Till()
    with pytest.raises(BeforeBeginning):
        book_of(till, dt.date(2024, 12, 31))


def test_a_report_is_kept_until_it_is_wanted_anew() -> None:
    till = a_life(1)
    assert reports.kept(till.programme) is None
    report = services.liability(till.programme)
    kept = reports.kept(till.programme)
    assert kept is not None
    assert (kept.state, kept.on, kept.report) == ("done", dt.date(2026, 6, 1), report)
    assert services.want(till.programme, kept.on)
    assert not services.want(till.programme, kept.on)
    assert reports.waiting(till.programme)
    again = reports.kept(till.programme)
    assert again is not None
    assert (again.state, again.report) == ("waiting", report)
    with pytest.raises(services.NotYet):
        services.liability(till.programme, dt.date(2026, 6, 2))


@pytest.mark.parametrize("seed", range(2))
def test_the_rows_of_a_report_add_up(seed: int) -> None:
    till = a_life(seed)
    report = services.liability(till.programme)
    (wallet,) = report.wallets
    for lines in (report.contract, report.marketing, wallet.contract):
        closing = 0
        for line in lines:
            assert line.opening == closing
            assert line.opening + line.issued + line.redeemed + line.expired + line.estimate == line.closing
            closing = line.closing
    closing = 0
    for month in wallet.months:
        assert month.opening == closing
        moved = month.issued + month.taken_back + month.moved + month.redeemed + month.expired
        assert month.opening + moved == month.closing
        closing = month.closing
    assert sum(each.outstanding for each in wallet.cohorts) + wallet.debts == wallet.outstanding == closing
    assert sum(each.owed_minor or 0 for each in wallet.cohorts) == report.contract[-1].closing
    assert sum(each.provided_minor or 0 for each in wallet.cohorts) == report.marketing[-1].closing
    assert sum(each.points for each in wallet.expiring) == sum(each.left - each.held for each in report.book.lots)
    if seed:
        assert wallet.breakage.reason is None
        assert sum(each.points for each in wallet.cash) == sum(each.expected - each.redeemed for each in wallet.cohorts)


@pytest.mark.parametrize("seed", range(2))
def test_the_rule_that_holds_changes_nothing_and_a_shorter_one_never_raises_what_is_owed(seed: int) -> None:
    book = services.liability(a_life(seed).programme).book
    same = effect(book, "points", Days(days=90))
    assert (same.then, same.at_once.points) == (same.now, 0)
    owed = [effect(book, "points", Days(days=days)).then.owed_minor or 0 for days in (90, 60, 30, 10, 1)]
    assert owed == sorted(owed, reverse=True)
    gone = effect(book, "points", Days(days=1))
    assert gone.at_once.points + sum(each.points for each in gone.then.expiring) == sum(
        each.left - each.held for each in book.lots
    )
    assert effect(book, "points", Never()).then.still >= same.now.still


def test_what_a_sliding_rule_would_do_is_not_guessed() -> None:
    book = services.liability(a_life(0).programme).book
    with pytest.raises(CannotTell):
        effect(book, "points", Sliding(days=90))
    with pytest.raises(BadExpiry):
        read_expiry('{"kind": "days", "days": 0}')
