"""What the page about the liability says besides its figures."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from stammis.console import explaining, owing, supposing
from stammis.console.forms.owing import ExpiryForm
from stammis.core.wallets import Days, Never
from stammis.insight.liability.books import Book, Flow, OpenLots, Purse, Sale, month_of
from stammis.insight.liability.proposals import effect
from stammis.insight.liability.report import CheckLine, Report, reported

FIRST = month_of(dt.date(2026, 1, 1))


def check(month: int, *, said: float, came: float) -> CheckLine:
    return CheckLine(month=f"2026-{month:02}", expected=said, low=0.0, high=1.0, came=came, held=True)


def report(*, complete: bool = True) -> Report:
    """Ten months of points that last 180 days, of which a half is redeemed in the months after."""
    flows, lots = [], []
    for month in range(FIRST, FIRST + 10):
        flows.append(Flow("points", True, month, month, issued=10_000))
        left = 10_000
        for age in range(1, 6):
            if month + age <= FIRST + 9:
                flows.append(Flow("points", True, month, month + age, redeemed=1_000, times=10))
                left -= 1_000
        if month + 6 <= FIRST + 9:
            flows.append(Flow("points", True, month, month + 6, expired=left))
        else:
            opened = dt.date(2026, month - FIRST + 1, 15).toordinal()
            lots.append(OpenLots("points", True, opened, opened + 179, left, 0, 3))
    return reported(_book(flows, lots, complete=complete))


def _book(flows: list[Flow], lots: list[OpenLots], *, complete: bool) -> Book:
    return Book(
        programme="shop",
        currency="EUR",
        zone="Europe/Helsinki",
        on=dt.date(2026, 10, 31),
        month=FIRST + 9,
        complete=complete,
        position="0",
        wallets=(Purse("points", 0, ((FIRST, "0.01"),), Days(days=180)),),
        flows=tuple(flows),
        lots=tuple(lots),
        sales=tuple(Sale(month=month, purchases=100, minor=1_000_000) for month in range(FIRST, FIRST + 10)),
    )


def told(*checks: CheckLine) -> str:
    wallet = report().wallets[0]
    return " ".join(explaining.checked(replace(wallet, breakage=replace(wallet.breakage, checks=checks))))


@pytest.mark.parametrize(
    ("came", "sentence"),
    [
        ((0.2, 0.1), "All earlier estimates (2) were too high, on average by 15.0 percentage points"),
        ((0.4, 0.5), "All earlier estimates (2) were too low, on average by 15.0 percentage points"),
        ((0.1, 0.4), "1 were too high and 1 too low; on average they said 5.0 percentage points too much"),
        ((0.2, 0.5), "1 were too high and 1 too low; on average they said 5.0 percentage points too little"),
    ],
)
def test_estimates_that_lay_to_one_side_are_told_though_their_ranges_held(
    came: tuple[float, float], sentence: str
) -> None:
    said = told(*(check(3 + place, said=0.3, came=each) for place, each in enumerate(came)))
    assert sentence in said
    assert "2 of 2 earlier ranges held" in said


def test_what_is_owed_is_set_beside_what_the_points_are_worth() -> None:
    found = report()
    wallet = found.wallets[0]
    owed = owing.money(found, wallet.contract[-1].closing + wallet.marketing[-1].closing)
    worth = owing.money(found, sum(each.minor or 0 for each in wallet.cash))
    assert owed != worth
    said = explaining.between(found, wallet)
    assert f"come to {owed};" in said
    assert f"are worth {worth}." in said
    assert explaining.between(found, replace(wallet, value=None)) == ""


def test_a_month_that_has_begun_is_not_drawn_as_a_whole_one() -> None:
    for complete in (True, False):
        found = report(complete=complete)
        drawn = {each.key: each for each in owing.charts(found, found.wallets[0])}
        owed, ahead = drawn["owed"], drawn["cash"]
        assert (owed.figure.series[0].values[-1] is None) is not complete
        assert owed.rows[-1].label == "Oct 2026"
        assert owed.rows[-1].texts[0] != "–"
        assert bool(owed.under) is not complete
        assert ahead.figure.labels[0].endswith("*") is not complete
        assert bool(ahead.under) is not complete
        assert owed.figure.signs == ("€", "")


def test_another_rule_is_set_beside_todays() -> None:
    found = report()
    wallet = found.wallets[0]
    assert supposing.today(found, wallet) == ("Today: Usable for 180 days, the day they are earned being the first.")
    tried = effect(found.book, "points", Days(days=90))
    shown = supposing.shown(found, wallet, tried)
    figures = dict(shown["rows"])
    assert list(figures) == [
        "Will still be redeemed",
        "What they are worth",
        "Contract liability",
        "Provision",
        "Never redeemed of points to come",
    ]
    now, then, change = figures["Will still be redeemed"]
    assert change == f"−{int(now.replace(',', '')) - int(then.replace(',', '')):,}"
    ends = dict(shown["ends"])
    assert ends["at once"][0] == "0"
    columns = [[int(cells[side].replace(",", "")) for cells in ends.values()] for side in (0, 1)]
    assert sum(columns[0]) == sum(columns[1]) == wallet.outstanding
    forever = supposing.shown(found, wallet, effect(found.book, "points", Never()))
    assert dict(forever["ends"])["never"] == ["0", f"{wallet.outstanding:,}", f"+{wallet.outstanding:,}"]


def test_how_many_is_asked_for_where_it_means_something() -> None:
    assert ExpiryForm({"kind": "never", "number": ""}).is_valid()
    for kind in ("days", "months", "year"):
        form = ExpiryForm({"kind": kind, "number": ""})
        assert not form.is_valid()
        assert list(form.errors) == ["number"]
        assert form.fields["number"].required
