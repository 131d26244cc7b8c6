"""Putting right: what the events of a period gave, and what they would have given by another version.

Two folds of those concerned: by the versions as they were, which must come to what the ledger holds, and with the other
version in the period. Counted are the points that events of the period gave, less what returns of theirs took back,
whenever they came. What members spent stays as it was: points that the other version would not have given are lent to
whoever paid with them.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.records import read_event
from stammis.accrual.services.deciding import Decided, Subject
from stammis.core.calendars import instant
from stammis.core.effects import Posted
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    Claimed,
    DayPassed,
    Happening,
    Purchase,
    Received,
    Return,
    StatusChanged,
    Transfer,
)
from stammis.core.rules import Rules
from stammis.simulation.accounts import Account
from stammis.simulation.course import Course, Stage
from stammis.simulation.folding import Fold
from stammis.simulation.population import circles, everybody
from stammis.simulation.units import play_alone, play_chain
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Row, Snapshot, Stored

Origin = tuple[str, str]
"""The kind and id of an event that gave points: a purchase, an event, or (by its local day) a day."""
Given = Counter[tuple[str, Origin]]
"""Points by wallet and origin."""
_GIVING = frozenset({"earn", "return"})
_SHARED = frozenset({"transfer_in", "transfer_out"})


class Period(msgspec.Struct, frozen=True):
    """The instants (epoch seconds) from which on events are put right, and from which on not any more."""

    begins_at: int
    ends_at: int

    def has(self, at: int) -> bool:
        """Tell whether an instant lies in it."""
        return self.begins_at <= at < self.ends_at


class Found(msgspec.Struct, frozen=True):
    """What an account's events of the period gave, and should have given, by wallet and origin.

    ``agrees``: whether the fold by the versions as they were comes to what the ledger holds.
    """

    member: bytes
    before: Given
    after: Given
    agrees: bool


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


def put_right(
    course: Course, other: Course, period: Period, snapshot: Snapshot, progress: Callable[[int, int], None]
) -> Iterator[Found]:
    """Give those who should have other points than they have, and those for whom the fold does not agree."""
    told = _Told(snapshot, period, course.zone)
    ties = circles(snapshot)
    if any(_has_budgets(each) for each in (course, other)):
        together, alone = everybody(snapshot), frozenset[bytes]()
    else:
        roots = {ties[member] for member in told.members if member in ties}
        together = frozenset(member for member, root in ties.items() if root in roots)
        alone = told.members - together
    total, done = len(alone) + len(together), 0
    folds = [_Giving(each, period, told) for each in (course, other)]
    for bucket in sorted({bucket_of(member) for member in alone}):
        wanted = frozenset(member for member in alone if bucket_of(member) == bucket)
        ledger = dict(_ledger(snapshot, bucket, wanted, told))
        for member, events in snapshot.histories(bucket, wanted):
            stored = list(events)
            for fold in folds:
                play_alone(fold, member, iter(stored))
                del fold.accounts[member]
            yield from _compared(member, folds, ledger)
            done += 1
            progress(done, total)
    if together:
        yield from _together((course, other), period, snapshot, together, told)
        progress(total, total)


def _has_budgets(course: Course) -> bool:
    versions = course.versions()
    return any(versions.number(stage.number).book.budgets for stage in course.stages)


def _together(
    courses: tuple[Course, Course], period: Period, snapshot: Snapshot, members: frozenset[bytes], told: _Told
) -> Iterator[Found]:
    """Fold those together who share points or budgets, in the order in which their events arrived."""
    folds = [_Giving(each, period, told, shared=Counter()) for each in courses]
    for fold in folds:
        with tempfile.TemporaryDirectory() as scratch:
            play_chain(fold, snapshot, members, Path(scratch))
    for bucket in sorted({bucket_of(member) for member in members}):
        wanted = frozenset(member for member in members if bucket_of(member) == bucket)
        ledger = dict(_ledger(snapshot, bucket, wanted, told))
        for member in sorted(wanted):
            yield from _compared(member, folds, ledger)


def _compared(member: bytes, folds: list[_Giving], ledger: dict[bytes, Given]) -> Iterator[Found]:
    before, after = (_plain(fold.given.pop(member, Given())) for fold in folds)
    agrees = before == _plain(ledger.get(member, Given()))
    if before != after or not agrees:
        yield Found(member, before, after, agrees)


def _plain(given: Given) -> Given:
    return Counter({key: points for key, points in given.items() if points})


class _Told:
    """Which events of the history lie in the period, and who is concerned by them."""

    def __init__(self, snapshot: Snapshot, period: Period, zone: str) -> None:
        self.period = period
        self._zone = ZoneInfo(zone)
        first, end = (dt.datetime.fromtimestamp(at, dt.UTC).replace(tzinfo=None) for at in structs.astuple(period))
        with snapshot.sql() as db:
            rows = db.execute(
                "SELECT member_id, kind, external_id, purchase_id, body FROM events"
                " WHERE occurred_at >= ? AND occurred_at < ? AND kind IN ('purchase', 'event', 'day', 'claimed')",
                [first, end],
            ).fetchall()
            self.members = frozenset(row[0] for row in rows)
            self.purchases = frozenset(_bought(*row[1:]) for row in rows if row[1] in {"purchase", "claimed"})
            self._causes: dict[str, Origin] = {row[2]: ("event", row[2]) for row in rows if row[1] == "event"}
            self._causes |= {each: ("purchase", each) for each in self.purchases}
            returns = db.execute("SELECT external_id, purchase_id FROM events WHERE kind = 'return'").fetchall()
            self._causes |= {each: ("purchase", bought) for each, bought in returns if bought in self.purchases}

    def origin(self, event: AnyEvent, kind: str) -> Origin | None:
        """Give what a row of an event is counted with; None: it is none of those that are put right."""
        if kind in _SHARED:
            shared = isinstance(event, Transfer | Received) and event.purpose in {"share", "back"}
            return self._causes.get(event.id) if shared else None  # type: ignore[union-attr] # those have one
        if kind not in _GIVING:
            return None
        match event:
            case Purchase():
                found, about = ("purchase", event.id), event.id
            case Claimed():
                found, about = ("purchase", event.purchase.id), event.purchase.id
            case Return() | StatusChanged():
                found, about = ("purchase", event.purchase), event.purchase
            case Happening():
                return ("event", event.id) if self.period.has(instant(event.occurred_at)) else None
            case DayPassed():
                at = instant(event.occurred_at)
                local = dt.datetime.fromtimestamp(at, self._zone).date().isoformat()
                return ("day", local) if self.period.has(at) else None
            case _:
                return None
        return found if about in self.purchases else None


def _bought(kind: str, external_id: str | None, purchase_id: str | None, body: bytes) -> str:
    if purchase_id or (kind == "purchase" and external_id):
        return purchase_id or external_id or ""
    event = read_event(body)
    return event.purchase.id if isinstance(event, Claimed) else ""


class _Giving(Fold):
    """A fold that counts what events gave, by member, and lends what was paid with and is not there."""

    def __init__(
        self, course: Course, period: Period, told: _Told, *, shared: Counter[tuple[str, str, int]] | None = None
    ) -> None:
        super().__init__(course, course.versions(), shared=shared)
        self.given: dict[bytes, Given] = {}
        self._period, self._told = period, told

    def _keep(self, subject: Subject, step: Decided) -> None:
        super()._keep(subject, step)
        for effect in step.decision.effects:
            if isinstance(effect, Posted) and (origin := self._told.origin(step.event, effect.kind)) is not None:
                self.given.setdefault(subject.id, Counter())[effect.wallet, origin] += effect.amount

    def _in_force(self, at: int, recorded: int) -> Rules:
        if recorded in self._kept and (self.course.changes_at is None or not self._period.has(at)):
            return self.versions.number(recorded)
        return self.versions.at(at)

    def _buy_otherwise(
        self, account: Account, event: Purchase, stored: Stored, refusal: Declined
    ) -> Decided | Declined:
        """Lend what was paid with, as it was; only what is refused for another reason is paid in money."""
        if event.points is not None and refusal.code == "not_enough_points":
            lent = Adjustment(
                occurred_at=event.occurred_at,
                id="lent",
                member="",
                wallet=event.points.wallet,
                amount=event.points.amount,
                reason="",
            )
            self._play(account, lent, stored)
            step = self._play(account, event, stored)
            if isinstance(step, Decided):
                return step
        return super()._buy_otherwise(account, event, stored, refusal)


def _ledger(snapshot: Snapshot, bucket: int, members: frozenset[bytes], told: _Told) -> Iterator[tuple[bytes, Given]]:
    """Give what the ledger holds of the events of the period, by member."""
    rows: dict[bytes, list[Row]] = {
        member: [row for row in found if row.kind in _GIVING or row.kind in _SHARED]
        for member, found in snapshot.entries(bucket, members)
    }
    for member, events in snapshot.histories(bucket, members):
        yield member, _held(rows.get(member, ()), events, told)


def _held(rows: Iterable[Row], events: Iterable[Stored], told: _Told) -> Given:
    given = Given()
    kept = list(rows)
    wanted = {row.seq for row in kept}
    bodies = {each.seq: read_event(each.body) for each in events if each.seq in wanted}
    for row in kept:
        origin = told.origin(bodies[row.seq], row.kind)
        if origin is not None:
            given[row.wallet, origin] += row.amount
    return given
