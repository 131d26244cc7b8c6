"""Levels in sentences: what each asks for, over which time, and how it is held and lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core.programme import Programme
from stammis.core.tier_sets import ByAnniversary, ByCalendar, ForLife, Level, Measure, TierSet
from stammis.programmes.sentences import rules, words


def level(tiers: TierSet, wanted: Level, programme: Programme, *, first: bool) -> str:
    """What a level asks for, as a sentence."""
    at = Decimal(wanted.at)
    main = Measure(id=tiers.id, counts=tiers.counts, wallet=tiers.wallet, events=tiers.events)
    named = {measure.id: measure for measure in tiers.also}
    asked = [amount(named[name], Decimal(each), programme) for name, each in wanted.also.items() if name in named]
    if first and at == 0 and (not asked or tiers.mix == "any"):
        return _("Every member has this level.")
    if at or not asked:
        asked = [amount(main, at, programme), *asked]
    joined = words.both(asked) if tiers.mix == "all" else words.either(asked)
    if tiers.counts == "balance" and not tiers.also:
        return _("From %(asked)s.") % {"asked": joined}
    return _("From %(asked)s %(within)s.") % {"asked": joined, "within": within(tiers)}


def amount(measure: Measure, wanted: Decimal, programme: Programme) -> str:
    """So much of a measure, such as «€500.00 spent» or «3 purchases»."""
    number = words.number(wanted)
    if measure.counts in {"points", "balance"}:
        points = words.points(wanted, words.wallet_of(programme, measure.wallet))
        said = _("%(amount)s earned") if measure.counts == "points" else _("%(amount)s in the balance")
        return said % {"amount": points}
    match measure.counts:
        case "spend":
            return _("%(amount)s spent") % {"amount": words.money(wanted, programme.currency)}
        case "purchases":
            return ngettext("%(n)s purchase", "%(n)s purchases", int(wanted)) % {"n": number}
        case "referrals":
            return ngettext("%(n)s referral", "%(n)s referrals", int(wanted)) % {"n": number}
        case "visits" if not measure.events:
            return ngettext("%(n)s visit", "%(n)s visits", int(wanted)) % {"n": number}
        case _ if measure.events:
            named = words.either(f"«{event}»" for event in measure.events)
            return _("%(n)s times %(events)s") % {"n": number, "events": named}
        case _:
            return ngettext("%(n)s event", "%(n)s events", int(wanted)) % {"n": number}


def within(tiers: TierSet) -> str:
    """Over which time something counts, such as «within 365 days»."""
    match tiers.cycle:
        case ByCalendar(every="year", from_month=1):
            return _("in a calendar year")
        case ByCalendar(every=every, from_month=month):
            begins = {"day": words.day_of_year(month, 1)}
            match every:
                case "year":
                    return _("in a year from %(day)s") % begins
                case "half_year":
                    return _("in a half-year, the first from %(day)s") % begins
                case "quarter":
                    return _("in a quarter, the first from %(day)s") % begins
                case _:
                    return _("in a calendar month")
        case ByAnniversary(of="joining", months=months):
            return ngettext("in a month, counted from joining", "in %(n)s months, counted from joining", months) % {
                "n": words.number(months)
            }
        case ByAnniversary(months=months):
            return ngettext("within a month", "within %(n)s months", months) % {"n": words.number(months)}
        case ForLife():
            return _("in all")
        case _:
            days = tiers.window_days
            return ngettext("on one day", "within %(days)s days", days) % {"days": words.number(days)}


def ways(tiers: TierSet) -> str:
    """How levels of a set are reached, held and lost, as sentences."""
    said = [_crossing(tiers), *_held(tiers), *_lost(tiers)]
    if tiers.basis is not None:
        said.append(_("For the levels, a purchase is %(counted)s.") % {"counted": rules.counted(tiers.basis)})
    return " ".join(said)


def _crossing(tiers: TierSet) -> str:
    if tiers.entry == "at_review":
        return _("A level is reached when the cycle ends.")
    match tiers.rate:
        case "before":
            return _("The purchase that reaches a level still earns at the level before it.")
        case "after":
            return _("The purchase that reaches a level already earns at that level.")
        case "split":
            return _("Of the purchase that reaches a level, what lies above the threshold earns at that level.")


def _held(tiers: TierSet) -> Iterator[str]:
    match tiers.cycle:
        case ByCalendar() | ByAnniversary(of="joining"):
            yield _("What counted when a cycle ends decides which level is held through the next.")
        case ByAnniversary(months=months):
            months_said = ngettext("a month", "%(n)s months", months) % {"n": words.number(months)}
            yield _("A level is held for %(months)s from the day it was reached, and then looked at again.") % {
                "months": months_said
            }
        case ForLife():
            yield _("Time takes no level away.")
        case _:
            pass


def _lost(tiers: TierSet) -> Iterator[str]:
    down = tiers.downgrade
    if down.by == "one_step":
        yield _("A level falls by one step at a time.")
    if down.grace_days:
        yield ngettext(
            "It stays for %(days)s day after it would have fallen.",
            "It stays for %(days)s days after it would have fallen.",
            down.grace_days,
        ) % {"days": words.number(down.grace_days)}
    if down.keep_until is not None:
        day = words.day_of_year(down.keep_until.month, down.keep_until.day)
        yield _("It stays through the next %(day)s after it would have fallen.") % {"day": day}
    if tiers.lock_days:
        yield ngettext(
            "Time takes no level for %(days)s day after it was reached.",
            "Time takes no level for %(days)s days after it was reached.",
            tiers.lock_days,
        ) % {"days": words.number(tiers.lock_days)}
