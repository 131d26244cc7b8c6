"""Rules as sentences: what a member gets, for what, and no more than what."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.core.basis import Basis
from stammis.core.earn import Cap, Earn, Multiply, PerAmount, PerEvent, PerPurchase, PerUnit
from stammis.core.programme import Programme
from stammis.programmes.sentences import conditions, lasting, scales, words


def rule_name(rule: Earn) -> str:
    """The rule's name for members; without one, its id."""
    return words.name(rule.name, rule.id)


def rule_named(programme: Programme, rule: str) -> str:
    """The name of the rule with this id; the id itself where the programme has none such."""
    found = next((each for each in programme.earn if each.id == rule), None)
    return rule_name(found) if found else rule


def rule(rule: Earn, programme: Programme) -> str:
    """A rule as one sentence: «2 points for each €1.00 spent, in the category dairy, at most 100 points a month.»."""
    parts = [_gives(rule, programme), *conditions.phrases(rule.when, programme)]
    if isinstance(rule, PerAmount) and rule.basis is not None:
        parts.append(counted(rule.basis))
    if rule.cap is not None:
        parts.append(cap(rule.cap, rule.wallet, programme))
    if rule.pending is not None:
        parts.append(lasting.pending(rule.pending))
    sentence = _("%(parts)s.") % {"parts": ", ".join(parts)}
    return sentence[:1].upper() + sentence[1:]


def _gives(rule: Earn, programme: Programme) -> str:
    match rule:
        case PerAmount():
            facts = {
                "points": scales.points(rule, programme),
                "money": words.money(Decimal(rule.each), programme.currency),
            }
            if rule.full_steps:
                return _("%(points)s for each full %(money)s spent") % facts
            return _("%(points)s for each %(money)s spent") % facts
        case PerUnit():
            return _("%(points)s for each piece bought") % {"points": scales.points(rule, programme)}
        case PerPurchase():
            return _("%(points)s for a purchase") % {"points": scales.points(rule, programme)}
        case PerEvent():
            return _for_event(rule, programme)
        case Multiply():
            return _multiplies(rule, programme)
    assert_never(rule)


def _for_event(rule: PerEvent, programme: Programme) -> str:
    facts = {"points": scales.points(rule, programme), "event": event_name(rule.event, programme)}
    match rule.event:
        case "enrolment":
            return _("%(points)s for joining") % facts
        case "first_purchase":
            return _("%(points)s for the first purchase") % facts
        case "birthday":
            return _("%(points)s on the birthday") % facts
        case "anniversary":
            return _("%(points)s on each anniversary of joining") % facts
        case _:
            return _("%(points)s for each event «%(event)s»") % facts


def event_name(kind: str, programme: Programme) -> str:
    """The name of a type of event for members; the type itself where the programme gives it none."""
    declared = next((each for each in programme.events if each.id == kind), None)
    return words.name(declared.name, kind) if declared else kind


def _multiplies(rule: Multiply, programme: Programme) -> str:
    factor = words.number(rule.factor)
    if not rule.rules:
        return _("%(factor)s times the points of all other rules") % {"factor": factor}
    names = words.both(f"«{rule_named(programme, each)}»" for each in rule.rules)
    return ngettext(
        "%(factor)s times the points of the rule %(rules)s",
        "%(factor)s times the points of the rules %(rules)s",
        len(rule.rules),
    ) % {"factor": factor, "rules": names}


def cap(limit: Cap, wallet: str, programme: Programme) -> str:
    """What a member gets at most of a rule."""
    most = []
    if limit.points is not None:
        most.append(words.points(limit.points, words.wallet_of(programme, wallet)))
    if limit.times is not None:
        most.append(
            ngettext("%(number)s time", "%(number)s times", limit.times) % {"number": words.number(limit.times)}
        )
    facts = {"most": words.both(most)}
    match limit.per:
        case "day":
            return _("at most %(most)s a day") % facts
        case "week":
            return _("at most %(most)s a week") % facts
        case "month":
            return _("at most %(most)s a month") % facts
        case "year":
            return _("at most %(most)s a year") % facts
        case "ever":
            return _("at most %(most)s in all") % facts
        case "purchase":
            return _("at most %(most)s for a purchase") % facts
    assert_never(limit.per)


def counted(basis: Basis) -> str:
    """What of a purchase counts, as a phrase."""
    counts, leaves_out = sides(basis)
    if not leaves_out:
        return _("counted with %(counts)s") % {"counts": words.both(counts)}
    facts = {"counts": words.both([_("goods"), *counts]), "leaves_out": words.either(leaves_out)}
    return _("counted on %(counts)s, not on %(leaves_out)s") % facts


def sides(basis: Basis) -> tuple[list[str], list[str]]:
    """What counts besides goods, and what does not."""
    named = [
        (_("tax"), basis.tax == "included"),
        (_("shipping"), basis.shipping),
        (_("fees"), basis.fees),
        (_("gift cards"), basis.gift_cards),
        (_("what is paid with points"), basis.paid_by_points),
        (_("what a reward takes off"), basis.rewards == "before"),
    ]
    return [name for name, counts in named if counts], [name for name, counts in named if not counts]
