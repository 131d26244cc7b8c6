"""What would come on top of what was reckoned: points redeemed by a curve, and sales that answer to more points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.backtests.report import Report
from stammis.simulation import queries
from stammis.simulation.queries import Assumed, Curve, Redeemed


def supposed(report: Report, elasticities: tuple[float, float]) -> dict[str, Any] | None:
    """Say what a response of sales, from and to so many per cent for each per cent more points, would mean.

    Points on the added sales cost as much as those on the others. Give None where no money is known, or nothing
    changes.
    """
    growth = queries.growth(report.found)
    ends = list(queries.responses(report.found, elasticities))
    if not growth or not ends:
        return None
    return {
        "growth": formats.percent(growth, 1),
        "sales": [report.signed_money(each.sales_minor) for each in ends],
        "cost": [report.signed_money(each.cost_minor) for each in ends],
        "margins": ["–" if each.margin is None else formats.percent(each.margin, 1) for each in ends],
    }


def redeemed(report: Report, found: Assumed) -> list[dict[str, Any]]:
    """Say by wallet what would be redeemed of the points given, by the curve of their age, and show the curve."""
    decimals = {wallet.id: wallet.decimals for wallet in report.found.wallets}
    curves = {curve.wallet: curve for curve in found.curves}
    return [
        {
            "name": report.unit(each.wallet).capitalize(),
            "lines": list(_lines(report, each, decimals.get(each.wallet, 0))),
            "ages": list(_ages(curves[each.wallet], decimals.get(each.wallet, 0))),
        }
        for each in found.redemption
        if any(each.in_all)
    ]


def _lines(report: Report, each: Redeemed, decimals: int) -> Iterator[dict[str, str]]:
    for name, points, minor in (
        (_("Redeemed by the end"), each.by_end, each.by_end_minor),
        (_("Redeemed in all, as far as the curve reaches"), each.in_all, each.in_all_minor),
    ):
        yield {
            "name": name,
            "today": formats.points(points[0], decimals),
            "tried": formats.points(points[1], decimals),
            "change": formats.signed(points[1] - points[0], decimals),
            "money": "" if minor is None else report.signed_money(minor[1] - minor[0]),
        }


def _ages(curve: Curve, decimals: int) -> Iterator[dict[str, Any]]:
    so_far = 0.0
    for age in curve.ages:
        so_far += age.share
        yield {
            "months": age.months,
            "seen": formats.points(age.seen, decimals),
            "share": formats.percent(age.share, 1),
            "so_far": formats.percent(so_far, 1),
        }
