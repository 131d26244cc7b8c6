"""Events that came to something else in one fold than in another, ready for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.kit.pages import BadCursor, Page, read_cursor, write_cursor
from stammis.simulation.queries import Moment, Side

SHOWN = 50
"""So many events stand on a page."""


def one_page(moments: Sequence[Moment], cursor: str | None) -> Page[Moment]:
    """Give those of one page. Raises BadCursor."""
    match read_cursor(cursor) if cursor else ([0], False):
        case [int(first)], _ if 0 <= first <= len(moments):
            last = first + SHOWN
        case _:
            raise BadCursor
    return Page(
        moments[first:last],
        after=write_cursor([last]) if last < len(moments) else None,
        before=write_cursor([max(0, first - SHOWN)]) if first else None,
    )


def laid(
    moments: Iterable[Moment],
    names: tuple[str, str],
    *,
    unit: Callable[[str], str],
    decimals: Mapping[str, int],
    level: Callable[[str, str | None], tuple[str, str]] | None = None,
) -> list[dict[str, Any]]:
    """Lay both sides of each event beside each other; ``names`` are those of the sides.

    ``unit`` names a wallet, ``level`` a set of levels and one of them; without it levels are not told.
    """
    return [
        {
            "kind": _kinds().get(moment.kind, moment.kind),
            "id": moment.id,
            "at": moment.at,
            "sides": [
                _side(name, side, unit, decimals, level)
                for name, side in zip(names, (moment.today, moment.tried), strict=True)
            ],
        }
        for moment in moments
    ]


def _side(
    name: str,
    side: Side,
    unit: Callable[[str], str],
    decimals: Mapping[str, int],
    level: Callable[[str, str | None], tuple[str, str]] | None,
) -> dict[str, Any]:
    """Tell what an event came to on one side: points by wallet, what gave them, levels, and what gave nothing."""
    return {
        "name": name,
        "points": [
            (unit(wallet), formats.signed(amount, decimals.get(wallet, 0)))
            for wallet, amount in side.points.items()
            if amount
        ],
        "parts": side.parts,
        "levels": [level(*each) for each in side.tiers.items()] if level else [],
        "idle": side.not_applied,
    }


def _kinds() -> dict[str, str]:
    """Name what happened."""
    return {
        "purchase": _("Purchase"),
        "return": _("Return"),
        "status": _("Status of a purchase"),
        "event": _("Event"),
        "claimed": _("Purchase of a guest, claimed"),
        "redemption": _("Reward taken"),
        "redemption_cancelled": _("Reward given back"),
        "exchange": _("Reward exchanged"),
        "adjustment": _("Points given or taken by hand"),
        "balance": _("Balance brought along"),
        "transfer": _("Points given to somebody"),
        "received": _("Points received"),
        "day": _("A day passed"),
        "member": _("The record changed"),
    }
