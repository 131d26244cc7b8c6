"""Acts over several accounts: what happens to each of them, kept as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from stammis.accrual.outcomes import Declined
from stammis.accrual.services.asking import Name
from stammis.accrual.services.deciding import NOTHING_AROUND, Around, Decided, Subject, run
from stammis.accrual.services.loading import Loaded
from stammis.accrual.services.writing import Writing
from stammis.core.effects import Posted
from stammis.core.events import AnyEvent, Received, Transfer
from stammis.core.parcels import Parcel
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.transfers import parcels_of
from stammis.members import services as members
from stammis.programmes.queries import Versions


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the acts of one group of items share: what is loaded, what is to be written, and how accounts are found.

    ``keep`` takes over what was accepted; ``known`` gives an account by internal id and programme, ``find`` by a name;
    ``owner`` gives the internal id of the account that something with an id was recorded for.
    """

    loaded: Loaded
    writing: Writing
    keep: Callable[[Subject, Decided], None]
    known: Callable[[bytes, bytes], Subject]
    find: Callable[[Name | None], Subject | None]
    owner: Callable[[Name], bytes | None]

    def rules(self, programme: bytes, event: AnyEvent) -> Rules:
        """Give the rules in force at an event."""
        return self.loaded.rules(programme, event)

    def record(self, subject: Subject) -> members.Record:
        """Give an account's record, as it is after what was written so far."""
        return self.writing.records.get(subject.id) or self.loaded.records[subject.id]

    def lead(self, programme: bytes, aliases: Iterable[tuple[str, str]], member: bytes) -> None:
        """Let identities lead to another account from now on."""
        for kind, value in aliases:
            self.writing.aliases.append(members.Alias(programme, kind, value, member))
            self.loaded.identities[programme, kind, value] = member


@dataclass(slots=True)
class Act:
    """Events of several accounts that are accepted together or not at all."""

    sitting: Sitting
    versions: Versions
    rules: Rules
    steps: list[tuple[Subject, Decided]] = field(default_factory=list)
    before: dict[bytes, tuple[Subject, Standing]] = field(default_factory=dict)

    def play(self, subject: Subject, event: AnyEvent, around: Around = NOTHING_AROUND) -> Decided | Declined:
        """Let an event happen to an account, as far as this act goes."""
        found = run(subject, event, self.rules, self.versions, around)
        if isinstance(found, Declined):
            return found
        self.take_over(subject, found)
        return found[-1]

    def take_over(self, subject: Subject, steps: Iterable[Decided]) -> None:
        """Let decided events have happened to an account."""
        self.before.setdefault(subject.id, (subject, subject.standing))
        for step in steps:
            subject.standing = step.standing
            self.steps.append((subject, step))

    def move(self, giver: Subject, event: Transfer, taker: Subject, ends_at: int | None = None) -> Decided | Declined:
        """Let points go from one account to another; ``ends_at`` is for those that leave as debt."""
        step = self.play(giver, event)
        if isinstance(step, Declined):
            return step
        parcels = parcels_of(step.decision)
        if ends_at is not None and event.amount > 0:
            parcels = _dated(parcels, step, ends_at)
        arrived = Received(
            occurred_at=event.occurred_at,
            id=event.id,
            member=event.to,
            from_=event.member,
            parcels=parcels,
            purpose=event.purpose,
        )
        received = self.play(taker, arrived)
        assert isinstance(received, Decided), "what arrives is never refused"
        return step

    def mark(self, subject: Subject) -> tuple[Standing, int]:
        """Remember where an account stands, to come back to it."""
        return subject.standing, len(self.steps)

    def back_to(self, subject: Subject, mark: tuple[Standing, int]) -> None:
        """Forget what happened to an account, and to it alone, since it was marked."""
        subject.standing, steps = mark
        del self.steps[steps:]

    def undo(self) -> None:
        """Leave the accounts as they were."""
        for subject, standing in self.before.values():
            subject.standing = standing
        self.before.clear()
        self.steps.clear()

    def settle(self, outcome: Decided | Declined) -> Decided | Declined:
        """Keep an accepted act; a refused one leaves nothing behind."""
        if isinstance(outcome, Decided):
            self.keep()
        else:
            self.undo()
        return outcome

    def keep(self) -> None:
        """Keep what has happened, in order; an account to which nothing happened may still fall due later."""
        steps, standings = list(self.steps), [(subject, subject.standing) for subject, _ in self.before.values()]
        self.undo()
        for subject, step in steps:
            self.sitting.keep(subject, step)
        for subject, standing in standings:
            subject.standing = standing


def begin(sitting: Sitting, programme: bytes, event: AnyEvent, rules: Rules | None = None) -> Act:
    """Begin an act; without rules of its own by those in force at its event."""
    return Act(sitting, sitting.loaded.versions[programme], rules or sitting.rules(programme, event))


def transfer(event: AnyEvent, id: str, giver: str, taker: str) -> Transfer:
    """Make a transfer that an event brings with it: at its time, to be completed with wallet, amount and purpose."""
    return Transfer(occurred_at=event.occurred_at, id=id, member=giver, to=taker, wallet="", amount=0)


def _dated(parcels: tuple[Parcel, ...], step: Decided, ends_at: int) -> tuple[Parcel, ...]:
    """Give what left as debt (it came out of no lot) the end that it had before."""
    lotless = sum(
        -effect.amount - sum(take.amount for take in effect.lots)
        for effect in step.decision.effects
        if isinstance(effect, Posted) and effect.kind == "transfer_out"
    )
    found: list[Parcel] = []
    for parcel in parcels:
        debt = min(parcel.amount, lotless) if parcel.ends_at is None else 0
        lotless -= debt
        if debt:
            found.append(Parcel(parcel.wallet, debt, ends_at))
        if parcel.amount > debt:
            found.append(Parcel(parcel.wallet, parcel.amount - debt, parcel.ends_at))
    return tuple(found)
