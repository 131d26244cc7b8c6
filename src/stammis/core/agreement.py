"""Agreement: whether the parts of a programme fit each other, and whether what is promised can be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, assert_never
from zoneinfo import ZoneInfo, available_timezones

from stammis.core.amounts import exact
from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.combination_checks import Known, budget_faults, cap_faults, group_faults, scale_faults
from stammis.core.condition_checks import Surroundings, faults, too_fine
from stammis.core.currencies import DECIMALS
from stammis.core.earn import Earn, Multiply, PerAmount, PerEvent, PerPurchase, PerUnit, as_decided
from stammis.core.event_types import FIRST_PURCHASE, EventType
from stammis.core.happening_checks import asked_properties, event_types, known_events
from stammis.core.programme import Reward
from stammis.core.questions import asks_event, asks_purchase
from stammis.core.reading import Problem, below, unknown
from stammis.core.tier_checks import Wallets, tier_faults
from stammis.core.tier_sets import TierSet
from stammis.core.wallet_checks import pending_faults, wallet_faults
from stammis.core.wallets import NotPending, PendingStatus, Wallet
from stammis.core.wording import Worded

T = TypeVar("T")


class Placed(NamedTuple):
    """A part of a programme and its place in the document."""

    pointer: str
    part: Any


class Draft(NamedTuple):
    """What of a document could be read: parts by the name of their list, and the ids of all parts, readable or not."""

    currency: str | None
    timezone: str | None
    holidays: frozenset[str]
    only_declared: bool
    parts: dict[str, list[Placed]]
    exchange: list[Placed]
    transfers: Placed | None
    ids: dict[str, frozenset[str]]
    statuses: Mapping[str, str] | None = None

    def of(self, name: str, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The parts of a list that have this type, with their places."""
        for pointer, part in self.parts[name]:
            if isinstance(part, kind):
                yield pointer, part


def disagreements(draft: Draft) -> list[Problem]:
    """Everything in which the parts of a programme contradict each other or the world."""
    problems = [*_world(draft)]
    for name in draft.parts:
        problems += _twice(draft.parts[name])
    for pointer, wallet in draft.of("wallets", Wallet):
        problems += wallet_faults(wallet, pointer, draft.statuses)
    for pointer, tiers in draft.of("tiers", TierSet):
        problems += tier_faults(tiers, pointer, _around_tiers(draft))
    for pointer, rule in draft.parts["earn"]:
        problems += _rule(rule, pointer, draft)
    problems += _together(draft)
    for pointer, kind in draft.of("events", EventType):
        problems += event_types(kind, pointer)
    for pointer, reward in draft.of("rewards", Reward):
        problems += _known_wallet(reward.wallet, pointer, draft)
        if reward.cost is not None:
            problems += too_fine(reward.cost, DECIMALS.get(draft.currency or ""), below(pointer, "cost"))
    problems += _between(draft)
    return problems


def _together(draft: Draft) -> Iterator[Problem]:
    """How rules go together: groups, shared caps, budgets."""
    known = Known(
        {rule.id: rule for _, rule in draft.parts["earn"]},
        {wallet.id: wallet for _, wallet in draft.of("wallets", Wallet)},
        draft.ids["earn"],
    )
    yield from group_faults([*draft.of("groups", Group)], known)
    for pointer, cap in draft.of("caps", SharedCap):
        yield from cap_faults(cap, pointer, known)
    for pointer, budget in draft.of("budgets", Budget):
        yield from budget_faults(budget, pointer, known, DECIMALS.get(draft.currency or ""))


def _between(draft: Draft) -> Iterator[Problem]:
    """What does not fit in how points move between members and wallets."""
    if draft.transfers is not None:
        for place, wallet in enumerate(draft.transfers.part.wallets):
            if wallet not in draft.ids["wallets"]:
                at = below(draft.transfers.pointer, "wallets", place)
                yield unknown(at, "unknown_wallet", wallet, draft.ids["wallets"])
    seen: set[tuple[str, str]] = set()
    for pointer, rate in draft.exchange:
        for name, wallet in (("from", rate.from_), ("to", rate.to)):
            if wallet not in draft.ids["wallets"]:
                yield unknown(below(pointer, name), "unknown_wallet", wallet, draft.ids["wallets"])
        if rate.from_ == rate.to:
            yield Problem(
                below(pointer, "to"), "same_wallet", Worded("Points are changed for those of another wallet.")
            )
        if (rate.from_, rate.to) in seen:
            yield Problem(pointer, "duplicate_rate", Worded("There is a rate between these two wallets already."))
        seen.add((rate.from_, rate.to))


def _world(draft: Draft) -> Iterator[Problem]:
    if draft.currency is not None and draft.currency not in DECIMALS:
        yield unknown("/currency", "unknown_currency", draft.currency, DECIMALS)
    if draft.timezone is not None:
        try:
            ZoneInfo(draft.timezone)
        except (LookupError, ValueError, OSError):
            zones = available_timezones()
            yield unknown("/timezone", "unknown_timezone", draft.timezone, zones)


