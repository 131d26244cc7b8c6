"""The fold: stored events decided again, by the versions of a course, with the functions that decide live.

Behaviour is held as it was observed. What other rules do not allow (a reward that is too dear now, points tendered that
are not there) is refused and counted; a purchase is then paid in money. Where only the hold is not there from which a
purchase was paid, it is paid with other points if there are enough.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

import msgspec
from msgspec import structs

from stammis.accrual.outcomes import Declined
from stammis.accrual.records import read_event, read_purchase
from stammis.accrual.services import between
from stammis.accrual.services.acting import Sitting, begin
from stammis.accrual.services.deciding import NOTHING_AROUND, Around, Decided, Subject, days_of, run, run_now
from stammis.accrual.services.loading import Histories, Loaded
from stammis.accrual.services.tied import decide_tied, let_pass, shares
from stammis.accrual.services.writing import Writing
from stammis.core.calendars import instant, moment
from stammis.core.decide import decide
from stammis.core.effects import Drawn, Refused
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    HoldPlaced,
    Merged,
    OfPending,
    PendingRestored,
    PoolChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Transfer,
    Unmerged,
)
from stammis.core.fold import standing_after
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.world import Grants, Original, World
from stammis.programmes.queries import Versions
from stammis.simulation.accounts import NOBODY, Account, is_brought
from stammis.simulation.course import Course, months
from stammis.simulation.otherwise import other_ways
from stammis.simulation.remaining import budgets_left, household_in, stock_left
from stammis.simulation.settling import Settled, here
from stammis.simulation.tallies import Budget, Purses, Sums
from stammis.snapshot.reading import Stored

SECOND = 1_000_000
FOREVER = 1 << 60
_read_grants = msgspec.json.Decoder(Grants).decode
NOT_WANTED: frozenset[str] = frozenset()
MADE_AGAIN = frozenset({"received", "day"})
"""Kinds of what is not played: it is made again by what it follows from."""
_BETWEEN = (Transfer, PoolChanged, Merged, Unmerged)


class Fold:
    """Accounts in the making; ``accounts`` holds them by internal id.

    ``shared`` counts what is drawn from budgets, in the order of arrival; None: there is enough for everybody.
    ``sums`` counts all else; for each account apart only where somebody asks for that. ``settled`` has the pending rows
    of those of whom somebody settled some by hand. ``listens`` says of a kind of fold that its ``happen`` and ``_keep``
    have to hear of every event.
    """

    listens: ClassVar[bool] = False

    def __init__(self, course: Course, versions: Versions, *, shared: Counter[Budget] | None = None) -> None:
        self.course = course
        self.accounts: dict[bytes, Account] = {}
        self.versions = versions
        self._wanted: Mapping[bytes, frozenset[str]] = {}
        self._receivers: Mapping[str, bytes] = {}
        self._shared = shared
        self.sums = Sums()
        self._apart = course.exact or any(versions.number(stage.number).book.budgets for stage in course.stages)
        self.settled: Settled = {}
        self._programme = course.programme.bytes
        self._histories = Histories()
        self._holders: dict[str, bytes] = {}  # who put which hold aside last
        self._loaded = Loaded({self._programme: versions}, 0, {}, {}, {}, {}, {}, {}, {}, histories=self._histories)
        self._writing = Writing(0)
        self._kept = frozenset(course.kept)
        self._begins = -FOREVER if course.begins_at is None else course.begins_at
        self._ends = FOREVER if course.ends_at is None else course.ends_at
        self._changes = FOREVER if course.changes_at is None else course.changes_at
        self._firsts, self._names = months(course.zone)
        self._month, self._stretch, self._at = (0, 0, ""), (0, 0, versions.number(0)), -FOREVER

    def _sitting(self) -> Sitting:  # not kept: it leads back here, and all accounts would wait for the collector
        holder = self._holders.get
        parts = self._loaded, self._writing, self._keep, self._known
        return Sitting(*parts, lambda _: None, lambda name: holder(name[2]))

    @property
    def shares(self) -> bool:
        """Whether budgets are shared, so that there is only so much of them."""
        return self._shared is not None

    def expect(self, receivers: Mapping[str, bytes], wanted: Mapping[bytes, frozenset[str]]) -> None:
        """Say what later events are about: who receives which transfer, and members' purchases to be remembered."""
        self._receivers, self._wanted = receivers, wanted
        for member, account in self.accounts.items():  # one that somebody asked for is there before its history
            account.wanted = wanted.get(member, NOT_WANTED)

    def account(self, member: bytes) -> Account:
        """Give an account, new where nothing has happened to it yet."""
        found = self.accounts.get(member)
        if found is None:
            subject, wanted = Subject(member, self._programme, Standing()), self._wanted.get(member, NOT_WANTED)
            found = self.accounts[member] = Account(subject, wanted, Sums() if self._apart else self.sums)
            found.inside = self.course.begins_at is None
            found.rows = [] if self.course.exact else None
            found.told = [] if member in self.settled else None
        return found

    def live(self, account: Account, events: Iterable[Stored]) -> None:
        """Let events of an account happen again, one after the other."""
        rest = iter(events)
        while (stored := self._shop(account, rest)) is not None:
            self.happen(stored)

    def happen(self, stored: Stored) -> None:
        """Let a stored event happen again; what the fold makes by itself is passed over."""
        account, at, kind = self.account(stored.member), stored.occurred_at // SECOND, stored.kind
        self._at = account.at = at
        if at >= self._ends:
            return
        if not account.inside and kind != "member":
            self._enter(account, at)
        if kind in MADE_AGAIN:
            if kind == "day":
                self._let_pass(account, at, reviewed=True)
            return
        event = read_event(stored.body)
        account.gross = stored.gross_minor or 0
        if is_brought(event):
            return
        step = self._play(account, event, stored)
        if isinstance(step, Declined) and isinstance(event, Purchase):
            step = self._buy_otherwise(account, event, stored, step)
        if isinstance(step, Declined) and account.inside:
            account.sums.refused[kind, step.code] += 1

    def _shop(self, account: Account, events: Iterator[Stored]) -> Stored | None:
        """Let purchases around which there is nothing to look at happen, as ``happen`` does but in less time.

        Give the first event that is something else, None where none is.
        """
        standing = account.subject.standing
        if self.listens or not account.inside or account.told is not None or standing.ties is not None:
            return next(events, None)
        sums, ends, kept = account.sums, self._ends, self._kept
        for stored in events:
            _, _, kind, occurred_at, _, gross, body, version, grants = stored
            at, due_at, latest_at = occurred_at // SECOND, standing.due_at, standing.latest_at
            if kind != "purchase" or grants is not None or at >= ends or (due_at is not None and due_at <= at):
                return stored
            first, end, current = self._stretch
            if not first <= at < end or latest_at >= end:
                current = self._current(max(at, latest_at))
            rules = self._in_force(at, version) if kept else current if latest_at <= at else self._current(at)
            if rules.book.budgets or (event := read_purchase(body)).coupons:
                return stored
            world = World(standing=standing)
            decision = decide(event, world, rules, current)
            effects = decision.effects
            if effects and type(effects[0]) is Refused:
                return stored
            standing = standing_after(at, decision, world, current)
            account.at, account.gross = at, gross or 0
            first, end, month = self._month
            account.buy(event, decision, standing, sums.months[month if first <= at < end else self.month_of(at)])
            sums.events += 1
        return None

    def end(self, account: Account) -> None:
        """Let the stretch end for an account: days pass until then, and balances and levels are looked at."""
        self._enter(account, FOREVER)
        until = self.course.until
        if until is not None:
            self._let_pass(account, until)
        at = account.subject.standing.latest_at if until is None else until
        wallets, levels = account.look(self.versions, at)
        for wallet, (active, pending, held) in wallets.items():
            purses = account.purses.setdefault(wallet, Purses())
            purses.active, purses.pending, purses.held = active, pending, held
        for tiers, level in levels.items():
            if tiers not in account.levels_then:
                account.begin_level(tiers, *self._bases[tiers])
            account.move_level(tiers, level, self.month_of(at))
        account.sums.members += account.subject.standing.enrolled

    @cached_property
    def _bases(self) -> dict[str, tuple[str, str]]:
        """By tier set the month in which it came, and the level that everybody has in it."""
        found: dict[str, tuple[str, str]] = {}
        for starts_at, number in self.versions.starts:
            for tiers in self.versions.number(number).tiers:
                found.setdefault(tiers.id, (self.month_of(starts_at), tiers.named(tiers.base) or NOBODY))
        return found

    def month_of(self, at: int) -> str:
        """Give the local month of an instant, within the stretch."""
        first, end, name = self._month  # that of the instant before, nearly always
        if first <= at < end:
            return name
        place = max(0, bisect_right(self._firsts, max(at, self._begins)) - 1)
        if at >= self._begins:
            self._month = (max(self._firsts[place], self._begins), self._firsts[place + 1], self._names[place])
        return self._names[place]

    def _enter(self, account: Account, at: int) -> None:
        """Begin to count for an account, once something happens to it in the stretch."""
        if account.inside or at < self._begins:
            return
        begins = self._begins
        self._let_pass(account, begins - 1)
        account.inside = True
        wallets, levels = account.look(self.versions, begins - 1)
        month = self.month_of(min(at, self._firsts[-1] - 1))
        account.stand(levels, self.course.first_day, self.month_of(begins), month)
        standing = account.subject.standing
        if self.course.empty:
            account.subject.standing = structs.replace(standing, purses={}, pending={}, holds={}, awaited=None)
            account.purchases.clear()
        else:
            account.purses = {wallet: Purses(opening=sum(there)) for wallet, there in wallets.items()}
        standing = account.subject.standing
        if begins in self.versions.reviews and standing.enrolled:
            due_at = begins if standing.due_at is None else min(begins, standing.due_at)
            account.subject.standing = structs.replace(standing, due_at=due_at)

    def _let_pass(self, account: Account, until: int, *, reviewed: bool = False) -> None:
        """Apply what falls due; at the start of a version every level is reviewed where that was recorded."""
        subject = account.subject
        standing = subject.standing
        if reviewed and until in self.versions.reviews and (standing.due_at is None or standing.due_at > until):
            standing = subject.standing = structs.replace(standing, due_at=until)
        if standing.due_at is None or standing.due_at > until:
            return
        if standing.ties is not None:
            let_pass(self._sitting(), subject, moment(until))
            return
        days, after = days_of(standing, until, self.versions)
        for day in days:
            self._keep(subject, day)
        subject.standing = after

    def _play(self, account: Account, event: AnyEvent, stored: Stored) -> Decided | Declined:
        if isinstance(event, _BETWEEN):
            return self._between(account, event)
        rules = self._rules(account, event, stored)
        if rules is None:
            return Declined(404, "nothing_to_change")
        if isinstance(event, OfPending | Adjustment):
            event = here(event, account, self.settled.get(account.subject.id), self._begins)
        plain = isinstance(event, Purchase) and stored.grants is None and not (event.coupons or rules.book.budgets)
        around = NOTHING_AROUND if plain else self._around(account, event, rules, stored)
        subject, standing = account.subject, account.subject.standing
        if shares(subject, event):
            act = begin(self._sitting(), self._programme, event, rules)
            return decide_tied(act, subject, event, around, getattr(event, "member", None))
        if plain and (standing.due_at is None or standing.due_at > self._at):
            current = self._current(max(self._at, standing.latest_at))
            step = run_now(standing, event, rules, current, viewed=False)
            if isinstance(step, Decided):
                self._keep(subject, step)
            return step
        steps = run(subject, event, rules, self.versions, around)
        if isinstance(steps, Declined):
            return steps
        for each in steps:
            self._keep(subject, each)
        return steps[-1]

    def _current(self, at: int) -> Rules:
        """Give the rules in force at an instant; they are those of the instant before, nearly always."""
        first, end, rules = self._stretch
        if first <= at < end:
            return rules
        starts = [start for start, _ in self.versions.starts]
        place = bisect_right(starts, at)
        rules = self.versions.at(at)
        self._stretch = (
            starts[place - 1] if place else -FOREVER,
            starts[place] if place < len(starts) else FOREVER,
            rules,
        )
        return rules

    def _buy_otherwise(
        self, account: Account, event: Purchase, stored: Stored, refusal: Declined
    ) -> Decided | Declined:
        """Let a purchase be paid as near to what was observed as the rules allow; one paid in money is counted."""
        counted = refusal
        for otherwise in other_ways(event):
            step = self._play(account, otherwise, stored)
            intact = otherwise.points is not None and otherwise.coupons == event.coupons
            if isinstance(step, Decided):
                if account.inside and not intact:
                    account.sums.refused["tender", counted.code] += 1
                return step
            if intact:  # without its hold: why the points themselves could not be paid with says more
                counted = step
        return refusal

    def _rules(self, account: Account, event: AnyEvent, stored: Stored) -> Rules | None:
        """Give the rules that decide an event; None where it is about something that did not come to be."""
        if isinstance(event, Purchase):
            return self._in_force(self._at, stored.version)
        if isinstance(event, Return | StatusChanged):
            placed = account.purchases.get(event.purchase)
            return None if placed is None else self.versions.number(placed[1].version)
        if isinstance(event, RedemptionCancelled) and event.redemption not in account.issued:
            return None
        if isinstance(event, PendingRestored) and event.taken not in account.taken:
            return None
        return self._in_force(self._at, stored.version)

    def _in_force(self, at: int, recorded: int) -> Rules:
        if recorded in self._kept and at < self._changes:
            return self.versions.number(recorded)
        return self._current(at)

    def _around(self, account: Account, event: AnyEvent, rules: Rules, stored: Stored) -> Around:
        """Give what an event needs besides the standing: what was granted then, budgets as they are here."""
        around, meant = NOTHING_AROUND, event
        if isinstance(event, Return | StatusChanged):
            meant, state = account.purchases[event.purchase]
            original = Original(purchase=meant, state=state, expired=account.subject.expired)
            around = Around(original=original, coupons=account.coupons(meant))
        elif isinstance(event, Purchase):
            if event.coupons:
                around = Around(coupons=account.coupons(event))
        elif isinstance(event, RedemptionCancelled):
            around = Around(redemption=account.issued[event.redemption])
        if stored.grants is None and not rules.book.budgets:
            return around
        grants = Grants() if stored.grants is None else _read_grants(stored.grants)
        household = household_in(account, around, rules)
        left = {} if self._shared is None else budgets_left(meant, rules, household, self._shared, self.course.part)
        stock = grants.stock
        if isinstance(event, Redemption):
            before = self.versions.document(stored.version) if stored.version in self._kept else None
            stock = stock_left(event, stock, rules, before)
        return replace(around, grants=structs.replace(grants, budgets=left, stock=stock, household=household))

    def _between(self, account: Account, event: AnyEvent) -> Decided | Declined:
        """Let an act of one account towards another happen again, both sides of it."""
        giver = account.subject
        act = begin(self._sitting(), self._programme, event)
        if isinstance(event, Transfer):
            taker = self._receivers.get(event.id)
            if taker is None:
                return Declined(404, "unknown_receiver")
            return act.settle(act.move(giver, event, self._known(taker, self._programme)))
        step = act.play(giver, event)
        if isinstance(step, Decided) and isinstance(event, Merged):
            taker = bytes.fromhex(event.account)
            between.hand_over(act, giver, self._known(taker, self._programme), event)
        elif isinstance(step, Decided) and isinstance(event, Unmerged) and account.merge is not None:
            other = self.account(bytes.fromhex(account.merge.account))
            self._known(other.subject.id, self._programme)
            self._histories.expired[other.subject.id] = other.subject.expired
            brought = other.brought.get(account.merge.id, [])
            self._histories.brought[other.subject.id, account.merge.id] = brought
            self._histories.carried[other.subject.id, account.merge.id] = other.carried.get(account.merge.id, [])
            between.give_back(act, other.subject, giver, account.merge, event)
        return act.settle(step)

    def _known(self, member: bytes, _programme: bytes) -> Subject:
        account = self.account(member)
        if not account.inside:
            self._enter(account, self._at)
        return account.subject

    def _keep(self, subject: Subject, step: Decided) -> None:
        account = self.accounts[subject.id]
        if isinstance(step.event, HoldPlaced):
            self._holders[step.event.id] = subject.id
        account.at = self._at if isinstance(step.event, Purchase) else instant(step.event.occurred_at)
        if self._shared is not None:
            for effect in step.decision.effects:
                if isinstance(effect, Drawn):
                    self._shared[effect.budget, effect.store, effect.period] += effect.points
        account.keep(step, self.month_of)
