"""The charts of a back-test: points by month, who has more and less, levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.backtests.report import NOBODY, Report
from stammis.console.drawings import Chart, short
from stammis.core.currencies import DECIMALS
from stammis.kit.charts import Figure, Series
from stammis.simulation.queries.comparing import Level

MOST_LEVELS = 5


def drawn(report: Report) -> list[Chart]:
    """Give all charts for which there is something to draw."""
    return [*_points(report), _better(report), *_spread(report), *_levels(report), *_months(report)]


def _pair(report: Report, values: tuple[list[float], list[float]], written: Any) -> dict[str, Any]:
    names = (report.sides.today, report.sides.tried)
    return {
        "series": tuple(Series(name, tuple(side)) for name, side in zip(names, values, strict=True)),
        "texts": tuple(tuple(written(value) for value in side) for side in values),
    }


def _points(report: Report) -> Iterator[Chart]:
    """Points earned by month, for each wallet in which any are."""
    for wallet in report.found.wallets:
        months = [month for month in report.found.months if month.wallet == wallet.id]
        unit = 10**wallet.decimals
        values = tuple([getattr(month, side)["earned"] / unit for month in months] for side in ("today", "tried"))
        if not any(map(any, values)):
            continue

        def written(value: float, decimals: int = wallet.decimals) -> str:
            return formats.number(round(value, decimals), decimals)

        days = [_first(month.month) for month in months]
        yield Chart(
            key=f"points-{wallet.id}",
            title=_("%(wallet)s earned by month") % {"wallet": report.unit(wallet.id).capitalize()},
            head=_("Month"),
            months=days,
            figure=Figure(kind="bars", labels=short(days), **_pair(report, (values[0], values[1]), written)),
        )


def _better(report: Report) -> Chart:
    spread = report.found.spread
    counts = (spread.better, spread.same, spread.worse)
    whole = sum(counts) or 1
    labels = (_("better off"), _("the same"), _("worse off"))
    return Chart(
        key="members",
        title=_("Members better and worse off"),
        head=_("With it they are"),
        figure=Figure(
            kind="levels",
            labels=labels,
            series=(Series(_("Members"), tuple(float(count) for count in counts)),),
            texts=(tuple(f"{formats.number(count)} ({formats.percent(count / whole, 1)})" for count in counts),),
            height=44 * len(labels),
        ),
        text=_(
            "By the points that rules and hands gave, less what was taken back; in money where points have a value."
        ),
    )


def _spread(report: Report) -> Iterator[Chart]:
    percentiles = report.found.spread.percentiles
    if not any(percentiles.values()):
        return
    scale = _scale(report)
    yield Chart(
        key="spread",
        title=_("How the changes are spread"),
        head=_("So many of 100 members have at most"),
        figure=Figure(
            kind="bars",
            labels=tuple(formats.percent(share / 100) for share in percentiles),
            series=(Series(_("Change"), tuple(change / scale for change in percentiles.values())),),
            texts=(tuple(report.amount(change) for change in percentiles.values()),),
            signs=formats.money_signs(report.currency) if report.found.in_money else ("", ""),
        ),
        text=_("%(half)s is the member in the middle: one half changes by less, the other by more.")
        % {"half": formats.percent(0.5)},
    )


def _scale(report: Report) -> int:
    if report.found.in_money:
        return int(10 ** DECIMALS[report.currency])
    return int(10 ** report.found.wallets[0].decimals) if report.found.wallets else 1


def _levels(report: Report) -> Iterator[Chart]:
    """Members by level at the end, for each set."""
    last = max((each.month for each in report.found.levels), default="")
    for tiers in _sets(report):
        ends = [each for each in report.found.levels if each.set == tiers and each.month == last]
        ends = _in_order(report, tiers, ends)
        sides = [counts(each) for each in ends]
        values = [float(each[0]) for each in sides], [float(each[1]) for each in sides]
        yield Chart(
            key=f"levels-{tiers}",
            title=_("%(set)s at the end") % {"set": report.tiers(tiers)},
            head=_("Level"),
            figure=Figure(
                kind="bars",
                labels=tuple(report.level(tiers, each.level) for each in ends),
                **_pair(report, values, formats.number),
            ),
        )


def _months(report: Report) -> Iterator[Chart]:
    """Shares of members by level over time, for each set on each side."""
    months = [month for month in dict.fromkeys(each.month for each in report.found.levels) if month]
    for tiers in _sets(report):
        found = [each for each in report.found.levels if each.set == tiers]
        ends = _in_order(report, tiers, found)
        names = list(dict.fromkeys(each.level for each in ends if each.level != NOBODY))[:MOST_LEVELS]
        if not months or not names:
            continue
        for place, (side, title) in enumerate((("today", report.sides.today), ("tried", report.sides.tried))):
            held = {(each.month, each.level): counts(each)[place] for each in found}
            yield Chart(
                key=f"months-{tiers}-{side}",
                title=_("%(set)s over time: %(side)s") % {"set": report.tiers(tiers), "side": title},
                head=_("Month"),
                months=[_first(month) for month in months],
                figure=_shares(report, tiers, (months, names), held),
                text=_("Of the members who have a level, at the end of each month."),
            )


def _shares(
    report: Report, tiers: str, over: tuple[list[str], list[str]], counts: dict[tuple[str, str], int]
) -> Figure:
    """Draw for each month which share of the members holds each level."""
    months, names = over
    whole = [sum(counts.get((month, name), 0) for name in names) or 1 for month in months]
    columns = [[counts.get((month, name), 0) for month in months] for name in names]
    series = (
        Series(report.level(tiers, name), tuple(n / all_ for n, all_ in zip(column, whole, strict=True)))
        for name, column in zip(names, columns, strict=True)
    )
    texts = (
        tuple(f"{formats.number(n)} ({formats.percent(n / all_, 1)})" for n, all_ in zip(column, whole, strict=True))
        for column in columns
    )
    return Figure(
        kind="shares", labels=short([_first(month) for month in months]), series=tuple(series), texts=tuple(texts)
    )


def counts(level: Level) -> tuple[int, int]:
    """Give how many members hold a level on each side: of a sample, how many of all that are."""
    if level.estimates is None:
        return level.today, level.tried
    return level.estimates[0].value, level.estimates[1].value


def _sets(report: Report) -> list[str]:
    return list(dict.fromkeys(each.set for each in report.found.levels if each.level != NOBODY))


def _in_order(report: Report, tiers: str, found: list[Any]) -> list[Any]:
    """Put levels in the order of their set; members without one come first."""
    known = [
        level.id
        for document in (report.document, report.before)
        for each in document.tiers
        if each.id == tiers
        for level in each.levels
    ]
    order = {level: place for place, level in reversed(list(enumerate([NOBODY, *known])))}
    return sorted(found, key=lambda each: order.get(each.level, len(order)))


def _first(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")
