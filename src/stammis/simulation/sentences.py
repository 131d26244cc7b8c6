"""Two runs side by side in words: what somebody who has to decide reads first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_percent
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammis.core.programme import Programme as Document
from stammis.programmes.sentences import rule_named, words
from stammis.simulation.estimates import Estimate
from stammis.simulation.queries.comparing import Comparison, Wallet
from stammis.simulation.results import Limit, WalletTotals
from stammis.simulation.tallies import MOVES

BEHAVIOUR = gettext_lazy(
    "Everybody is taken to have bought and redeemed just as they did. What other terms would have made them do is not"
    " in these numbers."
)
SHOWN_BELOW = 10
"""Changes below so many per cent are written with a decimal."""


def verdict(found: Comparison, document: Document) -> list[str]:
    """Say in sentences what was tried would have meant: points and money, members, levels, what is left, budgets."""
    if not found.tried.members:
        return [_("There was nobody in these days to try it on.")]
    if not _happened(found):
        return [_("Nothing happened in these days, so that there is nothing to try it on. Choose other days.")]
    if not _differs(found):
        return [_("It would have given exactly what was given: nobody would have more or less.")]
    told = [given(wallet, document) for wallet in found.wallets if _given(wallet.today) or _given(wallet.tried)]
    if sum(wallet.cost_minor is not None for wallet in found.wallets) > 1 and found.cost_minor is not None:
        told.append(cost(found.cost_minor, document.currency))
    if found.share == (1, 1):
        return [*told, members(found), *levels(found, document), *left(found, document), *stopped(found, document)]
    part, whole = (words.number(number) for number in found.share)
    sample = _(
        "That is estimated for all %(whole)s members; what follows is counted in the sample of %(part)s of them, as are"
        " the numbers by month and rule."
    ) % {"part": part, "whole": whole}
    scaled = (*levels(found, document), *left(found, document))
    return [*told, *scaled, sample, members(found), *stopped(found, document)]


def given(wallet: Wallet, document: Document) -> str:
    """Say how many more or fewer points of a wallet would have been given, and what they are worth."""
    unit = words.wallet_of(document, wallet.id)
    change, money = wallet.change.value, wallet.cost_minor
    if change == 0:
        same = _("It would have given as many %(wallet)s as it did.") % {
            "wallet": words.name(unit.name, wallet.id) if unit else wallet.id
        }
        return f"{same} {_revalued(money, document)}" if wallet.revalued and money else same
    facts = {
        "points": words.points(words.smallest(abs(change), unit), unit),
        "share": share(_given(wallet.tried) - _given(wallet.today), _given(wallet.today)),
    }
    if money is None or wallet.revalued:
        more = _("It would have given %(points)s more (%(share)s).")
        told = (more if change > 0 else _("It would have given %(points)s less (%(share)s).")) % facts
        return f"{told} {_revalued(money, document)}" if money else told
    facts["money"] = words.minor_money(abs(money.value), document.currency)
    more = _("It would have given %(points)s more (%(share)s), worth %(money)s.")
    return (more if change > 0 else _("It would have given %(points)s less (%(share)s), worth %(money)s.")) % facts


def _revalued(estimate: Estimate, document: Document) -> str:
    """Say what all that is given would be worth where a point is worth something else than it is."""
    facts = {"money": words.minor_money(abs(estimate.value), document.currency)}
    if estimate.value < 0:
        return _("As a point would be worth something else, all that is given would be worth %(money)s less.") % facts
    return _("As a point would be worth something else, all that is given would be worth %(money)s more.") % facts


def cost(estimate: Estimate, currency: str) -> str:
    """Say what all wallets together would have cost more or less."""
    facts = {"money": words.minor_money(abs(estimate.value), currency)}
    if estimate.value == 0:
        return _("All together it would have cost as much as it did.")
    more = _("All together it would have cost %(money)s more.")
    return (more if estimate.value > 0 else _("All together it would have cost %(money)s less.")) % facts


def members(found: Comparison) -> str:
    """Say how many members would be better and worse off."""
    spread = found.spread
    sentence = ngettext(
        "%(better)s member would have been better off, %(worse)s worse; for %(same)s nothing would have changed.",
        "%(better)s members would have been better off, %(worse)s worse; for %(same)s nothing would have changed.",
        spread.better,
    )
    return sentence % {name: words.number(getattr(spread, name)) for name in ("better", "worse", "same")}


def levels(found: Comparison, document: Document) -> Iterator[str]:
    """Say of each level in which another number of members would be at the end how many."""
    last = max((each.month for each in found.levels), default="")
    names = {
        (tiers.id, level.id): words.name(level.name, level.id) for tiers in document.tiers for level in tiers.levels
    }
    for each in found.levels:
        today, tried = each.today, each.tried
        if each.estimates is not None:
            today, tried = (estimate.value for estimate in each.estimates)
        if each.month == last and today != tried and (each.set, each.level) in names:
            facts = {"level": names[each.set, each.level], "tried": words.number(tried)}
            sentence = ngettext(
                "%(level)s at the end: %(tried)s member instead of %(today)s.",
                "%(level)s at the end: %(tried)s members instead of %(today)s.",
                tried,
            )
            yield sentence % (facts | {"today": words.number(today)})


def left(found: Comparison, document: Document) -> Iterator[str]:
    """Say what would be outstanding at the end, where that is something else."""
    for wallet in found.wallets:
        unit = words.wallet_of(document, wallet.id)
        today, tried = wallet.today.closing, wallet.tried.closing
        if scaled := wallet.estimates.get("closing"):
            today, tried = scaled.today.value, scaled.tried.value
        if today != tried:
            now, then = (words.smallest(each, unit) for each in (today, tried))
            facts = {"tried": words.points(then, unit), "today": words.number(now)}
            yield _("Outstanding at the end: %(tried)s instead of %(today)s.") % facts


def stopped(found: Comparison, document: Document) -> Iterator[str]:
    """Say which caps and budgets would have been reached otherwise than they were, and how much was not possible."""
    known = dict(_reached(found.today.limits))
    for (budget, limit), (times, first_at) in _reached(found.tried.limits):
        if known.get((budget, limit)) == (times, first_at):
            continue
        facts = {
            "name": limit_name("budget_reached" if budget else "", limit, document),
            "day": words.day(_local(first_at, document.timezone)),
            "times": words.number(times),
        }
        if budget:
            yield _("The budget %(name)s would have been used up, first on %(day)s.") % facts
        else:
            sentence = ngettext(
                "The limit of %(name)s would have been reached %(times)s time, first on %(day)s.",
                "The limit of %(name)s would have been reached %(times)s times, first on %(day)s.",
                times,
            )
            yield sentence % facts
    missed = sum(found.tried.refused.values())
    if missed:
        sentence = ngettext(
            "%(count)s redemption or payment with points would not have been possible.",
            "%(count)s redemptions or payments with points would not have been possible.",
            missed,
        )
        yield sentence % {"count": words.number(missed)}


def _reached(limits: tuple[Limit, ...]) -> Iterator[tuple[tuple[bool, str], tuple[int, dt.datetime]]]:
    """Give by budget or cap how often it was reached, whether it left a part or nothing, and when first."""
    for budget, limit in dict.fromkeys((each.because == "budget_reached", each.id) for each in limits):
        same = [each for each in limits if ((each.because == "budget_reached"), each.id) == (budget, limit)]
        yield (budget, limit), (sum(each.times for each in same), min(each.first_at for each in same))


def limit_name(because: str, limit: str, document: Document) -> str:
    """Name a budget, a cap that rules share, or a rule's own cap by its rule; by its id where it is not there."""
    parts = document.budgets if because == "budget_reached" else document.caps
    found = next((each for each in parts if each.id == limit), None)
    return words.name(found.name, limit) if found else rule_named(document, limit)


