"""What a back-test came to, as the command line tells it: numbers first, then costs, and assumptions apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from django.utils.translation import gettext as _

from stammis.console.formats import number
from stammis.programmes.sentences import words
from stammis.simulation import queries, sentences
from stammis.simulation.estimates import Estimate
from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison, Wallet
from stammis.simulation.results import Summary

SHOWN = 20
NAMES = 32
"""So wide are the names of lines."""


def plain(run: Run, summary: Summary, found: Comparison | None) -> dict[str, Any]:
    """Give all of it as values: the result, today's, costs and rewards with their intervals, and what is supposed."""
    told: dict[str, Any] = {"run": str(run.id), "position": run.position, "result": msgspec.to_builtins(summary)}
    if found is None:
        return told
    values = msgspec.to_builtins(found)
    costs = {name: values[name] for name in ("cost_minor", "wallets", "rewards")}
    return told | {"today": values["today"], **costs, "assumed": msgspec.to_builtins(queries.supposed(run))}


def prove(summary: Summary) -> None:
    """Say how many rows were compared, and which differ."""
    counts = {"rows": number(summary.compared), "differing": number(summary.differing)}
    click.echo(_("Rows compared: %(rows)s. Different: %(differing)s.") % counts)
    for each in summary.differences[:SHOWN]:
        values = {"member": each.member, "row": each.row, "stored": each.stored, "made": each.made}
        click.echo(_("member %(member)s, row %(row)s: ledger %(stored)s, folded again %(made)s") % values)


def show(run: Run, found: Comparison) -> None:
    """Show both sides of every wallet, what it costs, what was not possible, limits, and what is supposed."""
    counts = {"purchases": number(found.tried.purchases), "members": number(found.tried.members)}
    click.echo(_("Purchases: %(purchases)s. Members: %(members)s.") % counts)
    _head()
    for wallet in found.wallets:
        if wallet.id not in found.tried.wallets and wallet.id not in found.today.wallets:
            continue
        click.echo(f"{wallet.id}:")
        if wallet.estimates:
            _scaled(wallet, found.share)
            continue
        for name, title in sentences.move_names().items():
            now, then = (getattr(side, name) / 10**wallet.decimals for side in (wallet.today, wallet.tried))
            _line(str(title), now, then, wallet.decimals)
    kinds = sentences.refusal_kinds()
    for what, count in found.tried.refused.items():
        kind, _blank, which = what.partition(" ")
        named = f"{kinds.get(kind, kind)} {which}".strip()
        click.echo(_("Not possible: %(what)s: %(number)s") % {"what": named, "number": number(count)})
    zone = ZoneInfo(run.programme.zone)
    for limit in found.tried.limits:
        values = {"number": number(limit.times), "day": f"{limit.first_at.astimezone(zone):%Y-%m-%d}"}
        said = _("%(number)s times, first on %(day)s") % values
        called = sentences.limit_kinds().get(limit.because, limit.because)
        click.echo(f"{called} ({limit.id}): {said}")
    _costs(run, found)
    _suppose(run, queries.supposed(run))


def _head() -> None:
    click.echo(f"{'':<{NAMES + 2}}{_('today'):>16}{_('tried'):>16}{_('difference'):>16}")


def _line(name: str, now: float, then: float, places: int, more: str = "") -> None:
    told = "".join(f"{value:>16,.{places}f}" for value in (now, then, then - now))
    click.echo(f"  {name:<{NAMES}}{told}{more}")


def _scaled(wallet: Wallet, share: tuple[int, int]) -> None:
    """Show what a sample comes to for all members, with the interval of what was tried."""
    said = _("estimated for all %(whole)s members, from a sample of %(part)s; between what it lies as tried")
    click.echo(f"  {said % {'part': number(share[0]), 'whole': number(share[1])}}")
    unit = 10**wallet.decimals
    for name, title in sentences.move_names().items():
        each = wallet.estimates[name]
        low, high = (end / unit for end in each.tried.interval) if each.tried.interval else (None, None)
        told = "" if low is None else f"  {low:,.{wallet.decimals}f} … {high:,.{wallet.decimals}f}"
        _line(str(title), each.today.value / unit, each.tried.value / unit, wallet.decimals, told)


def _costs(run: Run, found: Comparison) -> None:
    """Show what wallets and rewards cost all members, in money, with the interval of the difference."""
    currency = run.programme.currency
    lines = [(wallet.id, wallet.cost_today, wallet.cost_tried, wallet.cost_minor) for wallet in found.wallets]
    lines += [(reward.reward, reward.cost_today, reward.cost_tried, reward.cost_minor) for reward in found.rewards]
    known = [(name, now, then, change) for name, now, then, change in lines if now and then and change]
    if not known:
        return
    click.echo()
    click.echo(_("In money: points given, and rewards taken"))
    _head()
    for name, now, then, change in known:
        told = "".join(f"{words.minor_money(each.value, currency):>16}" for each in (now, then, change))
        click.echo(f"  {name:<{NAMES}}{told}  {_range(change, currency)}")


def _range(change: Estimate, currency: str) -> str:
    if change.interval is None:
        return _("too few members to tell a range")
    low, high = (words.minor_money(each, currency) for each in change.interval)
    told = _("95 %% interval: %(low)s to %(high)s") % {"low": low, "high": high}
    return f"{told}, {_('fewer than 30 members')}" if change.few else told


def _suppose(run: Run, found: queries.Assumed) -> None:
    """Show what is supposed, marked as such."""
    lines = [*_redemption(run, found), *_response(run, found)]
    if lines:
        click.echo()
        click.echo(_("Assumptions, not results: nothing of this is in the numbers above"))
        for line in lines:
            click.echo(f"  {line}")


def _redemption(run: Run, found: queries.Assumed) -> Iterator[str]:
    decimals = {each.id: each.decimals for each in queries.compared(run).wallets}
    for each in found.redemption:
        for wanted, said in (
            (
                each.by_end,
                _("of the %(wallet)s given, redeemed by the end at the pace so far: %(tried)s instead of %(today)s"),
            ),
            (
                each.in_all,
                _("of the %(wallet)s given, redeemed in all at the pace so far: %(tried)s instead of %(today)s"),
            ),
        ):
            today, tried = (number(value / 10 ** decimals.get(each.wallet, 0)) for value in wanted)
            yield said % {"wallet": each.wallet, "today": today, "tried": tried}


def _response(run: Run, found: queries.Assumed) -> Iterator[str]:
    for each in found.response:
        values = {
            "elasticity": f"{each.elasticity:g}",
            "sales": words.minor_money(each.sales_minor, run.programme.currency),
            "cost": words.minor_money(each.cost_minor, run.programme.currency),
        }
        yield (
            _("sales rise by %(elasticity)s %% for each per cent more points: sales %(sales)s, cost %(cost)s") % values
        )
