"""Putting right: what the events of a period gave, and what they would have given by another version.

Two folds of those concerned: by the versions as they were, which must come to what the ledger holds, and with the other
version in the period. Counted are the points that events of the period gave, less what returns of theirs took back,
whenever they came, and as if nothing had been corrected before; of too many those that have expired are not taken
again. What members spent stays as it was: points that the other version would not have given are lent to whoever paid
with them. What somebody took away by hand while it was pending stays taken: where that was all an event gave, the event
is left as it is; else what was taken is taken off both sides.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.services.deciding import Decided, Subject
from stammis.core.effects import Decision, Posted, PurchaseMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    OfPending,
    Purchase,
    Redemption,
)
from stammis.core.rules import Rules
from stammis.simulation.accounts import Account
from stammis.simulation.course import Course, Stage
from stammis.simulation.folding import Fold
from stammis.simulation.origins import Given, Origin, Period, Told, ledger
from stammis.simulation.population import circles, everybody
from stammis.simulation.settling import Settled, settled
from stammis.simulation.units import play_alone, play_chain
from stammis.snapshot import queries as snapshots
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Snapshot, Stored

TOGETHER = "c"
"""The unit of all who are folded together."""
_TICK = 500
"""After so many events it is told how far a fold is."""


class Deed(msgspec.Struct, frozen=True, array_like=True):
    """An event of the period with what a version decided on it."""

    event: AnyEvent
    version: int
    decision: Decision


class Found(msgspec.Struct, frozen=True):
    """What an account's events of the period gave, and should have given.

    Attributes:
        member: the account's internal id.
        sums: by wallet, kind and id of an event: what it gave, and should have given.
        agrees: whether the fold by the versions as they were comes to what the ledger holds.
        told: JSON of the account's deeds in both folds; ``deeds`` reads it.
    """

    member: bytes
    sums: tuple[tuple[str, str, str, int, int], ...]
    agrees: bool
    told: msgspec.Raw


deeds = msgspec.json.Decoder(tuple[list[Deed], list[Deed]]).decode
_read = msgspec.json.Decoder(list[Found]).decode


def folder_of(correction: uuid.UUID) -> Path:
    """Give the folder of a correction's files. Raises NoFolder."""
    return snapshots.data_folder() / "corrections" / str(correction)


def read_unit(folder: Path, unit: str) -> list[Found] | None:
    """Read what was found in a unit; None where it is not done."""
    try:
        return _read((folder / f"{unit}.json").read_bytes())
    except FileNotFoundError:
        return None


def write_unit(folder: Path, unit: str, found: list[Found]) -> None:
    """Keep what was found in a unit, whole or not at all."""
    part = folder / f"{unit}.{os.getpid()}.part"
    part.write_bytes(msgspec.json.encode(found))
    part.replace(folder / f"{unit}.json")


def changed(course: Course, period: Period, document: dict[str, Any]) -> Course:
    """Give a course in which a document decides in a period, and what is published before and after it."""
    begins_at = max(period.begins_at, course.stages[0].starts_at)
    number = max(stage.number for stage in course.stages) + 1
    before = [stage for stage in course.stages if stage.starts_at < begins_at]
    after = [stage for stage in course.stages if stage.starts_at >= period.ends_at]
    if not after or after[0].starts_at > period.ends_at:
        last = [stage for stage in course.stages if stage.starts_at < period.ends_at][-1]
        after.insert(0, structs.replace(last, starts_at=period.ends_at))
    stages = (*before, Stage(number, begins_at, document), *after)
    kept = tuple({each.number for each in (*before, *after)})
    return structs.replace(course, stages=stages, kept=kept, changes_at=begins_at)


