"""Why a level was reached or lost, in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from stammis.core.effects import TierMoved
from stammis.core.events import AnyEvent, DayPassed, Purchase, Return, StatusChanged
from stammis.core.programme import Programme
from stammis.core.progress import TierProgress
from stammis.programmes.sentences import words


def moved(effect: TierMoved, event: AnyEvent, after: TierProgress | None, programme: Programme) -> str:
    """Say since when a level is held, what brought it and how much counted ``after`` it, in the active language."""
    local = dt.datetime.fromtimestamp(effect.at, ZoneInfo(programme.timezone))
    facts = {"level": level_name(effect.set, effect.after, programme), "day": words.day(local.date())}
    said = _cause(effect, event, facts)
    if after is None:
        return said
    counted = _("%(amount)s counted then.") % {"amount": counted_text(after, programme)}
    lost = _lost(effect, after, programme)
    return f"{said} {counted} {lost}" if lost else f"{said} {counted}"


def _lost(effect: TierMoved, after: TierProgress, programme: Programme) -> str:
    """What the level before would have needed, where it was lost."""
    tiers = next((each for each in programme.tiers if each.id == effect.set), None)
    places = {level.id: place for place, level in enumerate(tiers.levels)} if tiers else {}
    if tiers is None or effect.before is None or places.get(effect.before, 0) <= places.get(effect.after or "", -1):
        return ""
    threshold = tiers.levels[places[effect.before]].at if effect.before in places else None
    if threshold is None:
        return ""
    units = {**after, "counted": int(Decimal(threshold).scaleb(after["decimals"]))}
    needed = counted_text(cast("TierProgress", units), programme)
    return _("«%(level)s» takes %(amount)s.") % {
        "level": level_name(effect.set, effect.before, programme),
        "amount": needed,
    }


def level_name(tier_set: str, level: str | None, programme: Programme) -> str:
    """Give a level's name; words for none."""
    if level is None:
        return _("no level")
    tiers = next((each for each in programme.tiers if each.id == tier_set), None)
    found = next((each for each in tiers.levels if each.id == level), None) if tiers else None
    return words.name(found.name, level) if found else level


def counted_text(progress: TierProgress, programme: Programme) -> str:
    """Write what counts of a tier set's first measure: money, points, or how often."""
    tiers = next((each for each in programme.tiers if each.id == progress["set"]), None)
    amount = Decimal(progress["counted"]).scaleb(-progress["decimals"])
    counts = progress["measures"][0]["counts"]
    if counts == "spend":
        return words.money(amount, programme.currency)
    if counts in {"points", "balance"} and tiers is not None:
        return words.points(amount, words.wallet_of(programme, tiers.wallet))
    return words.number(amount)


def _cause(effect: TierMoved, event: AnyEvent, facts: dict[str, str]) -> str:
    match effect.because, event:
        case "by_hand", _:
            return _("«%(level)s» since %(day)s, given by hand.") % facts
        case "by_hand_over", _:
            return _("«%(level)s» since %(day)s, as the level given by hand ended.") % facts
        case "review", _:
            return _("«%(level)s» since %(day)s, by the review of that day.") % facts
        case "grace_over", _:
            return _("«%(level)s» since %(day)s, as the time of grace was over.") % facts
        case "spent", _:
            return _("«%(level)s» since %(day)s, as points were spent.") % facts
        case "merged", _:
            return _("«%(level)s» since %(day)s, as another account was merged into this one.") % facts
        case "parted", _:
            return _("«%(level)s» since %(day)s, as two accounts were parted again.") % facts
        case "rules", _:
            return _("«%(level)s» since %(day)s, as the programme changed.") % facts
        case _, Purchase():
            return _("«%(level)s» since %(day)s, by purchase %(purchase)s.") % (facts | {"purchase": event.id})
        case _, Return():
            facts["purchase"] = event.purchase
            return _("«%(level)s» since %(day)s, as goods or money of purchase %(purchase)s came back.") % facts
        case _, StatusChanged():
            facts |= {"purchase": event.purchase, "status": event.status}
            return _("«%(level)s» since %(day)s, as purchase %(purchase)s became «%(status)s».") % facts
        case _, DayPassed():
            return _("«%(level)s» since %(day)s, as what had counted before lies too far back now.") % facts
        case _:
            return _("«%(level)s» since %(day)s.") % facts
