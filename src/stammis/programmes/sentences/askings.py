"""Conditions about baskets, history, moments by the calendar and events, as phrases that follow a rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core import conditions as ask
from stammis.core.programme import Programme
from stammis.programmes.sentences import words


def of_basket(condition: ask.OfBasket, lines: list[str], programme: Programme, *, holds: bool) -> str:
    """A condition about all lines together; ``lines`` are its conditions about lines, as phrases."""
    if isinstance(condition, ask.Together):
        facts = {"lines": words.both(lines)}
        if holds:
            return _("on purchases that have together something %(lines)s") % facts
        return _("except on purchases that have together something %(lines)s") % facts
    match condition:
        case ask.BasketQuantity():
            much = _("%(amount)s pieces") % {"amount": counts(condition.at_least, condition.at_most)}
        case ask.BasketAmount():
            much = amounts(condition.at_least, condition.at_most, programme.currency)
        case ask.BasketLines():
            much = _("%(amount)s lines") % {"amount": counts(condition.at_least, condition.at_most)}
        case _:
            assert_never(condition)
    facts = {"much": much if not lines else f"{much} {lines[0]}"}
    if holds:
        return _("on purchases with %(much)s") % facts
    return _("except on purchases with %(much)s") % facts


def amounts(at_least: str | int | None, at_most: str | int | None, currency: str) -> str:
    """Bounds of an amount of money."""
    low = None if at_least is None else words.money(Decimal(at_least), currency)
    high = None if at_most is None else words.money(Decimal(at_most), currency)
    return _bounds(low, high)


def numbers(at_least: str | int | None, at_most: str | int | None) -> str:
    """Bounds of a number."""
    low = None if at_least is None else words.number(at_least)
    high = None if at_most is None else words.number(at_most)
    return low if low is not None and low == high else _bounds(low, high)


def counts(at_least: str | int | None, at_most: str | int | None) -> str:
    """Bounds of how many there are of something."""
    if at_least is None and at_most is not None:
        return _("%(high)s or fewer") % {"high": words.number(at_most)}
    return numbers(at_least, at_most)


def _bounds(low: str | None, high: str | None) -> str:
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s or more") % {"low": low}
    return _("%(high)s or less") % {"high": high}


def holiday(condition: ask.Holiday, *, holds: bool) -> str:
    """A condition about the programme's list of holidays."""
    facts = {"calendar": condition.calendar}
    if holds:
        return _("on holidays of the list «%(calendar)s»") % facts
    return _("except on holidays of the list «%(calendar)s»") % facts


def between(condition: ask.Between, *, holds: bool) -> str:
    """A condition about the time from one moment until another."""
    first = None if condition.from_ is None else local_time(condition.from_)
    until = None if condition.until is None else local_time(condition.until)
    if first is not None and until is not None:
        span = _("from %(first)s until %(last)s") % {"first": first, "last": until}
    elif first is not None:
        span = _("from %(first)s on") % {"first": first}
    else:
        span = _("until %(last)s") % {"last": until}
    return span if holds else _("except %(when)s") % {"when": span}


def local_time(text: str) -> str:
    """A local wall-clock time such as 2026-11-27T18:00, in words."""
    date, clock = text.split("T")
    return _("%(day)s, %(time)s") % {"day": words.day(dt.date.fromisoformat(date)), "time": clock}


def of_history(condition: ask.OfHistory, programme: Programme, *, holds: bool) -> str:
    """A condition about what a member did before, or has."""
    match condition:
        case ask.NthPurchase():
            said = _nth(condition)
        case ask.DaysSince():
            said = _since(condition)
        case ask.SpentInWindow():
            facts = {
                "amount": amounts(condition.at_least, condition.at_most, programme.currency),
                "days": words.number(condition.days),
            }
            said = ngettext(
                "for members who spent %(amount)s earlier that day",
                "for members who spent %(amount)s before within %(days)s days",
                condition.days,
            )
            said %= facts
        case ask.Balance():
            said = _("for members who have %(amount)s") % {"amount": _balance(condition, programme)}
        case _:
            assert_never(condition)
    return said if holds else _("not %(when)s") % {"when": said}


def _nth(condition: ask.NthPurchase) -> str:
    parts = []
    if condition.any_of:
        parts.append(
            ngettext("on the purchase number %(names)s", "on the purchases number %(names)s", len(condition.any_of))
            % {"names": words.either(words.number(each) for each in condition.any_of)}
        )
    if condition.every is not None:
        parts.append(
            ngettext("on every purchase", "on every purchase out of %(number)s", condition.every)
            % {"number": words.number(condition.every)}
        )
    return words.either(parts)


def _since(condition: ask.DaysSince) -> str:
    facts = {"number": counts(condition.at_least, condition.at_most), "event": condition.event or ""}
    match condition.what:
        case "purchase":
            return _("%(number)s days after the last purchase") % facts
        case "enrolment":
            return _("%(number)s days after joining") % facts
        case "event":
            return _("%(number)s days after the last event «%(event)s»") % facts
    assert_never(condition.what)


def _balance(condition: ask.Balance, programme: Programme) -> str:
    wallet = words.wallet_of(programme, condition.wallet)
    low = None if condition.at_least is None else words.points(condition.at_least, wallet)
    high = None if condition.at_most is None else words.points(condition.at_most, wallet)
    return _bounds(low, high)


def of_event(condition: ask.Property, *, holds: bool) -> str:
    """A condition about a property of an event."""
    parts = []
    if condition.any_of:
        parts.append(words.either(condition.any_of))
    if condition.at_least is not None or condition.at_most is not None:
        parts.append(numbers(condition.at_least, condition.at_most))
    facts = {"property": condition.name, "values": words.both(parts)}
    if holds:
        return _("where %(property)s is %(values)s") % facts
    return _("where %(property)s is not %(values)s") % facts
