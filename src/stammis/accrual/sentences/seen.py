"""What a condition found where it did not hold, as a member reads it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core.programme import Programme
from stammis.programmes.sentences import words
from stammis.programmes.sentences.askings import local_time

NAMES = frozenset({"category", "sku", "label", "channel", "store", "payment", "partner", "consent"})


def found(asks: str, saw: str, programme: Programme) -> str:
    """What a condition of a kind found; nothing where it found nothing."""
    if not saw:
        return ""
    match asks:
        case "weekday":
            return words.weekday(saw)
        case "dates" | "holiday":
            return words.day(dt.date.fromisoformat(saw))
        case "between":
            return local_time(saw)
        case "total" | "basket_amount" | "spent_in_window":
            return words.money(Decimal(saw), programme.currency)
        case "basket_quantity" | "basket_lines" | "balance":
            return words.number(saw)
        case "nth_purchase":
            return _("purchase number %(number)s") % {"number": words.number(saw)}
        case "days_since":
            return ngettext("%(number)s day", "%(number)s days", int(saw)) % {"number": words.number(saw)}
        case "tier":
            levels = {level.id: words.name(level.name, level.id) for tiers in programme.tiers for level in tiers.levels}
            return levels.get(saw, saw)
        case _:
            return words.both(saw.split(",")) if asks in NAMES else saw
