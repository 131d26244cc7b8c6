"""Checks of tier sets: measures and thresholds fit each other, and what is declared can come to pass."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from typing import NamedTuple

from stammis.core.amounts import AmountText, exact
from stammis.core.condition_checks import too_fine
from stammis.core.reading import Problem, below, unknown
from stammis.core.tier_sets import ByAnniversary, ByCalendar, Counts, Downgrade, ForLife, Level, Measure, TierSet
from stammis.core.wording import Worded


class Wallets(NamedTuple):
    """What measures refer to: the currency's decimals, those of each readable wallet, and the ids of all wallets."""

    money: int | None
    decimals: dict[str, int]
    ids: frozenset[str]


def tier_faults(tiers: TierSet, pointer: str, around: Wallets) -> Iterator[Problem]:
    """Everything that is wrong with a tier set."""
    yield from _wallet(tiers, pointer, around)
    yield from _twice([level.id for level in tiers.levels], below(pointer, "levels"))
    yield from _twice([measure.id for measure in tiers.also], below(pointer, "also"))
    for place, measure in enumerate(tiers.also):
        at = below(pointer, "also", place)
        yield from _wallet(measure, at, around)
        if measure.id == tiers.id:
            yield Problem(
                below(at, "id"), "duplicate_id", Worded("«%(name)s» is the id of the set itself.", name=measure.id)
            )
    before: Level | None = None
    for place, level in enumerate(tiers.levels):
        at = below(pointer, "levels", place)
        yield from _thresholds(tiers, level, at, around)
        if before is not None and not _ascends(before, level, tiers):
            message = Worded("Levels ascend: each begins above the one before, and asks no less of anything.")
            yield Problem(below(at, "at"), "not_ascending", message)
        before = level
    yield from _ways(tiers, pointer)


def _wallet(measure: TierSet | Measure, pointer: str, around: Wallets) -> Iterator[Problem]:
    if measure.counts in ("points", "balance") and measure.wallet not in around.ids:
        yield unknown(below(pointer, "wallet"), "unknown_wallet", measure.wallet, around.ids)
    if measure.events and measure.counts not in ("visits", "events"):
        yield Problem(below(pointer, "events"), "not_counted", Worded("Only visits and events count types of event."))


def _twice(ids: list[str], pointer: str) -> Iterator[Problem]:
    for place, name in enumerate(ids):
        if name in ids[:place]:
            yield Problem(
                below(pointer, place, "id"),
                "duplicate_id",
                Worded("«%(name)s» is the id of another as well.", name=name),
            )


def _thresholds(tiers: TierSet, level: Level, pointer: str, around: Wallets) -> Iterator[Problem]:
    yield from too_fine(level.at, _decimals(tiers.counts, tiers.wallet, around), below(pointer, "at"))
    measures = {measure.id: measure for measure in tiers.also}
    for name, amount in level.also.items():
        at = below(pointer, "also", name)
        measure = measures.get(name)
        if measure is None:
            yield unknown(at, "unknown_measure", name, measures)
        else:
            yield from too_fine(amount, _decimals(measure.counts, measure.wallet, around), at)


def _decimals(counts: Counts, wallet: str, around: Wallets) -> int | None:
    if counts == "spend":
        return around.money
    return around.decimals.get(wallet) if counts in ("points", "balance") else 0


def _ascends(before: Level, level: Level, tiers: TierSet) -> bool:
    pairs: list[tuple[AmountText | None, AmountText | None]] = [(before.at, level.at)]
    pairs += [(before.also.get(measure.id), level.also.get(measure.id)) for measure in tiers.also]
    if tiers.mix == "any":  # what a level does not name leads to it no more
        pairs = [(low, high) for low, high in pairs if low is not None and high is not None]
    asked = [(exact(low or 0), exact(high or 0)) for low, high in pairs]
    return all(low <= high for low, high in asked) and any(low < high for low, high in asked)


def _ways(tiers: TierSet, pointer: str) -> Iterator[Problem]:
    """Ways of rising and falling that contradict each other."""
    cycle, down = tiers.cycle, tiers.downgrade
    ends = isinstance(cycle, ByCalendar) or (isinstance(cycle, ByAnniversary) and cycle.of == "joining")
    if tiers.entry == "at_review" and not ends:
        yield Problem(
            below(pointer, "entry"),
            "no_review",
            Worded("Only the calendar's cycles and those of joining are reviewed."),
        )
    if tiers.rate == "split" and (tiers.counts != "spend" or tiers.entry == "at_review"):
        message = Worded("A purchase can be split only where spend counts, and at once.")
        yield Problem(below(pointer, "rate"), "cannot_split", message)
    if isinstance(cycle, ForLife) and (down != Downgrade() or tiers.lock_days):
        name = "lock_days" if tiers.lock_days else "downgrade"
        yield Problem(below(pointer, name), "never_falls", Worded("What counts for life does not fall by time."))
    if down.keep_until is not None:
        at = below(pointer, "downgrade", "keep_until")
        if down.grace_days:
            yield Problem(at, "one_of", Worded("Give grace_days or keep_until, not both."))
        if down.keep_until.day > calendar.monthrange(2024, down.keep_until.month)[1]:
            message = Worded(
                "Month %(month)s has no day %(day)s.", month=down.keep_until.month, day=down.keep_until.day
            )
            yield Problem(below(at, "day"), "out_of_range", message)