def _around_tiers(draft: Draft) -> Wallets:
    decimals = {wallet.id: wallet.decimals for _, wallet in draft.of("wallets", Wallet)}
    return Wallets(DECIMALS.get(draft.currency or ""), decimals, draft.ids["wallets"])


def _twice(parts: list[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for pointer, part in parts:
        if part.id in seen:
            yield Problem(
                below(pointer, "id"), "duplicate_id", Worded("«%(name)s» is the id of another as well.", name=part.id)
            )
        seen.add(part.id)


def _known_wallet(wallet: str, pointer: str, draft: Draft) -> Iterator[Problem]:
    if wallet not in draft.ids["wallets"]:
        yield unknown(below(pointer, "wallet"), "unknown_wallet", wallet, draft.ids["wallets"])


def _rule(rule: Earn, pointer: str, draft: Draft) -> Iterator[Problem]:
    yield from _known_wallet(rule.wallet, pointer, draft)
    if rule.cap is not None and rule.cap.points is None and rule.cap.times is None:
        yield Problem(below(pointer, "cap"), "missing_field", Worded("A cap limits points, times or both."))
    if rule.cap is not None and rule.cap.per == "purchase" and rule.cap.times is not None:
        yield Problem(
            below(pointer, "cap", "times"), "times_each_purchase", Worded("A rule gives once for each purchase.")
        )
    levels = {tiers.id: tuple(level.id for level in tiers.levels) for _, tiers in draft.of("tiers", TierSet)}
    around = Surroundings(
        DECIMALS.get(draft.currency or ""),
        levels,
        draft.ids["tiers"],
        dict.fromkeys(draft.ids["wallets"]) | {wallet.id: wallet.decimals for _, wallet in draft.of("wallets", Wallet)},
        draft.holidays,
        known_events(draft.ids["events"]) if draft.only_declared else None,
    )
    yield from scale_faults(as_decided(rule), pointer, around)
    of_wallet = next((wallet for _, wallet in draft.of("wallets", Wallet) if wallet.id == rule.wallet), None)
    if rule.pending is not None and not isinstance(rule.pending, NotPending):
        expiry = None if of_wallet is None else of_wallet.expiry
        yield from pending_faults(rule.pending, expiry, below(pointer, "pending"), draft.statuses)
        if isinstance(rule.pending, PendingStatus) and isinstance(as_decided(rule), PerEvent):
            message = Worded("An event has no status: its points cannot be pending until one.")
            yield Problem(below(pointer, "pending"), "not_for_events", message)
    if rule.when is not None:
        yield from faults(rule.when, below(pointer, "when"), around)
        if not isinstance(rule, PerEvent) and asks_event(rule.when):
            message = Worded("Only rules for events can ask about an event's properties.")
            yield Problem(below(pointer, "when"), "not_for_purchases", message)
    match rule:
        case PerAmount():
            if not exact(rule.each):
                yield Problem(below(pointer, "each"), "out_of_range", Worded("Above zero."))
            yield from too_fine(rule.each, DECIMALS.get(draft.currency or ""), below(pointer, "each"))
        case PerEvent():
            if rule.when is not None and rule.event != FIRST_PURCHASE and asks_purchase(rule.when):
                message = Worded("A rule for events cannot ask about lines or purchases.")
                yield Problem(below(pointer, "when"), "not_for_events", message)
            known = known_events(draft.ids["events"])
            if draft.only_declared and rule.event not in known:
                yield unknown(below(pointer, "event"), "unknown_event", rule.event, known)
            kinds = {kind.id: kind for _, kind in draft.of("events", EventType)}
            yield from asked_properties(rule, kinds.get(rule.event), below(pointer, "when"))
        case Multiply():
            yield from _multiplier(rule, pointer, draft)
        case PerUnit() | PerPurchase():
            pass
        case _:
            assert_never(rule)


def _multiplier(rule: Multiply, pointer: str, draft: Draft) -> Iterator[Problem]:
    if exact(rule.factor) < 1:
        yield Problem(below(pointer, "factor"), "out_of_range", Worded("At least 1."))
    others = {other.id: other for _, other in draft.parts["earn"]}
    plain = [name for name, other in others.items() if not isinstance(other, Multiply) and other.wallet == rule.wallet]
    for place, name in enumerate(rule.rules):
        at = below(pointer, "rules", place)
        if name not in draft.ids["earn"]:
            yield unknown(at, "unknown_rule", name, plain)
        elif isinstance(others.get(name), Multiply):
            yield Problem(at, "multiplies_multiplier", Worded("«%(name)s» is a multiplier itself.", name=name))
        elif name in others and name not in plain:
            yield Problem(at, "other_wallet", Worded("«%(name)s» gives points of another wallet.", name=name))
    broken = len(draft.ids["earn"]) > len(others)
    if not rule.rules and not plain and not broken:
        yield Problem(pointer, "nothing_to_multiply", Worded("There is no rule in this wallet that it could multiply."))
