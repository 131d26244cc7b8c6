"""What tables, formulas, groups, caps and budgets did to a rule, as sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from stammis.core.earn import Earn, Multiply, PerUnit
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.programme import Programme
from stammis.core.scales import Bands, ByTier
from stammis.core.standing import Rate
from stammis.programmes.sentences import rules, words

NO_VALUES = ("formula", "left", "group", "budget", "cap", "part")
"""What a step of a formula keeps beside the values of its names."""


def rate_said(rate: Rate, programme: Programme) -> str:
    """The rate by which a purchase in another currency was decided, and its day."""
    facts = {
        "rate": words.number(rate.rate),
        "currency": rate.currency,
        "own": programme.currency,
        "day": words.day(dt.date.fromisoformat(rate.on)),
    }
    return _("It was reckoned at %(rate)s %(currency)s for 1 %(own)s, the rate of %(day)s.") % facts


def limits(step: Step, programme: Programme) -> list[str]:
    """What lowered what a rule gave, and the group in which it went before others."""
    said = []
    if step.because in {"capped", "budget_reached"}:
        left = step.saw.get("left")
        wallet = words.wallet_of(programme, step.wallet or "")
        facts = {
            "points": words.points(words.smallest(left if isinstance(left, int) else 0, wallet), wallet),
            "name": _named(step.saw, programme),
        }
        if step.because == "budget_reached" and _is_of_household(step.saw, programme):
            said.append(_("Of «%(name)s», which a household has together, %(points)s were left.") % facts)
        elif step.because == "budget_reached":
            said.append(_("The budget «%(name)s» left %(points)s.") % facts)
        elif facts["name"]:
            said.append(_("The limit «%(name)s» left %(points)s.") % facts)
        else:
            said.append(_("Its limit left %(points)s.") % facts)
    if "group" in step.saw:
        said.append(_("It went before the other rules of «%(name)s».") % {"name": _group(step.saw, programme)})
    return said


def scaled(saw: Mapping[str, Scalar], rule: Earn, programme: Programme) -> list[str]:
    """The band, level or values by which a rule gave."""
    if "band" in saw and not isinstance(rule, Multiply) and isinstance(rule.points, Bands):
        band = str(saw["band"])
        start = words.number(band) if isinstance(rule, PerUnit) else words.money(Decimal(band), programme.currency)
        return [_("The band from %(start)s on was reached.") % {"start": start}]
    if "level" in saw:
        return [_("The level was %(level)s.") % {"level": _level(saw["level"], rule, programme)}]
    if "levels" in saw:
        levels = [_level(level, rule, programme) for level in str(saw["levels"]).split(",")]
        said = _("The purchase crossed a threshold; its parts were at the levels %(levels)s.")
        return [said % {"levels": words.both(levels)}]
    if "formula" in saw:
        values = [f"{name} = {value}" for name, value in saw.items() if not name.startswith(NO_VALUES)]
        return [_("Reckoned with %(values)s.") % {"values": words.both(values)}] if values else []
    return []


def kept_out(step: Step, facts: dict[str, str], programme: Programme) -> str:
    """Why a rule gave nothing although its conditions held; ``facts`` holds its name as ``rule``."""
    rule = next((each for each in programme.earn if each.id == step.rule), None)
    match step.because:
        case "budget_reached":
            facts["name"] = _named(step.saw, programme)
            if _is_of_household(step.saw, programme):
                return (
                    _("«%(rule)s» gave nothing: nothing was left of «%(name)s», which a household has together.")
                    % facts
                )
            return _("«%(rule)s» gave nothing: nothing was left of the budget «%(name)s».") % facts
        case "cap_reached":
            facts["name"] = _named(step.saw, programme)
            return _("«%(rule)s» gave nothing: the limit «%(name)s» was reached.") % facts
        case "group_lost":
            facts["name"] = _group(step.saw, programme)
            facts["won"] = rules.rule_named(programme, str(step.saw.get("won") or ""))
            return _("«%(rule)s» gave nothing: of «%(name)s» only one rule gives, here «%(won)s».") % facts
        case "band_gives_nothing":
            return _("«%(rule)s» gave nothing: its table gives nothing for this amount.") % facts
        case "level_gives_nothing":
            facts["level"] = _level(step.saw.get("level"), rule, programme)
            return _("«%(rule)s» gave nothing: its table gives nothing at the level %(level)s.") % facts
        case "divides_by_zero":
            return _("«%(rule)s» gave nothing: its formula would divide by zero here.") % facts
        case "no_value":
            facts["name"] = str(step.saw.get("name") or "")
            return _("«%(rule)s» gave nothing: its formula asks for %(name)s, which has no number here.") % facts
        case _:
            return _("«%(rule)s» gave nothing: its formula comes to nothing here.") % facts


def _named(saw: Mapping[str, Scalar], programme: Programme) -> str:
    """The name of the shared cap or budget that a step looked at; empty where it was the rule's own cap."""
    budget, cap = saw.get("budget"), saw.get("cap")
    names = {each.id: words.name(each.name, each.id) for each in programme.budgets}
    if budget is not None:
        return names.get(str(budget), str(budget))
    names = {rule.id: words.name(rule.name, rule.id) for rule in programme.earn}
    names |= {each.id: words.name(each.name, each.id) for each in programme.caps}
    return "" if cap is None else names.get(str(cap), str(cap))


def _is_of_household(saw: Mapping[str, Scalar], programme: Programme) -> bool:
    return any(each.id == saw.get("budget") and each.of == "household" for each in programme.budgets)


def _group(saw: Mapping[str, Scalar], programme: Programme) -> str:
    names = {each.id: words.name(each.name, each.id) for each in programme.groups}
    return names.get(str(saw.get("group")), str(saw.get("group")))


def _level(saw: Scalar, rule: Earn | None, programme: Programme) -> str:
    level = str(saw or "")
    points = None if rule is None or isinstance(rule, Multiply) else rule.points
    name = points.set if isinstance(points, ByTier) else ""
    tiers = next((tiers for tiers in programme.tiers if tiers.id == name), None)
    names = {each.id: words.name(each.name, each.id) for each in (tiers.levels if tiers else ())}
    return names.get(level, level or _("none"))
