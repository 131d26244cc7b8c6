"""Tables, formulas, groups, shared caps and budgets as sentences."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _

from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.earn import PerAmount, PerEvent, PerPurchase, PerUnit
from stammis.core.programme import Programme
from stammis.core.scales import Bands, ByTier, Formula
from stammis.programmes.sentences import words

Giving = PerAmount | PerUnit | PerPurchase | PerEvent


def points(rule: Giving, programme: Programme) -> str:
    """What a rule gives at a time: «2 points», or the table or formula that tells."""
    wallet = words.wallet_of(programme, rule.wallet)
    given = rule.points
    match given:
        case Bands():
            return _bands(rule, given, programme)
        case ByTier():
            return _by_tier(rule, given, programme)
        case Formula():
            facts = {"formula": given.formula, "most": words.points(given.at_most, wallet)}
            return _("points by the formula «%(formula)s» (at most %(most)s)") % facts
        case _:
            return words.points(given, wallet)


def _bands(rule: Giving, scale: Bands, programme: Programme) -> str:
    wallet = words.wallet_of(programme, rule.wallet)
    named = []
    for band in scale.bands:
        facts = {"points": words.points(band.points, wallet)}
        if isinstance(rule, PerUnit):
            facts["start"] = words.number(band.at)
        else:
            facts["start"] = words.money(Decimal(band.at), programme.currency)
        named.append(_("%(points)s from %(start)s on") % facts)
    facts = {"bands": words.both(named)}
    if scale.marginal:
        return _("by amount, each part at its own rate (%(bands)s)") % facts
    return _("by amount (%(bands)s)") % facts


def _by_tier(rule: Giving, scale: ByTier, programme: Programme) -> str:
    wallet = words.wallet_of(programme, rule.wallet)
    tiers = next((each for each in programme.tiers if each.id == scale.set), None)
    names = {level.id: words.name(level.name, level.id) for level in (tiers.levels if tiers else ())}
    named = [
        _("%(points)s at the level %(level)s")
        % {"points": words.points(amount, wallet), "level": names.get(level, level)}
        for level, amount in scale.levels.items()
    ]
    if Decimal(scale.otherwise):
        named.append(_("%(points)s otherwise") % {"points": words.points(scale.otherwise, wallet)})
    return _("by level (%(levels)s)") % {"levels": words.both(named)}


def group(each: Group, programme: Programme) -> str:
    """A group as a sentence."""
    facts = {"rules": _rules(each.rules, programme)}
    if each.gives == "highest":
        return _("Of %(rules)s the one that gives most counts.") % facts
    return _("Of %(rules)s only the first that gives anything counts.") % facts


def shared_cap(each: SharedCap, programme: Programme) -> str:
    """A cap that rules share, as a sentence."""
    facts = {
        "rules": _rules(each.rules, programme) if each.rules else _("all rules"),
        "most": words.points(each.points, words.wallet_of(programme, each.wallet)),
    }
    match each.per:
        case "purchase":
            return _("From %(rules)s together at most %(most)s for a purchase.") % facts
        case "day":
            return _("From %(rules)s together at most %(most)s a day.") % facts
        case "week":
            return _("From %(rules)s together at most %(most)s a week.") % facts
        case "month":
            return _("From %(rules)s together at most %(most)s a month.") % facts
        case "year":
            return _("From %(rules)s together at most %(most)s a year.") % facts
        case "ever":
            return _("From %(rules)s together at most %(most)s in all.") % facts
    assert_never(each.per)


def budget(each: Budget, programme: Programme) -> str:
    """A budget as a sentence."""
    rule = next((rule for rule in programme.earn if rule.id in each.rules), None)
    most = []
    if each.points is not None:
        most.append(words.points(each.points, words.wallet_of(programme, rule.wallet) if rule else None))
    if each.money is not None:
        most.append(_("points worth %(money)s") % {"money": words.money(Decimal(each.money), programme.currency)})
    facts = {"rules": _rules(each.rules, programme), "most": words.both(most)}
    if each.of == "household":
        return _of_household(each, facts)
    match each.per:
        case "day":
            text = _("There are %(most)s a day for all members, from %(rules)s.") % facts
        case "week":
            text = _("There are %(most)s a week for all members, from %(rules)s.") % facts
        case "month":
            text = _("There are %(most)s a month for all members, from %(rules)s.") % facts
        case "year":
            text = _("There are %(most)s a year for all members, from %(rules)s.") % facts
        case "ever":
            text = _("There are %(most)s in all for all members, from %(rules)s.") % facts
        case _:
            assert_never(each.per)
    return f"{text} {_('Each store has as much.')}" if each.of == "store" else text


def _of_household(each: Budget, facts: dict[str, str]) -> str:
    match each.per:
        case "day":
            return _("A household, or a member in none, gets at most %(most)s a day from %(rules)s.") % facts
        case "week":
            return _("A household, or a member in none, gets at most %(most)s a week from %(rules)s.") % facts
        case "month":
            return _("A household, or a member in none, gets at most %(most)s a month from %(rules)s.") % facts
        case "year":
            return _("A household, or a member in none, gets at most %(most)s a year from %(rules)s.") % facts
        case "ever":
            return _("A household, or a member in none, gets at most %(most)s in all from %(rules)s.") % facts
    assert_never(each.per)


def _rules(names: tuple[str, ...], programme: Programme) -> str:
    known = {rule.id: words.name(rule.name, rule.id) for rule in programme.earn}
    return words.both(f"«{known.get(name, name)}»" for name in names)
