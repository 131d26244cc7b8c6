"""An assumption, kept apart from what was reckoned: that more points would make members buy more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stammis.console import formats
from stammis.console.backtests.report import Report

STEP = Decimal(10)
"""The assumption is about so many per cent more points."""


def supposed(report: Report, low: Decimal, high: Decimal) -> dict[str, Any] | None:
    """Say what a response between ``low`` and ``high`` (per cent more sales for each tenth more points) would mean.

    Points on the added sales cost as much as those on the others. Give None where no money is known, or nothing
    changes.
    """
    found = report.found
    valued = [wallet for wallet in found.wallets if wallet.cost_minor is not None]
    extra = found.cost_minor.value if found.cost_minor is not None else 0
    now = sum(_given(wallet.today) for wallet in valued)
    then = sum(_given(wallet.tried) for wallet in valued)
    if not extra or then == now or now <= 0:
        return None
    part, whole = found.share
    sales = Decimal(found.tried.gross_minor) * whole / part
    growth = Decimal(then - now) / now * 100
    ends = [growth / STEP * each / 100 for each in (low, high)]
    cost_of_all = Decimal(extra) * then / (then - now)
    added = [sales * each for each in ends]
    costs = [extra + cost_of_all * each for each in ends]
    margins = [cost / more if more > 0 else None for cost, more in zip(costs, added, strict=True)]
    return {
        "growth": formats.percent(float(growth / 100), 1),
        "sales": [report.signed_money(round(each)) for each in added],
        "cost": [report.signed_money(round(each)) for each in costs],
        "margins": [formats.percent(float(each), 1) if each is not None else "–" for each in margins],
        "pays": all(each is not None for each in margins),
    }


def _given(totals: Any) -> int:
    return int(totals.earned + totals.given + totals.taken_back)
