"""A member's course through a programme, event by event, with all that the rooms above would keep for the heart."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.budgets import accounts_of, household_of, households_matter
from stammis.core.calendars import instant
from stammis.core.corrections import Corrected, Undone
from stammis.core.decide import needs
from stammis.core.document import parse
from stammis.core.effects import Activated, Decision, Drawn, Posted, PurchaseMoved, Refused, RewardMoved, TierMoved
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    DayPassed,
    Discount,
    Happening,
    Line,
    LineKind,
    MemberChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    ReturnLine,
    Scalar,
    StatusChanged,
    Tender,
)
from stammis.core.fold import apply, due_days
from stammis.core.lots import lost
from stammis.core.righting import changed_by
from stammis.core.rules import Rules, compile_rules
from stammis.core.standing import IssuedReward, PurchaseState, Standing
from stammis.core.views import tier_view, wallet_view
from stammis.core.world import Change, Grants, Original, World

BASE: dict[str, Any] = {
    "stammis": 1,
    "programme": "cases",
    "name": "Cases",
    "currency": "GBP",
    "timezone": "Europe/London",
    "wallets": [{"id": "points", "name": "Points", "expiry": {"kind": "days", "days": 365}}],
    "earn": [{"kind": "amount", "id": "goods", "points": 1}],
}
"""One point per 1.00 of goods, tax, shipping, points and rewards excluded, rounded down once, valid 365 days."""


def document(**changes: Any) -> dict[str, Any]:
    """The usual programme of the cases, with some of its fields changed."""
    return {**BASE, **changes}


def wallet(**changes: Any) -> dict[str, Any]:
    """The usual wallet, with some of its fields changed."""
    return {"id": "points", "name": "Points", "expiry": {"kind": "days", "days": 365}, **changes}


def money(text: str | int) -> int:
    """Minor units of an amount with two decimals."""
    return int(Decimal(text) * 100)


def moment(text: str) -> dt.datetime:
    """A moment: a date (noon is meant) or a date with a time; UTC where it has no offset."""
    found = dt.datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def line(
    amount: str | int = 0,
    line_id: str = "1",
    quantity: str | int = 1,
    *,
    tax: str | int = 0,
    kind: LineKind = "goods",
    category: str | None = None,
    sku: str | None = None,
) -> Line:
    """A line of a purchase, amounts as text."""
    units = int(Decimal(quantity) * QUANTITY_SCALE)
    return Line(line_id, money(amount), units, sku=sku, category=category, tax=money(tax), kind=kind)


class Course:
    """One member, the programme, and everything that has happened to the member so far."""

    def __init__(self, changes: dict[str, Any] | None = None, *, enrolled: bool = True, **more: Any) -> None:
        self.rules: Rules = compile_rules(parse(document(**(changes or {}), **more)), 1)
        self.standing = Standing(enrolled=enrolled)
        self.rows: list[Posted] = []
        self.purchases: dict[str, Purchase] = {}
        self.states: dict[str, PurchaseState] = {}
        self.rewards: dict[str, IssuedReward] = {}
        self.stock: int | None = None
        self.drawn: Counter[tuple[str, str, int]] = Counter()
        self.log: list[tuple[AnyEvent, Decision, World]] = []
        self.decided_by: list[tuple[Rules, Rules]] = []
        self.versions: dict[str, Rules] = {}
        self.tiers: list[tuple[str, str | None]] = []
        self.activated: set[int] = set()
        self.own = "a1"

    def publish(self, changes: dict[str, Any] | None = None, **more: Any) -> None:
        """Another version decides what is new from now on; what becomes of a purchase is decided by its own."""
        self.rules = compile_rules(parse(document(**(changes or {}), **more)), self.rules.version + 1)

    def happens(self, event: AnyEvent) -> Decision:
        """Applies what is due until the event, then the event."""
        self.pass_time(instant(event.occurred_at))
        rules = self.rules
        if isinstance(event, Return | StatusChanged):
            rules = self.versions.get(event.purchase, rules)
        world = self.world(event, rules)
        decision, after = apply(event, world, rules, self.rules)
        self._keep(event, decision, world, after, rules)
        if isinstance(event, Purchase) and not isinstance(decision.effects[0], Refused):
            self.purchases[event.id], self.versions[event.id] = event, rules
        return decision

    def pass_time(self, until: int) -> None:
        """Applies what falls due up to an instant."""
        before = World(standing=self.standing)
        for event, decision, after in due_days(before, until, lambda _: self.rules):
            self._keep(event, decision, before, after, self.rules)
            before = after

    def pass_until(self, text: str) -> None:
        """Applies what falls due up to a moment."""
        self.pass_time(instant(moment(text)))

    def world(self, event: AnyEvent, rules: Rules | None = None) -> World:
        """What the event needs, as the rooms above would load it."""
        rules = rules or self.rules
        wanted = needs(event, rules)
        original = None
        coupons = wanted.coupons
        if wanted.purchase in self.purchases:
            purchase = self.purchases[wanted.purchase]
            original = Original(purchase=purchase, state=self.states[purchase.id], expired=self._expired())
            coupons = purchase.coupons
        codes = {reward.code: reward for reward in self.rewards.values()}
        return World(
            standing=self.standing,
            original=original,
            redemption=self.rewards.get(wanted.redemption or ""),
            coupons={code: codes[code] for code in coupons if code in codes},
            grants=Grants(
                stock=self.stock,
                codes=(f"CODE{len(self.rewards)}",) if wanted.codes else (),
                budgets=self._budgets(
                    event if original is None else original.purchase, self._household(original, rules), rules
                ),
                household=self._household(original, rules),
                changes=() if original is None else self.changes(original.purchase.id),
            ),
        )

    def _household(self, original: Original | None, rules: Rules) -> str:
        """Whose the budgets of households are, where there are any: as the purchase found them, or as they are."""
        if not households_matter(rules):
            return ""
        seen = None if original is None else original.state.seen
        return seen.household if seen is not None else household_of(self.standing, self.own)

    def _budgets(self, event: AnyEvent, household: str, rules: Rules) -> dict[str, int]:
        """What is left of the budgets that an event may draw on."""
        return {
            account.budget: max(0, account.most - self.drawn[account.budget, account.store, account.period])
            for account in accounts_of(event, rules, household)
        }

    def _expired(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for row in self.rows:
            for take in row.lots if lost(row) else ():
                found[take.row] = found.get(take.row, 0) + lost(row) * take.amount
        return found

    def _keep(self, event: AnyEvent, decision: Decision, before: World, after: World, rules: Rules) -> None:
        self.log.append((event, decision, before))
        self.decided_by.append((rules, self.rules))
        self.standing = after.standing
        for effect in decision.effects:
            if isinstance(effect, Posted):
                self.rows.append(effect)
            elif isinstance(effect, Drawn):
                self.drawn[effect.budget, effect.store, effect.period] += effect.points
            elif isinstance(effect, PurchaseMoved):
                self.states[effect.purchase] = effect.state
            elif isinstance(effect, RewardMoved):
                self.rewards[effect.reward.redemption] = effect.reward
            elif isinstance(effect, Activated):
                self.activated.add(effect.row)
            elif isinstance(effect, TierMoved):
                self.tiers.append((effect.set, effect.after))

    def buy(
        self,
        amount: str | int | None = None,
        day: str = "2025-03-10",
        *,
        lines: tuple[Line, ...] | None = None,
        purchase: str | None = None,
        reward: str | int = 0,
        points: int = 0,
        rounding: str | int = 0,
        **more: Any,
    ) -> Decision:
        """A purchase of one line of this amount, or of these lines."""
        event = Purchase(
            occurred_at=moment(day),
            id=purchase or f"P{len(self.purchases) + 1}",
            currency=self.rules.programme.currency,
            member="m",
            lines=lines if lines is not None else (line(amount or 0),),
            discounts=(Discount(money(reward), "reward"),) if reward else (),
            points=Tender("points", points) if points else None,
            rounding=money(rounding),
            **more,
        )
        return self.happens(event)

    def give_back(self, *lines: ReturnLine, day: str = "2025-03-20", purchase: str = "P1", cash: str = "") -> Decision:
        """A return of these lines (all of line 1 where none is named), or of money alone."""
        pieces = lines or (() if cash else (ReturnLine("1"),))
        event = Return(
            occurred_at=moment(day),
            id=f"R{len(self.log)}",
            purchase=purchase,
            lines=pieces,
            money=money(cash) if cash else None,
        )
        return self.happens(event)

    def becomes(self, status: str, day: str = "2025-03-20", purchase: str = "P1") -> Decision:
        """A purchase moves to another status."""
        return self.happens(StatusChanged(occurred_at=moment(day), purchase=purchase, status=status))

    def adjust(self, amount: int, day: str = "2025-03-10") -> Decision:
        """Points given or taken by hand."""
        event = Adjustment(
            occurred_at=moment(day), id=f"A{len(self.log)}", member="m", wallet="points", amount=amount, reason="test"
        )
        return self.happens(event)

    def correct(
        self, amount: int, day: str = "2025-03-20", *, rows: tuple[int, ...] = (), undoes: Undone | None = None
    ) -> Decision:
        """A correction of what the first purchase gave too little, or (below zero) too much; or one is undone."""
        right = Corrected("purchase", "P1", 0, amount, rows)
        return self.happens(
            Adjustment(
                occurred_at=moment(day),
                id=f"C{len(self.log)}",
                member="m",
                wallet="points",
                amount=amount,
                reason="test",
                corrects=(right,),
                undoes=undoes,
            )
        )

    def uncorrect(self, correction: Decision, part: int | None = None, day: str = "2025-03-20") -> Decision:
        """A correction is undone, or so many points of it: by the very lots that it moved."""
        rows = [each for each in correction.effects if isinstance(each, Posted)]
        active = next((each for each in rows if each.awaits is None), None)
        row = 0 if active is None else active.row
        lots = () if active is None else tuple((take.row, take.amount, take.ends_at) for take in active.lots)
        moved = sum(each.amount for each in rows)
        whole = -moved if part is None else part
        return self.correct(whole, day, undoes=Undone("C", row, lots))

    def changes(self, purchase: str) -> tuple[Change, ...]:
        """What corrections really changed of a purchase."""
        sums = Counter[str]()
        for event, decision, _ in self.log:
            if isinstance(event, Adjustment) and event.corrects:
                moved = sum(effect.amount for effect in decision.effects if isinstance(effect, Posted))
                for each, change in zip(event.corrects, changed_by(event, moved), strict=True):
                    sums[event.wallet] += change if each.id == purchase else 0
        return tuple(Change(self.own, wallet, amount) for wallet, amount in sums.items())

    def redeem(self, reward: str, day: str = "2025-03-15", quantity: int = 1) -> Decision:
        """The member asks for a reward."""
        event = Redemption(
            occurred_at=moment(day), id=f"X{len(self.rewards)}", member="m", reward=reward, quantity=quantity
        )
        return self.happens(event)

    def undo(self, redemption: str, day: str = "2025-03-16") -> Decision:
        """A redemption is undone."""
        return self.happens(RedemptionCancelled(occurred_at=moment(day), redemption=redemption))

    def does(self, kind: str, day: str = "2025-03-10", **properties: Scalar) -> Decision:
        """The member does something that is no purchase."""
        event = Happening(occurred_at=moment(day), id=f"E{len(self.log)}", type=kind, member="m", properties=properties)
        return self.happens(event)

    def is_known(self, day: str = "2025-01-01", **facts: Any) -> Decision:
        """The facts about the member change."""
        return self.happens(MemberChanged(occurred_at=moment(day), **facts))

    def day(self, text: str) -> Decision:
        """A day passes on which nothing may be due."""
        return self.happens(DayPassed(occurred_at=moment(text)))

    @property
    def balance(self) -> int:
        """The balance of the wallet ``points`` after all rows."""
        purse = self.standing.purses.get("points")
        return purse.balance if purse is not None else 0

    def active(self, text: str) -> int:
        """What is active of the wallet ``points`` at a moment, posted or not."""
        return wallet_view(self.standing, self.rules, instant(moment(text)))["points"]["active"]

    def level(self, text: str = "2025-03-10") -> str | None:
        """The level in the first tier set at a moment."""
        return next(iter(tier_view(self.standing, self.rules, instant(moment(text))).values()))

    @property
    def history(self) -> list[int]:
        """The amounts of all rows, oldest first."""
        return [row.amount for row in self.rows]


def refused(decision: Decision) -> Refused:
    """The refusal that a decision consists of."""
    (effect,) = decision.effects
    assert isinstance(effect, Refused)
    return effect
