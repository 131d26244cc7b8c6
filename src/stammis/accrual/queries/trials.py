"""Trying out: what an event would give a member by rules that are published, or by rules that are only drafted.

Decided by the same functions as the event itself would be, with what is left of the budgets now; nothing is written
and nothing is reserved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from stammis.accrual import sentences
from stammis.accrual.outcomes import Declined
from stammis.accrual.sentences import Part
from stammis.accrual.services.deciding import NOTHING_AROUND, Around, Subject, days_of, run
from stammis.core.amounts import amount_text
from stammis.core.budgets import accounts_of, household_of, households_matter
from stammis.core.calendars import instant
from stammis.core.events import AnyEvent, LevelGiven, MemberChanged, Purchase, Scalar
from stammis.core.explain import full_steps
from stammis.core.fold import apply
from stammis.core.programme import Programme as Document
from stammis.core.rules import Rules, compile_rules
from stammis.core.standing import Standing
from stammis.core.world import Grants, World
from stammis.programmes.queries import Versions
from stammis.rewards.queries import drawn_by_budget

_ALWAYS = -(1 << 60)


@dataclass(frozen=True)
class Gain:
    """What a wallet gets: whole smallest units, and the parts that add up to it."""

    wallet: str
    amount: int
    decimals: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Trial:
    """What an event would do.

    Attributes:
        number: the version whose rules decided.
        refused: why it would be refused; empty where it would not.
        gains: by wallet; one without parts got nothing.
        not_applied: every rule that gave nothing, and why.
        tiers: the level in each tier set after it.
        total: the purchase's total in money, as decimal text; None where it is no purchase.
    """

    number: int
    refused: str
    gains: tuple[Gain, ...]
    not_applied: tuple[Part, ...]
    tiers: dict[str, str | None]
    total: str | None


def drafted(versions: Versions, document: Document) -> Versions:
    """Give versions as they would be had the document always been in force, as the next one."""
    number = versions.stamp[0] + 1
    return Versions(versions.programme, (number, 0), ((_ALWAYS, number),), {number: compile_rules(document, number)})


def made_up(
    rules: Rules, at: dt.datetime, *, labels: tuple[str, ...], attributes: dict[str, Scalar], levels: Mapping[str, str]
) -> Standing:
    """Give the standing of a member who is not there: with these facts, at these levels by tier set, and no points."""
    world = World(standing=Standing())
    world = apply(MemberChanged(occurred_at=at, labels=labels, attributes=attributes), world, rules)[1]
    for tiers, level in levels.items():
        given = LevelGiven(occurred_at=at, member="", set=tiers, level=level)
        world = apply(given, world, rules)[1]
    return world.standing


def try_out(
    standing: Standing, event: AnyEvent, versions: Versions, *, before: Versions | None = None, own: str = ""
) -> Trial:
    """Say what an event would do; ``before`` are the versions by which what is due until then happens.

    ``own`` is the member's internal id, in hexadecimal digits: a budget may be theirs alone.
    """
    at = instant(event.occurred_at)
    if standing.due_at is not None and standing.due_at <= at:
        standing = days_of(standing, at, before or versions)[1]
    rules = versions.at(at)
    decided = run(
        Subject(b"", b"", standing),
        event,
        rules,
        versions,
        _around(event, rules, versions, household_of(standing, own)),
    )
    document = rules.programme
    if isinstance(decided, Declined):
        return Trial(rules.version, sentences.refusal(decided.code, decided.reason, decided.detail), (), (), {}, None)
    last = decided[-1]
    steps = full_steps(event, last.decision, rules)
    parts = [(step, sentences.part(step, document)) for step in steps]
    gains = tuple(
        Gain(
            wallet.id,
            sum(step.points for step, _ in parts if step.wallet == wallet.id),
            wallet.decimals,
            tuple(part for step, part in parts if step.applied and step.points and step.wallet == wallet.id),
        )
        for wallet in rules.wallets.values()
    )
    amounts = last.decision.amounts
    return Trial(
        number=rules.version,
        refused="",
        gains=gains,
        not_applied=tuple(part for step, part in parts if not step.applied),
        tiers=last.tiers,
        total=amount_text(amounts.total, rules.decimals) if amounts and isinstance(event, Purchase) else None,
    )


def _around(event: AnyEvent, rules: Rules, versions: Versions, household: str) -> Around:
    """Give what is left of the budgets on which the event may draw; one that nobody drew on is full."""
    accounts = accounts_of(event, rules, household)
    if not accounts:
        return NOTHING_AROUND
    periods, stores = {account.period for account in accounts}, {account.store for account in accounts}
    drawn = drawn_by_budget(versions.programme.id, periods, stores=stores)
    left = {
        account.budget: max(0, account.most - drawn.get((account.budget, account.store, account.period), 0))
        for account in accounts
    }
    return Around(grants=Grants(budgets=left, household=household if households_matter(rules) else ""))
