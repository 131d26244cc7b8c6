"""What a member has now, as the page beside the story tells it: wallets, what ends when, levels, open rewards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.stories import reward_name
from stammis.core import standing as core
from stammis.core import views
from stammis.core.progress import TierProgress, tier_progress
from stammis.core.rules import Rules
from stammis.core.views import Expiring
from stammis.members.models import Member
from stammis.programmes.sentences import words
from stammis.rewards.models import Issued

SOONEST = 3


@dataclass(frozen=True)
class WalletBalance:
    """A wallet: amounts in its smallest unit, ``value`` as money, and what ends when, soonest first."""

    id: str
    unit: str
    decimals: int
    active: int
    held: int
    value: str
    soon: list[tuple[dt.date, int]]
    later: list[tuple[dt.date, int]]


@dataclass(frozen=True)
class Climb:
    """A tier set: the level held, what the next one takes, and how far along (0 to 100) the member is."""

    name: str
    level: str
    next: str
    missing: str
    counted: str
    share: int
    last_day: dt.date | None


def wallets(standing: core.Standing, rules: Rules, at: int) -> list[WalletBalance]:
    """Give the wallets of the programme in its order."""
    ending = sorted(views.expiring(standing, rules, at), key=lambda one: one["wallet"])
    by_wallet = {wallet: list(found) for wallet, found in groupby(ending, key=lambda one: one["wallet"])}
    shown = views.wallet_view(standing, rules, at)
    balances = []
    for wallet in rules.programme.wallets:
        view, ends = shown[wallet.id], _ends(by_wallet.get(wallet.id, []))
        value = "" if view["value"] is None else formats.money(view["value"], rules.programme.currency)
        unit = words.name(wallet.name, wallet.id)
        balances.append(
            WalletBalance(
                wallet.id, unit, wallet.decimals, view["active"], view["held"], value, ends[:SOONEST], ends[SOONEST:]
            )
        )
    return balances


def climbs(standing: core.Standing, rules: Rules, at: int) -> list[Climb]:
    """Give how far a member is in each tier set."""
    sets = {tiers.id: tiers for tiers in rules.programme.tiers}
    found = []
    for progress in tier_progress(standing, rules, at):
        tiers = sets[progress["set"]]
        names = {level.id: words.name(level.name, level.id) for level in tiers.levels}

        def written(amount: int, progress: TierProgress = progress, counts: str = tiers.counts) -> str:
            if counts == "spend":
                return formats.money(Decimal(amount).scaleb(-progress["decimals"]), rules.programme.currency)
            return formats.points(amount, progress["decimals"])

        missing = progress["missing"]
        found.append(
            Climb(
                name=words.name(tiers.name, tiers.id),
                level=names.get(progress["level"] or "", _("no level yet")),
                next=names.get(progress["next"] or "", ""),
                missing="" if missing is None else written(missing),
                counted=written(progress["counted"]),
                share=_share(progress["counted"], missing),
                last_day=dt.date.fromisoformat(progress["last_day"]) if progress["last_day"] else None,
            )
        )
    return found


def open_rewards(member: Member, rules: Rules) -> list[dict[str, Any]]:
    """Give the rewards that a member took and has not used, newest first."""
    issued = Issued.objects.filter(member_id=member.id, state=Issued.State.ISSUED).order_by("-issued_at")
    return [{"issued": one, "name": reward_name(one.reward, rules.programme)} for one in issued]


def _ends(ending: list[Expiring]) -> list[tuple[dt.date, int]]:
    return sorted((dt.date.fromisoformat(one["last_day"]), one["amount"]) for one in ending)


def _share(counted: int, missing: int | None) -> int:
    if missing is None:
        return 100
    return 100 * counted // (counted + missing) if counted + missing else 0
