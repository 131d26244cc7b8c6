"""Deciding a group of items, in order, on the standings that were locked for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from stammis.accrual.outcomes import Accepted, Declined, Item, Key, MemberFields, Outcome, declined
from stammis.accrual.services import answers
from stammis.accrual.services.deciding import NOTHING_AROUND, Around, Decided, Subject, decided, expired_by, run
from stammis.accrual.services.loading import Loaded, Name, Waiting, name_of
from stammis.accrual.services.writing import SECOND, Writing
from stammis.activity import services as activity
from stammis.core.calendars import instant, moment
from stammis.core.decide import needs
from stammis.core.effects import Decision, PurchaseMoved, RewardMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    Happening,
    LevelGiven,
    MemberChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    Scalar,
    StatusChanged,
)
from stammis.core.rules import Rules
from stammis.core.standing import IssuedReward, PurchaseState, Standing
from stammis.core.world import Grants, Original
from stammis.kit import arrays
from stammis.kit.ids import uuid7
from stammis.members import services as members
from stammis.programmes.queries import Versions
from stammis.rewards import services as rewards

AHEAD = dt.timedelta(minutes=5)
"""So far ahead of the installation's clock may a caller's clock be."""
_CREATED: dict[type, int] = {Purchase: 201, Return: 201, Happening: 201, Redemption: 201, Adjustment: 201}


class MustBeAlone(Exception):
    """Something has to wait for its purchase, which is safe only while nobody else's events come in."""


class Placed(NamedTuple):
    """A purchase, where it stands, and whose it is."""

    subject: Subject
    purchase: Purchase
    state: PurchaseState


