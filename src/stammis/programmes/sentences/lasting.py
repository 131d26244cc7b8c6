"""How long points last, until when they are pending, and what happens where they are short, as sentences."""

from __future__ import annotations

from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core.wallets import (
    Days,
    Expiry,
    Months,
    Negative,
    Never,
    NotPending,
    OnDate,
    Pending,
    PendingDate,
    PendingDays,
    PendingEvent,
    PendingStatus,
    PeriodEnd,
    Sliding,
    Yearly,
)
from stammis.programmes.sentences import words


def expiry(rule: Expiry) -> str:
    """How long points last, as a sentence."""
    match rule:
        case Days():
            return ngettext(
                "Usable on the day they are earned.",
                "Usable for %(number)s days, the day they are earned being the first.",
                rule.days,
            ) % {"number": words.number(rule.days)}
        case Months():
            return ngettext(
                "Usable through the same day of the following month.",
                "Usable through the same day %(number)s months later.",
                rule.months,
            ) % {"number": words.number(rule.months)}
        case Yearly():
            return _("Usable through the next %(day)s.") % {"day": words.day_of_year(rule.month, rule.day)}
        case OnDate():
            return _("Usable through %(day)s.") % {"day": words.day(rule.last)}
        case PeriodEnd():
            return " ".join([_period_end(rule), *_grace(rule.grace_days)])
        case Sliding():
            return _sliding(rule)
        case Never():
            return _("They do not expire.")
    assert_never(rule)


def _period_end(rule: PeriodEnd) -> str:
    if not rule.months:
        match rule.period:
            case "month":
                return _("Usable through the end of the month in which they are earned.")
            case "quarter":
                return _("Usable through the end of the quarter in which they are earned.")
            case "year":
                return _("Usable through the end of the year in which they are earned.")
        assert_never(rule.period)
    facts = {"number": words.number(rule.months)}
    match rule.period:
        case "month":
            said = ngettext(
                "Usable through the end of the following month.",
                "Usable through the end of the month %(number)s months later.",
                rule.months,
            )
        case "quarter":
            said = ngettext(
                "Usable through the end of the quarter in which the following month lies.",
                "Usable through the end of the quarter in which the month %(number)s months later lies.",
                rule.months,
            )
        case "year":
            said = ngettext(
                "Usable through the end of the year in which the following month lies.",
                "Usable through the end of the year in which the month %(number)s months later lies.",
                rule.months,
            )
        case _:
            assert_never(rule.period)
    return said % facts


def _grace(days: int) -> list[str]:
    if not days:
        return []
    said = ngettext("Then one day of grace.", "Then %(number)s days of grace.", days)
    return [said % {"number": words.number(days)}]


def _sliding(rule: Sliding) -> str:
    names = {"purchase": _("a purchase"), "redemption": _("taking a reward")}
    facts = {
        "number": words.number(rule.days),
        "activity": words.either(names.get(kind, f"«{kind}»") for kind in rule.activity),
    }
    return _("Usable for %(number)s days after the latest activity: %(activity)s.") % facts


def pending(rule: Pending) -> str:
    """Until when points are pending, as a phrase."""
    match rule:
        case PendingDays():
            return ngettext("pending for %(number)s day", "pending for %(number)s days", rule.days) % {
                "number": words.number(rule.days)
            }
        case PendingDate():
            return _("pending until %(day)s") % {"day": words.day(rule.active_on)}
        case PendingStatus():
            return _("pending until the purchase is «%(status)s»") % {"status": rule.status}
        case PendingEvent():
            return _("pending until the event «%(event)s»") % {"event": rule.event}
        case NotPending():
            return _("active at once")
    assert_never(rule)


def negative(policy: Negative) -> str:
    """What happens where points that go back have been spent, as a sentence."""
    match policy:
        case "allow_debt":
            return _("Where points that go back have been spent, the balance goes below zero.")
        case "to_zero":
            return _("Where points that go back have been spent, the balance stops at zero.")
        case "pending_only":
            return _("Only pending points go back; what is active stays.")
    assert_never(policy)
