"""What the page about the liability shows: numbers, sentences, charts and tables, in the reader's words and signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console import formats
from stammis.console.drawings import Chart, short
from stammis.core.currencies import DECIMALS
from stammis.insight.liability.report import BreakageLine, CheckLine, MoneyMonth, MonthAhead, Report, WalletReport
from stammis.kit.charts import Figure, Series

MONTHS = 13
"""So many months are shown of a history; files hold all."""
AHEAD = 12
REASONS: dict[str, Promise] = {
    "no_points": gettext_lazy("No points have been issued yet."),
    "nothing_redeemed": gettext_lazy("Nothing has been redeemed yet."),
    "too_few_cohorts": gettext_lazy("At least four months of points are needed."),
    "too_few_redemptions": gettext_lazy("At least thirty redemptions are needed."),
    "too_young": gettext_lazy("The points are too young: nobody can tell yet how many will be redeemed later."),
}
METHODS: dict[str, Promise] = {
    "closed": gettext_lazy("nothing is left"),
    "ladder": gettext_lazy("by lot age"),
    "others": gettext_lazy("as the other months"),
    "none": gettext_lazy("all that is left"),
}


@dataclass(frozen=True)
class Number:
    """A figure at the top of the page."""

    name: str
    value: str
    text: str
    under: str = ""


def month(label: str | None, form: str = "yMMM") -> str:
    """Write a month that is stored as 2017-03."""
    return formats.month(dt.date.fromisoformat(f"{label}-01"), form)


def money(report: Report, minor: int | None) -> str:
    """Write minor units of the report's currency; a dash where there is no value."""
    if minor is None:
        return "–"
    return formats.money(Decimal(minor).scaleb(-DECIMALS[report.currency]), report.currency)


def numbers(report: Report, wallet: WalletReport) -> list[Number]:
    """Give the figures at the top: points and their worth, what is owed and provided for, and breakage."""
    priced, worth = wallet.value is not None, money(report, wallet.outstanding_minor)
    return [
        Number(
            _("Points outstanding"),
            formats.points(wallet.outstanding, wallet.decimals),
            _("Active, held and pending points, less debts."),
            _("worth %(money)s") % {"money": worth} if priced else _("no value declared"),
        ),
        Number(
            _("Contract liability"),
            money(report, wallet.contract[-1].closing if priced else None),
            _(
                "What part of the sales is owed for points: allocated by relative stand-alone selling price, less what "
                "has been redeemed of the points that are expected to be."
            ),
            _("for points from sales"),
        ),
        Number(
            _("Provision"),
            money(report, wallet.marketing[-1].closing if priced else None),
            _("The value of those points that came with no sale and will be redeemed: a cost of marketing."),
            _("for all other points"),
        ),
        Number(_("Never redeemed"), *_breakage(wallet.breakage)),
    ]


def _breakage(line: BreakageLine) -> tuple[str, str, str]:
    text = _(
        "Breakage: the share of all points issued that will never be redeemed, by chain ladder on the age of lots. The "
        "range is Mack's, widened where earlier ones were too narrow."
    )
    if line.value is None:
        return "–", text, str(REASONS.get(line.reason or "", line.reason or ""))
    said = {"low": formats.percent(line.low, 1), "high": formats.percent(line.high, 1)}
    return formats.percent(line.value, 1), text, _("%(low)s to %(high)s") % said


def charts(report: Report, wallet: WalletReport) -> list[Chart]:
    """Give the charts for which there is something to draw."""
    drawn = []
    if wallet.value is not None:
        drawn.append(_owed(report, wallet.contract[-MONTHS:], wallet.marketing[-MONTHS:]))
    if wallet.cash:
        drawn.append(_cash(report, wallet))
    if any(each.month for each in wallet.expiring):
        drawn.append(_expiring(report, wallet))
    if len(wallet.breakage.checks) > 1:
        drawn.append(_checks(wallet))
    return drawn


def _days(months: Sequence[MoneyMonth | MonthAhead | CheckLine]) -> list[dt.date]:
    return [dt.date.fromisoformat(f"{each.month}-01") for each in months]


def _ahead(report: Report, lines: Sequence[MonthAhead]) -> tuple[tuple[str, ...], str]:
    """Name months that come, and say of the one that has begun that it is not drawn as a whole."""
    labels = short(_days(lines))
    if report.complete or lines[0].month != f"{report.on:%Y-%m}":
        return labels, ""
    said = _("* %(month)s has begun: only what was left on %(day)s counts.")
    days = {"month": month(lines[0].month), "day": formats.day(report.on)}
    return (f"{labels[0]}*", *labels[1:]), said % days


def _owed(report: Report, contract: Sequence[MoneyMonth], marketing: Sequence[MoneyMonth]) -> Chart:
    units = 10 ** DECIMALS[report.currency]
    sides = ((_("Contract liability"), contract), (_("Provision"), marketing))
    over = len(contract) - (0 if report.complete else 1)

    def drawn(lines: Sequence[MoneyMonth]) -> tuple[float | None, ...]:
        return tuple(line.closing / units if place < over else None for place, line in enumerate(lines))

    unfinished = _("%(month)s is not over, and not drawn. What is owed now stands above.")
    return Chart(
        key="owed",
        title=_("What is owed at the end of each month"),
        head=_("Month"),
        months=_days(contract),
        figure=Figure(
            kind="bars",
            labels=short(_days(contract)),
            series=tuple(Series(name, drawn(lines)) for name, lines in sides),
            texts=tuple(tuple(money(report, line.closing) for line in lines) for _name, lines in sides),
            signs=formats.money_signs(report.currency),
        ),
        text=_("Each month as it would have been reckoned at its end."),
        under="" if report.complete else unfinished % {"month": month(contract[-1].month)},
    )