class Righting:
    """Two folds of those concerned, in units that are done one by one.

    ``sizes`` has the units' names with how many members each is about: buckets, and all who share points or budgets.
    """

    def __init__(self, courses: tuple[Course, Course], period: Period, snapshot: Snapshot) -> None:
        self._courses, self._period, self._snapshot = courses, period, snapshot
        self._told = told = Told(snapshot, period, courses[0].zone)
        self._settled = settled(snapshot)
        ties = circles(snapshot)
        if any(_has_budgets(each) for each in courses):
            self._together, alone = everybody(snapshot), frozenset[bytes]()
        else:
            roots = {ties[member] for member in told.members if member in ties}
            self._together = frozenset(member for member, root in ties.items() if root in roots)
            alone = told.members - self._together
        self._buckets: dict[str, list[bytes]] = {}
        for member in sorted(alone):
            self._buckets.setdefault(f"b{bucket_of(member):02d}", []).append(member)
        self.sizes = {name: len(members) for name, members in sorted(self._buckets.items())}
        if self._together:
            self.sizes[TOGETHER] = len(self._together)

    def do(self, unit: str, progress: Callable[[int], None]) -> list[Found]:
        """Fold a unit; give who should have other points than they have, and for whom the fold does not agree.

        ``progress`` is told how many of the unit's members are done, and may raise in order to stop.
        """
        return list(self._fold_together(progress) if unit == TOGETHER else self._fold_alone(unit, progress))

    def _fold_alone(self, unit: str, progress: Callable[[int], None]) -> Iterator[Found]:
        wanted, bucket = frozenset(self._buckets[unit]), int(unit[1:])
        held = dict(ledger(self._snapshot, bucket, wanted, self._told))
        folds = [_Giving(each, self._period, self._told, self._settled) for each in self._courses]
        for done, (member, events) in enumerate(self._snapshot.histories(bucket, wanted), start=1):
            stored = list(events)
            for fold in folds:
                play_alone(fold, member, iter(stored))
                del fold.accounts[member]
            yield from _compared(member, folds, held)
            progress(done)

    def _fold_together(self, progress: Callable[[int], None]) -> Iterator[Found]:
        """Fold those together who share points or budgets, in the order in which their events arrived."""
        snapshot, members = self._snapshot, self._together
        folds = [_Giving(each, self._period, self._told, self._settled, shared=Counter()) for each in self._courses]
        events = 2 * _events_of(snapshot, members)
        behind = 0
        for fold in folds:
            fold.ticks = _share_of(len(members), behind, events, progress)
            with tempfile.TemporaryDirectory() as scratch:
                play_chain(fold, snapshot, members, Path(scratch))
            behind += fold.happened
        for bucket in sorted({bucket_of(member) for member in members}):
            wanted = frozenset(member for member in members if bucket_of(member) == bucket)
            held = dict(ledger(snapshot, bucket, wanted, self._told))
            for member in sorted(wanted):
                yield from _compared(member, folds, held)
        progress(len(members))


