"""Deciding a group of items, in order, on the standings that were locked for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from msgspec import structs

from stammis.accrual.outcomes import Accepted, Declined, Due, Item, Key, MemberFields, Outcome, Proof, declined
from stammis.accrual.services import answers, between, corrected, facts, waits
from stammis.accrual.services.acting import Sitting, begin
from stammis.accrual.services.asking import MustBeAlone, Name, name_of
from stammis.accrual.services.deciding import (
    CREATED,
    NOTHING_AROUND,
    Around,
    Decided,
    Placed,
    Subject,
    decided,
    newcomer,
    note_lost,
    run,
)
from stammis.accrual.services.granting import grants_for
from stammis.accrual.services.loading import Loaded, Waiting
from stammis.accrual.services.sharing import drew, granted
from stammis.accrual.services.tied import decide_tied, let_pass, shares
from stammis.accrual.services.timing import Timing
from stammis.accrual.services.writing import Writing
from stammis.activity import services as activity
from stammis.core.calendars import instant
from stammis.core.effects import Decision, Drawn, HoldMoved, PurchaseMoved, RewardMoved
from stammis.core.events import (
    AnyEvent,
    BroughtBalance,
    Claimed,
    Happening,
    MemberChanged,
    OfHold,
    OfMember,
    OfPending,
    OfTwo,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    StatusChanged,
    Unmerged,
)
from stammis.core.rules import Rules
from stammis.core.standing import IssuedReward
from stammis.core.world import Original
from stammis.kit import arrays
from stammis.kit.ids import uuid7
from stammis.members import services as members

_FOLLOWED = frozenset({PurchaseMoved, RewardMoved, HoldMoved, Drawn})  # later items may ask for them
Entering = Purchase | Happening | BroughtBalance


class Group:
    """Items of one transaction: ``take`` decides the next one, ``writing`` holds what there is to write."""

    def __init__(self, loaded: Loaded, now: dt.datetime, *, alone: bool, as_of: dt.datetime | None = None) -> None:
        self.writing = Writing(max(arrays.microseconds(now), loaded.closed_until))
        self._loaded, self._now, self._as_of, self._alone = loaded, now, as_of, alone
        self._subjects: dict[bytes, Subject] = {}
        self._first: dict[Name, tuple[Accepted, bytes | None]] = {}
        self._purchases: dict[tuple[bytes, str], Placed] = {}
        self._owners: dict[Name, bytes] = {}
        self._latest_id = uuid.UUID(int=0)
        self._timing = Timing(as_of or now)
        self._rules = loaded.rules

    def take(self, item: Item) -> Outcome:
        """Decide an item; what it has to write is added to ``writing`` only if it is accepted."""
        self.writing.item = item
        programme = item.programme_id.bytes
        key = item.key
        if key is not None and (told := self._told((programme, *key), item.hash)) is not None:
            return told
        event = item.event
        if isinstance(event, MemberFields):
            return self._change_member(programme, event)
        if isinstance(event, Proof):
            return self._prove(programme, event)
        if isinstance(event, Due):
            return self._unchanged(let_pass(self._sitting(), self._known(event.account, programme), event.until), "")
        if self._as_of is not None:
            event = structs.replace(event, occurred_at=self._as_of)
        outcome = self._timing.untimely(event, programme, self._loaded.versions) or self._decide(programme, event, item)
        if key is not None and isinstance(outcome, Accepted):
            self._first[programme, *key] = (outcome, item.hash)
            self._receive(programme, key, outcome, item.hash)
        return outcome

    def _sitting(self) -> Sitting:  # not kept: it leads back here, and all that was loaded would wait for the collector
        return Sitting(self._loaded, self.writing, self._keep, self._known, self._subject, self._owner)

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

    def _decide(self, programme: bytes, event: AnyEvent, item: Item) -> Outcome:
        if isinstance(event, Purchase):  # most events are
            return self._purchase(programme, event)
        if isinstance(event, OfMember):
            return self._by_member(programme, event)
        if isinstance(event, OfHold):
            return self._close(programme, event)
        if isinstance(event, OfPending):
            return self._settle(programme, event)
        if isinstance(event, OfTwo):
            return self._between(programme, event)
        if isinstance(event, Return | StatusChanged):
            placed = self._placed(programme, event.purchase)
            return self._defer(programme, event, item) if placed is None else self._with(placed, event)
        if isinstance(event, Redemption):
            return self._redeem(programme, event)
        if isinstance(event, RedemptionCancelled):
            return self._cancel(programme, event)
        raise TypeError(event)

    def _purchase(self, programme: bytes, event: Purchase) -> Outcome:
        name = name_of(programme, event)
        subject = self._subject(name)
        rules = self._rules(programme, event)
        enrols = subject is None and event.member is not None
        if enrols and rules.programme.members.unknown == "refuse":
            return declined("unknown_member", member=event.member)
        subject = subject or newcomer(programme)
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
        grants = corrected.granted(self._loaded.corrections, subject.programme, purchase.id)
        around = Around(original=original, coupons=self._coupons(subject, purchase), grants=grants)
        return self._run(subject, event, rules, purchase.member, around)

    def _by_member(self, programme: bytes, event: OfMember | Redemption) -> Outcome:
        name = (programme, members.ID, event.member)
        subject = self._subject(name)
        rules = self._rules(programme, event)
        if isinstance(event, Happening) and (unfit := facts.unfit(event, rules)) is not None:
            return unfit
        if subject is not None:
            grants = grants_for(self._loaded, programme, event, rules) if isinstance(event, Redemption) else None
            return self._run(subject, event, rules, event.member, Around(grants=grants))
        if not isinstance(event, Happening | BroughtBalance) or rules.programme.members.unknown == "refuse":
            return declined("unknown_member", member=event.member)
        subject = newcomer(programme)
        outcome = self._run(subject, event, rules, event.member, enrols=True)
        if isinstance(outcome, Accepted):
            self._welcome(subject, name, event)
        return outcome

    def _redeem(self, programme: bytes, event: Redemption) -> Outcome:
        outcome = self._by_member(programme, event)
        if isinstance(outcome, Accepted):
            self._take_out(programme, event.reward, event.quantity)
        return outcome

    def _take_out(self, programme: bytes, reward: str, quantity: int) -> None:
        self.writing.stock[programme, reward] += quantity
        self._loaded.stock[programme, reward] = self._loaded.stock.get((programme, reward), 0) + quantity

    def _cancel(self, programme: bytes, event: RedemptionCancelled) -> Outcome:
        member = self._owner((programme, "redemption", event.redemption))
        if member is None:
            return Declined(404, "unknown_redemption")
        reward = self._loaded.issued.get(member, {}).get(event.redemption)
        subject, rules = self._known(member, programme), self._rules(programme, event)
        outcome = self._run(subject, event, rules, None, Around(redemption=reward))
        if isinstance(outcome, Accepted) and reward is not None:
            self._take_out(programme, reward.reward, -reward.quantity)
        return outcome

    def _owner(self, name: Name) -> bytes | None:
        return known.member if (known := self._loaded.receipts.get(name)) else self._owners.get(name)

    def _close(self, programme: bytes, event: OfHold) -> Outcome:
        member = self._owner((programme, "hold", event.hold))
        if member is None:
            return Declined(404, "unknown_hold")
        return self._run(self._known(member, programme), event, self._rules(programme, event), None)

    def _settle(self, programme: bytes, event: OfPending) -> Outcome:
        found = waits.meant(self._sitting(), programme, event)
        rules = self._rules(programme, event)
        return found if isinstance(found, Declined) else self._run(*found, rules, found[1].member)

    def _change_member(self, programme: bytes, change: MemberFields) -> Outcome:
        """Write a member's record; what rules read of it becomes an event where it differs from what they know."""
        name = (programme, members.ID, change.reference)
        subject = self._subject(name)
        if subject is None:
            subject = newcomer(programme)
            self._welcome(subject, name, None)
            record = members.Record(subject.id, programme, change.kind, change.reference, self._now)
            record = members.merged(record, {"joined_at": self._now})
        else:
            record = self._sitting().record(subject)
            if (record.kind in members.ACCOUNTS or change.kind in members.ACCOUNTS) and record.kind != change.kind:
                return declined("id_in_use", kind=record.kind)
        record = self.writing.records[subject.id] = members.merged(record, change.fields)
        event = facts.known(record, self._now)
        rules = self._rules(programme, event)
        if facts.are_known(event, subject.standing, rules.calendar):
            return self._unchanged(subject, change.reference)
        return self._run(subject, event, rules, change.reference)

    def _between(self, programme: bytes, event: OfTwo) -> Outcome:
        """Decide an act over two accounts; the answer is about the one that acts."""
        if isinstance(event, Unmerged):
            known = self._loaded.receipts.get((programme, "merge", event.merge))
            if known is None:
                return Declined(404, "unknown_merge")
            found = between.part(self._sitting(), programme, event, known)
        else:
            found = between.with_another(self._sitting(), programme, event)
        if isinstance(found, Declined):
            return found
        subject, step = found
        return self._answer(subject, getattr(step.event, "member", None), step)

    def _prove(self, programme: bytes, proof: Proof) -> Outcome:
        """Let what a guest bought become the member's who proved the guest's address."""
        subject = self._subject((programme, members.ID, proof.member))
        if subject is None:
            return declined("unknown_member", member=proof.member)

        def claim(event: Claimed) -> Outcome:
            outcome = self._run(subject, event, self._rules(programme, event), proof.member)
            if isinstance(outcome, Accepted):
                self._receive(programme, ("claimed", event.purchase.id), outcome, None)
            return outcome

        found = between.prove(self._sitting(), subject, proof, claim)
        return found if isinstance(found, Declined) else answers.together(self._unchanged(subject, proof.member), found)

    def _unchanged(self, subject: Subject, reference: str) -> Accepted:
        """Answer how a member stands, where nothing happens."""
        event = MemberChanged(occurred_at=self._now)
        step = decided(event, self._rules(subject.programme, event), Decision(effects=()), subject.standing)
        return Accepted(200, answers.answer(subject, reference, step))

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
        versions = self._loaded.versions[subject.programme]
        around = granted(self._loaded, subject, event, rules, around)
        if shares(subject, event) and not enrols:
            act = begin(self._sitting(), subject.programme, event, rules)
            return self._answer(subject, reference, decide_tied(act, subject, event, around, reference))
        steps = run(subject, event, rules, versions, around, enrols=enrols)
        if isinstance(steps, Declined):
            return steps
        for step in steps:
            self._keep(subject, step)
        return self._answer(subject, reference, steps[-1])

    def _answer(self, subject: Subject, reference: str | None, step: Decided | Declined) -> Outcome:
        if isinstance(step, Declined):
            return step
        return Accepted(CREATED.get(type(step.event), 200), answers.answer(subject, reference, step))

    def _keep(self, subject: Subject, step: Decided) -> None:
        """Take over what was decided, for the items that follow and for writing."""
        subject.standing = step.standing
        self.writing.add(subject, step)
        programme, event = subject.programme, step.event
        for effect in step.decision.effects:
            if type(effect) not in _FOLLOWED:
                continue
            if isinstance(effect, PurchaseMoved):
                key = (programme, effect.purchase)
                meant = event.purchase if isinstance(event, Claimed) else event
                purchase = meant if isinstance(meant, Purchase) else self._purchases[key].purchase
                self._purchases[key] = Placed(subject, purchase, effect.state)
            elif isinstance(effect, RewardMoved):
                self._loaded.issued.setdefault(subject.id, {})[effect.reward.redemption] = effect.reward
                self._owners[programme, "redemption", effect.reward.redemption] = subject.id
            elif isinstance(effect, HoldMoved):
                self._owners[programme, "hold", effect.hold.hold] = subject.id
            elif isinstance(effect, Drawn):
                drew(self._loaded, self.writing, programme, effect)
        note_lost(subject, step)

    def _receive(self, programme: bytes, key: Key, outcome: Accepted, digest: bytes | None) -> None:
        """Keep the caller's id; what waits for its purchase is kept elsewhere until that arrives."""
        answer = outcome.answer
        if answer.account is not None:
            row = activity.ReceiptRow(programme, *key, answer.account, answer.seq, outcome.status, digest)
            self.writing.receipts.append(row)

    def _subject(self, name: Name | None) -> Subject | None:
        member = None if name is None else self._loaded.identities.get(name)
        if member is None or name is None:
            return None
        subject = self._known(member, name[0])
        while (ties := subject.standing.ties) is not None and ties.merged_into is not None:
            subject = self._known(bytes.fromhex(ties.merged_into), name[0])  # merged since the name was looked up
        return subject

    def _known(self, member: bytes, programme: bytes) -> Subject:
        subject = self._subjects.get(member)
        if subject is None:
            standing, expired = self._loaded.standings[member], self._loaded.expired.get(member, {})
            subject = self._subjects[member] = Subject(member, programme, standing, expired=expired)
        return subject

    def _placed(self, programme: bytes, purchase_id: str) -> Placed | None:
        key = (programme, purchase_id)
        placed, receipts = self._purchases.get(key), self._loaded.receipts
        known = receipts.get((programme, "claimed", purchase_id)) or receipts.get((programme, "purchase", purchase_id))
        if placed is None and known is not None:
            placed = self._purchases[key] = Placed(self._known(known.member, programme), *known.original())
        return placed

    def _coupons(self, subject: Subject, purchase: Purchase) -> dict[str, IssuedReward]:
        """Give those of the member's own issued rewards whose codes the purchase names."""
        if not purchase.coupons:
            return {}
        mine = self._loaded.issued.get(subject.id, {}).values()
        return {reward.code: reward for reward in mine if reward.code in purchase.coupons}

    def _welcome(self, subject: Subject, name: Name | None, event: Entering | None) -> None:
        """Write the row of somebody who was not known before."""
        if subject.id in self._subjects:
            return
        self._subjects[subject.id] = subject
        if name is not None:
            self._loaded.identities[name] = subject.id
            self.writing.identities.append((*name, subject.id))
        if event is not None:
            self.writing.welcome(subject, event, self._now, is_member=name is not None and name[1] == members.ID)
