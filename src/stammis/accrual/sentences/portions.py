"""What a rule looked at and gave in each part of a purchase that crossed a level, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.earn import Earn, PerPurchase, as_decided
from stammis.core.effects import Step
from stammis.core.events import Scalar
from stammis.core.programme import Programme
from stammis.core.spread import spread
from stammis.programmes.sentences import conditions, words


def portions(step: Step, rule: Earn, programme: Programme) -> list[str]:
    """The parts in which a purchase was decided for a rule: the level of each, and what it gave there or why not.

    What it gave in them adds up to what the step gave, also where a row has only a share of that; of a return they are
    the parts of what is kept. Nothing where the purchase was decided in one piece.
    """
    count = step.saw.get("parts")
    if not isinstance(count, int):
        return []
    parts = [_portion(step.saw, number + 1) for number in range(count)]
    given = [_whole(part.get("points")) for part in parts]
    kept = step.because == "returned"
    if not kept and sum(given) != step.points:
        given = spread(step.points, given)
    said = [_part(part, points, step, rule, programme) for part, points in zip(parts, given, strict=True)]
    facts = {"parts": "; ".join(said)}
    if kept:
        return [_("What is kept was decided anew: %(parts)s.") % facts]
    return [_("The purchase crossed a level and was decided in parts: %(parts)s.") % facts]


def _portion(saw: Mapping[str, Scalar], number: int) -> dict[str, Scalar]:
    prefix = f"part_{number}_"
    return {name.removeprefix(prefix): value for name, value in saw.items() if name.startswith(prefix)}


def _part(part: Mapping[str, Scalar], points: int, step: Step, rule: Earn, programme: Programme) -> str:
    facts = {"part": _where(part, programme)}
    match part.get("because"):
        case "given":
            wallet = words.wallet_of(programme, step.wallet or "")
            facts["points"] = words.points(words.smallest(points, wallet), wallet)
            return _given(part, step, rule, facts, programme)
        case "condition" if step.applied:
            facts["asked"] = ", ".join(conditions.phrases(as_decided(rule).when, programme))
            return _("%(part)s: nothing, since it holds %(asked)s") % facts
        case "level_before":
            return (
                _("%(part)s: nothing, since what it gives for a purchase as a whole is decided at the level before")
                % facts
            )
        case "level_gives_nothing":
            return _("%(part)s: nothing, since its table gives nothing there") % facts
        case "no_amount":
            return _("%(part)s: nothing, since nothing of it counts") % facts
        case "nothing_to_multiply":
            return _("%(part)s: nothing, since there was nothing that it multiplies") % facts
        case _:
            return _("%(part)s: nothing") % facts


def _given(part: Mapping[str, Scalar], step: Step, rule: Earn, facts: dict[str, str], programme: Programme) -> str:
    if "counted" in part:
        currency = str(step.saw.get("currency") or programme.currency)
        facts["money"] = words.minor_money(_whole(part["counted"]), currency)
        return _("%(part)s: %(points)s for %(money)s") % facts
    if "quantity" in part:
        facts["quantity"] = words.number((Decimal(_whole(part["quantity"])) / QUANTITY_SCALE).normalize())
        return _("%(part)s: %(points)s for a quantity of %(quantity)s") % facts
    if isinstance(as_decided(rule), PerPurchase):
        return _("%(part)s: %(points)s for the purchase as a whole") % facts
    return _("%(part)s: %(points)s") % facts


def _where(part: Mapping[str, Scalar], programme: Programme) -> str:
    """How much of the purchase a part is, and which level it had; of several sets all levels."""
    names = {
        (tiers.id, level.id): words.name(level.name, level.id) for tiers in programme.tiers for level in tiers.levels
    }
    pairs = [str(each).partition(":")[::2] for each in str(part.get("level") or "").split(",")]
    levels = [names.get((found, level), level) for found, level in pairs if level]
    facts = {"money": words.minor_money(_whole(part.get("money")), programme.currency), "level": words.both(levels)}
    if len(levels) > 1:
        return _("%(money)s at the levels %(level)s") % facts
    return (_("%(money)s at the level %(level)s") if levels else _("%(money)s without a level")) % facts


def _whole(value: Scalar) -> int:
    return value if isinstance(value, int) else 0
