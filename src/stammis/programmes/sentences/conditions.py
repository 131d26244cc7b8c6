"""Conditions as phrases that follow a rule: «…, in the category dairy, on Tuesdays»."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stammis.core import conditions as ask
from stammis.core.programme import Programme
from stammis.core.questions import inner_of
from stammis.programmes.sentences import askings, words


def phrases(condition: ask.Condition | None, programme: Programme) -> list[str]:
    """The conditions that must all hold, each as a phrase."""
    if condition is None:
        return []
    if isinstance(condition, ask.All):
        return [text for part in condition.of for text in phrases(part, programme)]
    return [phrase(condition, programme)]


def phrase(condition: ask.Condition, programme: Programme, *, holds: bool = True) -> str:
    """A condition, or with ``holds=False`` its opposite, as one phrase."""
    match condition:
        case ask.Not():
            return phrase(condition.of, programme, holds=not holds)
        case ask.All() | ask.Any():
            every = isinstance(condition, ask.All) == holds
            parts = [phrase(part, programme, holds=holds) for part in condition.of]
            return words.both(parts) if every else words.either(parts)
        case ask.Property():
            return askings.of_event(condition, holds=holds)
        case _ if isinstance(condition, ask.OfLine):
            return _of_line(condition, programme, holds=holds)
        case _ if isinstance(condition, ask.OfPlace):
            return _of_purchase(condition, programme, holds=holds)
        case _ if isinstance(condition, ask.OfBasket):
            lines = [phrase(part, programme) for part in inner_of(condition)]
            return askings.of_basket(condition, lines, programme, holds=holds)
        case _ if isinstance(condition, ask.OfMoment):
            return _of_moment(condition, holds=holds)
        case _ if isinstance(condition, ask.OfMember):
            return _of_member(condition, programme, holds=holds)
        case _ if isinstance(condition, ask.OfHistory):
            return askings.of_history(condition, programme, holds=holds)
        case _:
            assert_never(condition)


def _names(names: Iterable[str], say: Callable[[int], str]) -> str:
    listed = list(names)
    return say(len(listed)) % {"names": words.either(listed)}


def _of_line(condition: ask.OfLine, programme: Programme, *, holds: bool) -> str:
    match condition:
        case ask.Sku() if holds:
            return _names(
                condition.any_of, lambda n: ngettext("on the article %(names)s", "on the articles %(names)s", n)
            )
        case ask.Sku():
            return _names(
                condition.any_of,
                lambda n: ngettext("except on the article %(names)s", "except on the articles %(names)s", n),
            )
        case ask.Category() if holds:
            return _names(
                condition.any_of, lambda n: ngettext("in the category %(names)s", "in the categories %(names)s", n)
            )
        case ask.Category():
            return _names(
                condition.any_of,
                lambda n: ngettext("except in the category %(names)s", "except in the categories %(names)s", n),
            )
        case ask.LineAmount():
            amount = _range(condition.at_least, condition.at_most, programme.currency)
            if holds:
                return _("on lines of %(amount)s") % {"amount": amount}
            return _("except on lines of %(amount)s") % {"amount": amount}
        case ask.LineQuantity():
            facts = {"amount": askings.counts(condition.at_least, condition.at_most)}
            if holds:
                return _("on lines of %(amount)s pieces") % facts
            return _("except on lines of %(amount)s pieces") % facts
    assert_never(condition)


def _of_purchase(condition: ask.OfPlace, programme: Programme, *, holds: bool) -> str:
    match condition:
        case ask.Channel() if holds:
            return _names(
                condition.any_of,
                lambda n: ngettext("through the channel %(names)s", "through the channels %(names)s", n),
            )
        case ask.Channel():
            return _names(
                condition.any_of,
                lambda n: ngettext("except through the channel %(names)s", "except through the channels %(names)s", n),
            )
        case ask.Store() if holds:
            return _names(condition.any_of, lambda n: ngettext("in the store %(names)s", "in the stores %(names)s", n))
        case ask.Store():
            return _names(
                condition.any_of,
                lambda n: ngettext("except in the store %(names)s", "except in the stores %(names)s", n),
            )
        case ask.Payment():
            names = words.either(condition.any_of)
            if holds:
                return _("on purchases paid by %(names)s") % {"names": names}
            return _("except on purchases paid by %(names)s") % {"names": names}
        case ask.Partner():
            names = words.either(condition.any_of)
            if holds:
                return _("with the partner %(names)s") % {"names": names}
            return _("except with the partner %(names)s") % {"names": names}
        case ask.Total():
            amount = _range(condition.at_least, condition.at_most, programme.currency)
            if holds:
                return _("on purchases of %(amount)s") % {"amount": amount}
            return _("except on purchases of %(amount)s") % {"amount": amount}
    assert_never(condition)


def _range(at_least: str | int | None, at_most: str | int | None, currency: str) -> str:
    low = None if at_least is None else words.money(Decimal(at_least), currency)
    high = None if at_most is None else words.money(Decimal(at_most), currency)
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s or more") % {"low": low}
    if high is not None:
        return _("%(high)s or less") % {"high": high}
    return pgettext("amount", "any size")


def _of_moment(condition: ask.OfMoment, *, holds: bool) -> str:
    match condition:
        case ask.OnWeekday():
            days = _("on %(days)s") % {"days": words.either(weekdays(day) for day in condition.any_of)}
            return days if holds else _("except %(when)s") % {"when": days}
        case ask.Hours():
            between = _("between %(start)s and %(end)s") % {"start": condition.from_, "end": condition.until}
            return between if holds else _("except %(when)s") % {"when": between}
        case ask.Dates():
            span = _dates(condition)
            return span if holds else _("except %(when)s") % {"when": span}
        case ask.Holiday():
            return askings.holiday(condition, holds=holds)
        case ask.Between():
            return askings.between(condition, holds=holds)
    assert_never(condition)


def weekdays(day: ask.Weekday) -> str:
    """A day of the week, as it comes every week."""
    return {
        "mon": _("Mondays"),
        "tue": _("Tuesdays"),
        "wed": _("Wednesdays"),
        "thu": _("Thursdays"),
        "fri": _("Fridays"),
        "sat": _("Saturdays"),
        "sun": _("Sundays"),
    }[day]


def _dates(condition: ask.Dates) -> str:
    first, last = condition.first, condition.last
    if first is not None and last is not None:
        if first == last:
            return _("on %(day)s") % {"day": words.day(first)}
        return _("from %(first)s to %(last)s") % {"first": words.day(first), "last": words.day(last)}
    if first is not None:
        return _("from %(first)s on") % {"first": words.day(first)}
    if last is not None:
        return _("until %(last)s") % {"last": words.day(last)}
    return _("on any day")


def _of_member(condition: ask.OfMember, programme: Programme, *, holds: bool) -> str:
    match condition:
        case ask.Tier():
            levels = _levels(condition, programme)
            if holds:
                return _("for members at the level %(levels)s") % {"levels": levels}
            return _("for members not at the level %(levels)s") % {"levels": levels}
        case ask.Label():
            labels = words.either(condition.any_of)
            if holds:
                return _("for members with the label %(labels)s") % {"labels": labels}
            return _("for members without the label %(labels)s") % {"labels": labels}
        case ask.Attribute():
            facts = {"attribute": condition.name, "values": words.either(condition.any_of)}
            if holds:
                return _("for members whose %(attribute)s is %(values)s") % facts
            return _("for members whose %(attribute)s is not %(values)s") % facts
        case ask.Consent():
            purposes = words.either(condition.any_of)
            if holds:
                return _("for members who consent to %(purposes)s") % {"purposes": purposes}
            return _("for members who do not consent to %(purposes)s") % {"purposes": purposes}
    assert_never(condition)


def _levels(condition: ask.Tier, programme: Programme) -> str:
    tiers = next((each for each in programme.tiers if each.id == condition.set), None)
    known = {level.id: words.name(level.name, level.id) for level in (tiers.levels if tiers else ())}
    named = [known.get(level, level) for level in condition.any_of]
    if condition.at_least is not None:
        named.append(_("%(level)s or above") % {"level": known.get(condition.at_least, condition.at_least)})
    return words.either(named)