def share(change: int, of: int) -> str:
    """Write a change as per cent of what there was: «+12 %»."""
    if not of:
        return _("none until now")
    part = Decimal(change) / of
    sign = "+" if part > 0 else words.MINUS if part < 0 else ""
    places = 0 if abs(part) * 100 >= SHOWN_BELOW else 1
    return sign + format_percent(round(abs(part), 2 + places), locale=words.locale(), decimal_quantization=False)


def refusal_kinds() -> dict[str, str | Promise]:
    """Name what was done with points and could not have been done."""
    return {
        "redemption": gettext_lazy("Rewards taken"),
        "tender": gettext_lazy("Payments with points"),
        "hold": gettext_lazy("Points put aside"),
        "hold_captured": gettext_lazy("Points put aside were spent"),
        "hold_released": gettext_lazy("Points put aside are free again"),
        "exchange": gettext_lazy("Points exchanged"),
        "transfer": gettext_lazy("Points given to others"),
    }


def move_names() -> dict[str, str | Promise]:
    """Name how the points of a wallet moved, in the order of an account."""
    return {
        "opening": gettext_lazy("At the beginning"),
        "earned": gettext_lazy("Earned by rules"),
        "given": gettext_lazy("Given by hand or brought"),
        "taken_back": gettext_lazy("Taken back"),
        "redeemed": gettext_lazy("Redeemed"),
        "restored": gettext_lazy("Given back after a return"),
        "expired": gettext_lazy("Expired"),
        "received": gettext_lazy("Received from others"),
        "sent": gettext_lazy("Sent to others"),
        "closing": gettext_lazy("Outstanding at the end"),
    }


def limit_kinds() -> dict[str, str | Promise]:
    """Name how caps and budgets cut what rules would have given."""
    return {
        "budget_reached": gettext_lazy("The budget was used up"),
        "cap_reached": gettext_lazy("The limit was reached: nothing more"),
        "capped": gettext_lazy("The limit cut off a part"),
    }


def _given(totals: WalletTotals) -> int:
    return totals.earned + totals.given + totals.taken_back


def _happened(found: Comparison) -> bool:
    """Whether anything was bought or moved in the stretch, on either side."""
    sides = (found.today, found.tried)
    return any(side.purchases or side.refused for side in sides) or any(
        getattr(side, name) for wallet in found.wallets for side in (wallet.today, wallet.tried) for name in MOVES
    )


def _differs(found: Comparison) -> bool:
    return bool(
        found.spread.better
        or found.spread.worse
        or any(wallet.today != wallet.tried for wallet in found.wallets)
        or any(level.today != level.tried for level in found.levels)
    )


def _local(moment: dt.datetime, zone: str) -> dt.date:
    return moment.astimezone(ZoneInfo(zone)).date()
