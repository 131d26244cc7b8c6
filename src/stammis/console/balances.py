"""What a member has now, as the page beside the story tells it: wallets, what ends when, levels, open rewards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from stammis.console import formats
from stammis.console.stories import reward_name
from stammis.core import standing as core
from stammis.core import views
from stammis.core.calendars import moment
from stammis.core.due import as_read
from stammis.core.parcels import Awaits
from stammis.core.rules import Rules
from stammis.core.views import Expiring
from stammis.members.models import Member
from stammis.programmes.sentences import words
from stammis.rewards.models import Issued

SOONEST = 3


@dataclass(frozen=True)
class Waiting:
    """Pending points of one row, in the wallet's smallest unit, and what they wait for in words."""

    row: int
    amount: int
    waits: str


@dataclass(frozen=True)
class WalletBalance:
    """A wallet: amounts in its smallest unit, ``value`` as money, and what ends when, soonest first."""

    id: str
    unit: str
    decimals: int
    active: int
    pending: int
    held: int
    value: str
    soon: list[tuple[dt.date, int]]
    later: list[tuple[dt.date, int]]
    waits: list[Waiting]
    waits_longer: list[Waiting]


def wallets(standing: core.Standing, rules: Rules, at: int) -> list[WalletBalance]:
    """Give the wallets of the programme in its order."""
    ending = sorted(views.expiring(standing, rules, at), key=lambda one: one["wallet"])
    by_wallet = {wallet: list(found) for wallet, found in groupby(ending, key=lambda one: one["wallet"])}
    shown = views.wallet_view(standing, rules, at)
    pending = as_read(standing, at, rules).pending
    balances = []
    for wallet in rules.programme.wallets:
        view, ends = shown[wallet.id], _ends(by_wallet.get(wallet.id, []))
        value = "" if view["value"] is None else formats.money(view["value"], rules.programme.currency)
        unit = words.name(wallet.name, wallet.id)
        lots = sorted(pending.get(wallet.id, ()), key=_soonest)
        waits = [Waiting(lot.row, lot.left, _awaited(lot.awaits, rules)) for lot in lots]
        balances.append(
            WalletBalance(
                wallet.id,
                unit,
                wallet.decimals,
                view["active"],
                view["pending"],
                view["held"],
                value,
                ends[:SOONEST],
                ends[SOONEST:],
                waits[:SOONEST],
                waits[SOONEST:],
            )
        )
    return balances


def waiting(standing: core.Standing, rules: Rules, at: int, row: int) -> tuple[str, Waiting] | None:
    """Give the wallet and the pending points that a row brought; None where they are not pending."""
    for wallet, lots in as_read(standing, at, rules).pending.items():
        for lot in lots:
            if lot.row == row:
                return wallet, Waiting(lot.row, lot.left, _awaited(lot.awaits, rules))
    return None


def _soonest(lot: core.PendingLot) -> tuple[int, int]:
    return core.NEVER if lot.awaits.active_at is None else lot.awaits.active_at, lot.row


def _awaited(awaits: Awaits, rules: Rules) -> str:
    """Say what pending points wait for."""
    if awaits.active_at is not None:
        day = dt.date.fromordinal(rules.calendar.day(awaits.active_at))
        return _("active on %(day)s") % {"day": words.day(day)}
    if awaits.event is not None:
        return _("active with the event «%(event)s»") % {"event": awaits.event}
    facts = {"purchase": awaits.purchase, "status": awaits.status}
    return _("active when purchase %(purchase)s is «%(status)s»") % facts


def holds(held: list[core.Hold], rules: Rules) -> list[dict[str, Any]]:
    """Give what is put aside now, with the wallet's decimals and unit."""
    found = []
    for hold in held:
        wallet = words.wallet_of(rules.programme, hold.wallet)
        unit = words.name(wallet.name, wallet.id) if wallet else hold.wallet
        until = moment(hold.until)
        found.append({"hold": hold, "unit": unit, "decimals": wallet.decimals if wallet else 0, "until": until})
    return found


def open_rewards(member: Member, rules: Rules) -> list[dict[str, Any]]:
    """Give the rewards that a member took and has not used, newest first."""
    issued = Issued.objects.filter(member_id=member.id, state=Issued.State.ISSUED).order_by("-issued_at")
    return [{"issued": one, "name": reward_name(one.reward, rules.programme)} for one in issued]


def _ends(ending: list[Expiring]) -> list[tuple[dt.date, int]]:
    return sorted((dt.date.fromisoformat(one["last_day"]), one["amount"]) for one in ending)