class Group:
    """Items of one transaction: ``take`` decides the next one, ``writing`` holds what there is to write."""

    def __init__(self, loaded: Loaded, now: dt.datetime, *, alone: bool, as_of: dt.datetime | None = None) -> None:
        self.writing = Writing(max(arrays.microseconds(now), loaded.closed_until))
        self._loaded = loaded
        self._now = now
        self._as_of = as_of
        self._alone = alone
        self._subjects: dict[bytes, Subject] = {}
        self._first: dict[Name, tuple[Accepted, bytes | None]] = {}
        self._purchases: dict[tuple[bytes, str], Placed] = {}
        self._redeemed: dict[tuple[bytes, str], bytes] = {}
        self._latest_id = uuid.UUID(int=0)
        self._bounds: dict[uuid.UUID, tuple[int, int]] = {}

    def take(self, item: Item) -> Outcome:
        """Decide an item; what it has to write is added to ``writing`` only if it is accepted."""
        programme = item.programme_id.bytes
        key = item.key
        if key is not None:
            told = self._told((programme, *key), item.hash)
            if told is not None:
                return told
        event = item.event
        if isinstance(event, MemberFields):
            return self._change_member(programme, event)
        if self._as_of is not None:
            event = structs.replace(event, occurred_at=self._as_of)
        outcome = self._untimely(event, self._loaded.versions[programme]) or self._decide(programme, event, item)
        if key is not None and isinstance(outcome, Accepted):
            self._first[programme, *key] = (outcome, item.hash)
            self._receive(programme, key, outcome, item.hash)
        return outcome

    def _told(self, name: Name, digest: bytes | None) -> Outcome | None:
        """Give the first answer to an id that was accepted before, or the conflict of another body under it."""
        here = self._first.get(name)
        if here is not None:
            return answers.again(*here, digest)
        known = self._loaded.receipts.get(name)
        if known is not None:
            return answers.again(answers.stored(name[0], known), known.hash, digest)
        waits = self._loaded.waiting_ids.get(name)
        if waits is not None:
            return answers.again(Accepted(answers.WAITS, answers.waiting(name[0], waits.event)), waits.hash, digest)
        return None

    def _untimely(self, event: AnyEvent, versions: Versions) -> Declined | None:
        """Refuse what lies too far back for the programme, or ahead of the clock."""
        bounds = self._bounds.get(versions.programme.id)
        if bounds is None:
            now = self._as_of or self._now
            age = dt.timedelta(days=versions.at(instant(now)).programme.declared_age_days)
            bounds = self._bounds[versions.programme.id] = (
                arrays.microseconds(now - age),
                arrays.microseconds(now + AHEAD),
            )
        oldest, latest = bounds
        at = arrays.microseconds(event.occurred_at)
        if at > latest:
            return declined("in_future", latest=moment(latest // SECOND).isoformat(timespec="seconds"))
        if at < oldest:
            return declined("too_old", oldest=moment(oldest // SECOND).isoformat(timespec="seconds"))
        return None

    def _decide(self, programme: bytes, event: AnyEvent, item: Item) -> Outcome:
        match event:
            case Purchase():
                return self._purchase(programme, event)
            case Return() | StatusChanged():
                placed = self._placed(programme, event.purchase)
                return self._defer(programme, event, item) if placed is None else self._with(placed, event)
            case Happening() | Adjustment() | LevelGiven():
                return self._by_member(programme, event)
            case Redemption():
                return self._redeem(programme, event)
            case RedemptionCancelled():
                return self._cancel(programme, event)
            case _:
                raise TypeError(event)

    def _purchase(self, programme: bytes, event: Purchase) -> Outcome:
        name = name_of(programme, event)
        subject = self._subject(name)
        rules = self._rules(programme, event)
        enrols = subject is None and event.member is not None
        if enrols and rules.programme.members.unknown == "refuse":
            return declined("unknown_member", member=event.member)
        subject = subject or _newcomer(programme)
        around = Around(coupons=self._coupons(subject, event)) if event.coupons else NOTHING_AROUND
        outcome = self._run(subject, event, rules, event.member, around, enrols=enrols)
        if isinstance(outcome, Accepted):
            if subject.is_new:
                self._welcome(subject, name, event)
            if self._loaded.waiting:
                self._let_in(programme, self._loaded.waiting.pop((programme, event.id), ()))
        return outcome

    def _let_in(self, programme: bytes, waits: Iterable[Waiting]) -> None:
        """Apply what waited for a purchase that has just arrived, in the order of its own arrival."""
        for wait in waits:
            assert isinstance(wait.event, Return | StatusChanged)
            outcome = self._with(self._purchases[programme, wait.purchase_id], wait.event)
            self.writing.settle(wait, outcome if isinstance(outcome, Declined) else None)
            if wait.external_id is None:
                continue
            key = (wait.kind, wait.external_id)
            if isinstance(outcome, Accepted):
                self._receive(programme, key, Accepted(answers.WAITS, outcome.answer), wait.hash)
            else:  # the id is free again
                self._first.pop((programme, *key), None)
                self._loaded.waiting_ids.pop((programme, *key), None)

    def _defer(self, programme: bytes, event: Return | StatusChanged, item: Item) -> Outcome:
        """Let a return or a status wait for its purchase."""
        if not self._alone:
            raise MustBeAlone
        external_id = event.id if isinstance(event, Return) else None
        kind = "return" if isinstance(event, Return) else "status"
        wait = Waiting(self._next_id(), kind, external_id, event.purchase, item.hash, event)
        self.writing.wait(programme, wait)
        self._loaded.waiting.setdefault((programme, event.purchase), []).append(wait)
        return Accepted(answers.WAITS, answers.waiting(programme, event))

    def _next_id(self) -> uuid.UUID:
        """Give an id that sorts after those given before: what waits is applied in the order of its arrival."""
        self._latest_id = max(uuid7(), uuid.UUID(int=self._latest_id.int + 1))
        return self._latest_id

    def _with(self, placed: Placed, event: Return | StatusChanged) -> Outcome:
        """Decide an event about a purchase, by the rules of the version that decided the purchase."""
        subject, purchase, state = placed
        rules = self._loaded.versions[subject.programme].number(state.version)
        original = Original(purchase=purchase, state=state, expired=subject.expired)
        around = Around(original=original, coupons=self._coupons(subject, purchase))
        return self._run(subject, event, rules, purchase.member, around)

    def _by_member(self, programme: bytes, event: Happening | Adjustment | LevelGiven | Redemption) -> Outcome:
        name = (programme, members.ID, event.member)
        subject = self._subject(name)
        rules = self._rules(programme, event)
        if subject is not None:
            grants = self._grants(programme, event, rules) if isinstance(event, Redemption) else None
            return self._run(subject, event, rules, event.member, Around(grants=grants))
        if not isinstance(event, Happening) or rules.programme.members.unknown == "refuse":
            return declined("unknown_member", member=event.member)
        subject = _newcomer(programme)
        outcome = self._run(subject, event, rules, event.member, enrols=True)
        if isinstance(outcome, Accepted):
            self._welcome(subject, name, event)
        return outcome

    def _redeem(self, programme: bytes, event: Redemption) -> Outcome:
        outcome = self._by_member(programme, event)
        if isinstance(outcome, Accepted):
            key = (programme, event.reward)
            self.writing.stock[key] += event.quantity
            self._loaded.stock[key] = self._loaded.stock.get(key, 0) + event.quantity
        return outcome

    def _grants(self, programme: bytes, event: Redemption, rules: Rules) -> Grants:
        stock = _stock(rules).get(event.reward)
        left = None if stock is None else max(0, stock - self._loaded.stock.get((programme, event.reward), 0))
        return Grants(stock=left, codes=tuple(rewards.code() for _ in range(needs(event, rules).codes)))

    def _cancel(self, programme: bytes, event: RedemptionCancelled) -> Outcome:
        known = self._loaded.receipts.get((programme, "redemption", event.redemption))
        member = known.member if known else self._redeemed.get((programme, event.redemption))
        if member is None:
            return Declined(404, "unknown_redemption")
        reward = self._loaded.issued.get(member, {}).get(event.redemption)
        subject, rules = self._known(member, programme), self._rules(programme, event)
        outcome = self._run(subject, event, rules, None, Around(redemption=reward))
        if isinstance(outcome, Accepted) and reward is not None:
            key = (programme, reward.reward)
            self.writing.stock[key] -= reward.quantity
            self._loaded.stock[key] = self._loaded.stock.get(key, 0) - reward.quantity
        return outcome

    def _change_member(self, programme: bytes, change: MemberFields) -> Outcome:
        """Write a member's record; what rules read of it becomes an event where it differs from what they know."""
        name = (programme, members.ID, change.reference)
        subject = self._subject(name)
        if subject is None:
            subject = _newcomer(programme)
            self._welcome(subject, name, None)
            record = members.Record(subject.id, programme, members.MEMBER, change.reference, self._now)
            record = members.merged(record, {"joined_at": self._now})
        else:
            record = self.writing.records.get(subject.id) or self._loaded.records[subject.id]
        record = self.writing.records[subject.id] = members.merged(record, change.fields)
        facts = {name: value for name, value in record.attributes.items() if isinstance(value, Scalar)}
        event = MemberChanged(occurred_at=self._now, labels=record.labels, attributes=facts)
        standing, rules = subject.standing, self._rules(programme, event)
        if standing.enrolled and (standing.labels, standing.attributes) == (event.labels, facts):
            unchanged = decided(event, rules, Decision(effects=()), standing)
            return Accepted(200, answers.answer(subject, change.reference, unchanged))
        return self._run(subject, event, rules, change.reference)

    def _run(
        self,
        subject: Subject,
        event: AnyEvent,
        rules: Rules,
        reference: str | None,
        around: Around = NOTHING_AROUND,
        *,
        enrols: bool = False,
    ) -> Outcome:
        """Decide an event and take over what it does; a refusal leaves everything as it was."""
        if self._as_of is not None and instant(event.occurred_at) < subject.standing.latest_at:
            return Declined(422, "as_of_past")
        steps = run(subject, event, rules, self._loaded.versions[subject.programme], around, enrols=enrols)
        if isinstance(steps, Declined):
            return steps
        for step in steps:
            self._keep(subject, step)
        return Accepted(_CREATED.get(type(event), 200), answers.answer(subject, reference, steps[-1]))

    def _keep(self, subject: Subject, step: Decided) -> None:
        """Take over what was decided, for the items that follow and for writing."""
        subject.standing = step.standing
        self.writing.add(subject, step)
        programme, event = subject.programme, step.event
        expires = False
        for effect in step.decision.effects:
            if isinstance(effect, PurchaseMoved):
                key = (programme, effect.purchase)
                purchase = event if isinstance(event, Purchase) else self._purchases[key].purchase
                self._purchases[key] = Placed(subject, purchase, effect.state)
            elif isinstance(effect, RewardMoved):
                self._loaded.issued.setdefault(subject.id, {})[effect.reward.redemption] = effect.reward
                self._redeemed[programme, effect.reward.redemption] = subject.id
            elif getattr(effect, "kind", None) == "expire":
                expires = True
        if expires:
            subject.expired = expired_by((step,), subject.expired)

    def _receive(self, programme: bytes, key: Key, outcome: Accepted, digest: bytes | None) -> None:
        """Keep the caller's id; what waits for its purchase is kept elsewhere until that arrives."""
        answer = outcome.answer
        if answer.member_id is not None:
            row = activity.ReceiptRow(programme, *key, answer.member_id.bytes, answer.seq, outcome.status, digest)
            self.writing.receipts.append(row)

    def _rules(self, programme: bytes, event: AnyEvent) -> Rules:
        return self._loaded.versions[programme].at(instant(event.occurred_at))

    def _subject(self, name: Name | None) -> Subject | None:
        member = None if name is None else self._loaded.identities.get(name)
        return None if member is None or name is None else self._known(member, name[0])

    def _known(self, member: bytes, programme: bytes) -> Subject:
        subject = self._subjects.get(member)
        if subject is None:
            standing, expired = self._loaded.standings[member], self._loaded.expired.get(member, {})
            subject = self._subjects[member] = Subject(member, programme, standing, expired=expired)
        return subject

    def _placed(self, programme: bytes, purchase_id: str) -> Placed | None:
        key = (programme, purchase_id)
        placed = self._purchases.get(key)
        if placed is None and (known := self._loaded.receipts.get((programme, "purchase", purchase_id))):
            placed = self._purchases[key] = Placed(self._known(known.member, programme), *known.original())
        return placed

    def _coupons(self, subject: Subject, purchase: Purchase) -> dict[str, IssuedReward]:
        """Give those of the member's own issued rewards whose codes the purchase names."""
        if not purchase.coupons:
            return {}
        mine = self._loaded.issued.get(subject.id, {}).values()
        return {reward.code: reward for reward in mine if reward.code in purchase.coupons}

    def _welcome(self, subject: Subject, name: Name | None, event: Purchase | Happening | None) -> None:
        """Write the row of somebody who was not known before."""
        if subject.id in self._subjects:
            return
        self._subjects[subject.id] = subject
        if name is not None:
            self._loaded.identities[name] = subject.id
            self.writing.identities.append((*name, subject.id))
        if event is not None:
            self.writing.welcome(subject, event, self._now, is_member=name is not None and name[1] == members.ID)


def _newcomer(programme: bytes) -> Subject:
    return Subject(uuid7().bytes, programme, Standing(), is_new=True)


@lru_cache(maxsize=64)
def _stock(rules: Rules) -> dict[str, int]:
    return {reward.id: reward.stock for reward in rules.programme.rewards if reward.stock is not None}