def _share_of(members: int, behind: int, events: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    """Give what tells how many of the members that many events amount to."""
    return lambda number: progress(members * (behind + number) // max(1, events))


def _has_budgets(course: Course) -> bool:
    versions = course.versions()
    return any(versions.number(stage.number).book.budgets for stage in course.stages)


def _events_of(snapshot: Snapshot, members: frozenset[bytes]) -> int:
    with snapshot.sql() as db:
        db.register("wanted", pa.table({"member_id": pa.array(sorted(members), pa.binary(16))}))
        found = db.execute("SELECT count(*) FROM events SEMI JOIN wanted USING (member_id)").fetchone()
    return 0 if found is None else int(found[0])


def _compared(member: bytes, folds: list[_Giving], held: dict[bytes, Given]) -> Iterator[Found]:
    given = [_plain(fold.given.pop(member, Given())) for fold in folds]
    held_here = given[0]
    given = [_left(*each) for each in zip(given, [fold.evened.pop(member, Given()) for fold in folds], strict=True)]
    by_hand = [fold.by_hand.pop(member, Given()) for fold in folds]
    expired = folds[0].expired.pop(member, Given())
    before, after = (_left(*each) for each in zip(given, by_hand, strict=True))
    for key in by_hand[0]:
        if not before[key]:  # somebody took all of it away: that stands, whatever it would have been
            after[key] = 0
    for key, gone in expired.items():
        if after[key] < before[key]:  # too many, of which some have gone by themselves: those are not taken again
            before[key] -= gone
            after[key] = min(after[key], before[key])
    told = tuple(fold.deeds.pop(member, []) for fold in folds)
    agrees = held_here == _plain(held.get(member, Given()))
    if before != after or not agrees:
        keys = sorted(before.keys() | after.keys())
        sums = tuple((wallet, *origin, before[wallet, origin], after[wallet, origin]) for wallet, origin in keys)
        yield Found(member, sums, agrees, msgspec.Raw(msgspec.json.encode(told)))


def _left(given: Given, besides: Given) -> Given:
    """Give what events gave with what moved besides: by hand, or because a correction had changed what came back."""
    return Counter({key: given[key] + besides[key] for key in given.keys() | besides.keys()})


def _plain(given: Given) -> Given:
    return Counter({key: points for key, points in given.items() if points})


class _Giving(Fold):
    """A fold that counts what events gave, by member, and lends what was paid with and is not there."""

    listens = True

    def __init__(
        self,
        course: Course,
        period: Period,
        told: Told,
        settled: Settled,
        *,
        shared: Counter[tuple[str, str, int]] | None = None,
    ) -> None:
        super().__init__(course, course.versions(), shared=shared)
        self.settled = settled
        self.by_hand: dict[bytes, Given] = {}
        self.expired: dict[bytes, Given] = {}
        self.evened: dict[bytes, Given] = {}
        self._rights: dict[tuple[bytes, str, str, str], int] = {}
        self._opened: dict[tuple[bytes, int], tuple[str, Origin]] = {}
        self.given: dict[bytes, Given] = {}
        self.deeds: dict[bytes, list[Deed]] = {}
        self.happened = 0
        self.ticks: Callable[[int], None] = lambda _: None
        self._period, self._told = period, told

    def happen(self, stored: Stored) -> None:
        """Let a stored event happen again, and tell now and then how many did."""
        super().happen(stored)
        self.happened += 1
        if not self.happened % _TICK:
            self.ticks(self.happened)

    def _keep(self, subject: Subject, step: Decided) -> None:
        super()._keep(subject, step)
        if self._told.concerns(step.event):
            self.deeds.setdefault(subject.id, []).append(Deed(step.event, step.version, step.decision))
        for effect in step.decision.effects:
            if isinstance(effect, PurchaseMoved):
                self._even(subject.id, effect)
            if not isinstance(effect, Posted):
                continue
            if (origin := self._told.origin(step.event, effect.kind)) is not None:
                self.given.setdefault(subject.id, Counter())[effect.wallet, origin] += effect.amount
                self._opened[subject.id, effect.row] = effect.wallet, origin
            elif isinstance(step.event, OfPending):
                self._settle(subject.id, effect)
            elif effect.kind == "expire":
                self._expire(subject.id, effect)

    def _even(self, member: bytes, moved: PurchaseMoved) -> None:
        """Count what of a return was not the rules' but what corrections had changed, where that had been given."""
        if moved.purchase not in self._told.purchases:
            return
        for right in moved.state.righted:
            key, known = (
                (right.wallet, ("purchase", moved.purchase)),
                (member, moved.purchase, right.account, right.wallet),
            )
            account = bytes.fromhex(right.account)
            whose = account if key in self.given.get(account, ()) else member
            self.evened.setdefault(whose, Counter())[key] += right.evened - self._rights.get(known, 0)
            self._rights[known] = right.evened

    def _settle(self, member: bytes, row: Posted) -> None:
        """Count what somebody took away by hand, or brought back, with the event that had given it."""
        for take in row.lots:
            if key := self._opened.get((member, take.row)):
                self.by_hand.setdefault(member, Counter())[key] += take.amount if row.amount > 0 else -take.amount

    def _expire(self, member: bytes, row: Posted) -> None:
        """Count what has expired with the event that had given it."""
        for take in row.lots:
            if key := self._opened.get((member, take.row)):
                self.expired.setdefault(member, Counter())[key] += take.amount

    def _in_force(self, at: int, recorded: int) -> Rules:
        if recorded in self._kept and (self.course.changes_at is None or not self._period.has(at)):
            return self.versions.number(recorded)
        return self.versions.at(at)

    def _play(self, account: Account, event: AnyEvent, stored: Stored) -> Decided | Declined:
        """Let an event happen again; the points that a purchase or a reward was paid with and lacks here are lent."""
        step = super()._play(account, event, stored)
        if isinstance(step, Decided) or step.code != "not_enough_points":
            return step
        wallet = self._paid_from(account, event, stored)
        if wallet is None:
            return step
        lent = Adjustment(
            occurred_at=event.occurred_at,
            id="lent",
            member="",
            wallet=wallet,
            amount=step.detail["asked"] - step.detail["active"],
            reason="",
        )
        super()._play(account, lent, stored)
        return super()._play(account, event, stored)

    def _paid_from(self, account: Account, event: AnyEvent, stored: Stored) -> str | None:
        """Give the wallet out of which an event is paid; None where nothing is lent."""
        if isinstance(event, Purchase):
            return None if event.points is None else event.points.wallet
        if isinstance(event, Redemption) and (rules := self._rules(account, event, stored)) is not None:
            return rules.rewards[event.reward].wallet
        return None