def _points_of(report: Report, wallet: WalletReport, each: MonthAhead) -> str:
    points = formats.points(each.points, wallet.decimals)
    return points if each.minor is None else f"{points} ({money(report, each.minor)})"


def _cash(report: Report, wallet: WalletReport) -> Chart:
    lines = wallet.cash[:AHEAD]
    labels, under = _ahead(report, lines)
    units = 10**wallet.decimals
    low, high = (_("At least"), _("At most"))
    plain = [formats.points(each.low, wallet.decimals) for each in lines]
    most = [formats.points(each.high, wallet.decimals) for each in lines]
    return Chart(
        key="cash",
        title=_("When the points that are out will be redeemed"),
        head=_("Month"),
        months=_days(lines),
        under=under,
        figure=Figure(
            kind="lines",
            labels=labels,
            series=(
                Series(_("Expected"), tuple(each.points / units for each in lines)),
                Series(low, tuple(each.low / units for each in lines)),
                Series(high, tuple(each.high / units for each in lines)),
            ),
            texts=(tuple(_points_of(report, wallet, each) for each in lines), tuple(plain), tuple(most)),
        ),
        text=_("Points and the money they need, of those issued so far; what is issued later comes on top."),
    )


def _expiring(report: Report, wallet: WalletReport) -> Chart:
    lines = [each for each in wallet.expiring if each.month][:AHEAD]
    labels, under = _ahead(report, lines)
    units = 10**wallet.decimals
    return Chart(
        key="expiring",
        title=_("Points by the month of their last day"),
        head=_("Month"),
        months=_days(lines),
        under=under,
        figure=Figure(
            kind="bars",
            labels=labels,
            series=(Series(_("Points"), tuple(each.points / units for each in lines)),),
            texts=(tuple(_points_of(report, wallet, each) for each in lines),),
        ),
        text=_("What is left of lots that end in a month, if nobody redeems any of it; held points do not end."),
    )


def _checks(wallet: WalletReport) -> Chart:
    lines = wallet.breakage.checks[-MONTHS:]

    def series(name: str, values: list[float]) -> tuple[Series, tuple[str, ...]]:
        return Series(name, tuple(values)), tuple(formats.percent(value, 1) for value in values)

    columns = [
        series(_("Came"), [each.came for each in lines]),
        series(_("Said"), [each.expected for each in lines]),
        series(_("At least"), [each.low for each in lines]),
        series(_("At most"), [each.high for each in lines]),
    ]
    drawn, texts = zip(*columns, strict=True)
    return Chart(
        key="checks",
        title=_("What we would have said, and what came"),
        head=_("Said at the end of"),
        months=_days(lines),
        figure=Figure(kind="lines", labels=short(_days(lines)), series=drawn, texts=texts, format=".0%"),
        text=_(
            "The same estimate as of the end of earlier months: the share of the points known then that is not "
            "redeemed by the last month that is over."
        ),
    )


_PARTS = ("opening", "issued", "redeemed", "expired", "estimate", "closing")


@dataclass(frozen=True)
class Rows:
    """A table of the page: a heading for each row, and its cells as text."""

    title: str
    rows: list[tuple[str, list[str]]]


def rolled(report: Report) -> list[Rows]:
    """Give the roll-forwards of the last months, in money, all wallets together."""
    sides = ((_("Contract liability"), report.contract), (_("Provision"), report.marketing))
    return [
        Rows(
            title,
            [(month(line.month), [money(report, getattr(line, part)) for part in _PARTS]) for line in lines[-MONTHS:]],
        )
        for title, lines in sides
    ]


def points(wallet: WalletReport) -> Rows:
    """Give the roll-forward of a wallet's points."""
    parts = ("opening", "issued", "taken_back", "moved", "redeemed", "expired", "closing")
    return Rows(
        _("Points"),
        [
            (month(line.month), [formats.points(getattr(line, part), wallet.decimals) for part in parts])
            for line in wallet.months[-MONTHS:]
        ],
    )


def cohorts(report: Report, wallet: WalletReport) -> Rows:
    """Give the months of issue, the latest first."""

    def written(amount: int) -> str:
        return formats.points(amount, wallet.decimals)

    return Rows(
        _("By month of issue"),
        [
            (
                month(line.month),
                [
                    written(line.net),
                    written(line.redeemed),
                    written(line.expired),
                    written(line.outstanding),
                    money(report, line.outstanding_minor),
                    written(line.expected),
                    str(METHODS[line.method]),
                    money(report, line.owed_minor),
                    money(report, line.provided_minor),
                ],
            )
            for line in reversed(wallet.cohorts)
        ],
    )


def alerts(report: Report) -> list[str]:
    """Say what an accountant should look at."""
    decimals = {wallet.wallet: wallet.decimals for wallet in report.wallets}
    return [
        _("Of the points of %(cohort)s %(expected)s were expected to be redeemed, and %(redeemed)s have been.")
        % {
            "cohort": month(each.cohort, "yMMMM"),
            "expected": formats.points(each.expected, decimals[each.wallet]),
            "redeemed": formats.points(each.redeemed, decimals[each.wallet]),
        }
        for each in report.alerts
    ]
