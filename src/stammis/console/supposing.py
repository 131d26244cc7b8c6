"""What another expiry rule would do, in the reader's words and signs: figures now and then, and what ends when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats, owing
from stammis.insight.liability.books import rounded
from stammis.insight.liability.proposals import Effect, Side
from stammis.insight.liability.report import Report, WalletReport
from stammis.programmes.sentences import expiry

AHEAD = 12
"""So many months are shown of what ends when; the API gives all."""


def today(report: Report, wallet: WalletReport) -> str:
    """Say which rule holds now."""
    return _("Today: %(rule)s") % {"rule": expiry(report.book.purse(wallet.wallet).expiry)}


def shown(report: Report, wallet: WalletReport, effect: Effect) -> dict[str, Any]:
    """Give what another rule would do, and what must be said of it."""
    said = [
        _("%(points)s points of %(lots)s lots would end at once.")
        % {
            "points": formats.points(effect.at_once.points, wallet.decimals),
            "lots": formats.number(effect.at_once.lots),
        },
        _("Assumed: members go on redeeming as they have done, by the age of their points."),
    ]
    if effect.longer:
        said.append(_("Some points would last longer than any have: what is then redeemed of them is extrapolated."))
    if effect.reason is not None:
        said.append(_("Nothing is known of breakage yet: all that does not end is expected to be redeemed."))
    return {"rows": _figures(report, wallet, effect), "ends": _ends(wallet, effect), "said": said}


def _figures(report: Report, wallet: WalletReport, effect: Effect) -> list[tuple[str, list[str]]]:
    def worth(side: Side) -> int | None:
        found = report.book.minor(wallet.wallet, side.still)
        return None if found is None else rounded(found)

    def points(amount: int) -> str:
        return formats.points(amount, wallet.decimals)

    def money(minor: int) -> str:
        return owing.money(report, minor)

    def row(name: str, value: Callable[[Side], int | None], written: Callable[[int], str]) -> tuple[str, list[str]]:
        return name, _compared(value(effect.now), value(effect.then), written)

    rows = [row(_("Will still be redeemed"), lambda side: side.still, points)]
    if wallet.value is not None:
        rows += [
            row(_("What they are worth"), worth, money),
            row(_("Contract liability"), lambda side: side.owed_minor, money),
            row(_("Provision"), lambda side: side.provided_minor, money),
        ]
    shares = [effect.now.future, effect.then.future]
    change = "–"
    if shares[0] is not None and shares[1] is not None:
        moved = round((shares[1] - shares[0]) * 1000)
        change = _("%(change)s percentage points") % {"change": formats.signed(moved, 1)}
    never = [formats.percent(share, 1) for share in shares]
    return [*rows, (_("Never redeemed of points to come"), [*never, change])]


def _ends(wallet: WalletReport, effect: Effect) -> list[tuple[str, list[str]]]:
    """Say how many points end in which month, if nobody redeems any, under both rules."""
    now, then = ({each.month: each.points for each in side.expiring} for side in (effect.now, effect.then))
    months = sorted({month for month in (*now, *then) if month is not None})
    listed: list[tuple[str, tuple[int, int]]] = []
    if effect.at_once.points:
        listed.append((_("at once"), (0, effect.at_once.points)))
    listed += [(owing.month(month), (now.get(month, 0), then.get(month, 0))) for month in months[:AHEAD]]
    rest = tuple(sum(side.get(month, 0) for month in months[AHEAD:]) for side in (now, then))
    listed += [(_("later"), (rest[0], rest[1]))] if any(rest) else []
    never = (now.get(None, 0), then.get(None, 0))
    listed += [(_("never"), never)] if any(never) else []
    return [(name, _compared(*sides, lambda amount: formats.points(amount, wallet.decimals))) for name, sides in listed]


def _compared(now: int | None, then: int | None, written: Callable[[int], str]) -> list[str]:
    if now is None or then is None:
        return ["–", "–", "–"]
    change = then - now
    return [written(now), written(then), formats.with_sign(written(abs(change)), change)]
