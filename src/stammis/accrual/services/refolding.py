"""Folding a member's history again: the same events, versions and grants give the same decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

from stammis.accrual.services.deciding import Decided, decided, expired_by
from stammis.core.effects import HoldMoved, Posted, PurchaseMoved, RewardMoved
from stammis.core.events import AnyEvent, Claimed, Purchase, RedemptionCancelled, Return, StatusChanged
from stammis.core.fold import apply
from stammis.core.lots import lost
from stammis.core.standing import Hold, IssuedReward, PurchaseState, Standing
from stammis.core.world import Grants, Original, World
from stammis.programmes.queries import Versions


@dataclass(slots=True)
class Refold:
    """A member in the making, event by event.

    Attributes:
        purchases: by id, each purchase and where it stands; ``moved``: those with a status of their own.
        issued: by redemption, each issued reward as it stands.
        holds: by id, each hold as it stands.
        expired: by the row that opened a lot, what of it has expired.
    """

    versions: Versions
    standing: Standing = field(default_factory=Standing)
    purchases: dict[str, tuple[Purchase, PurchaseState]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    issued: dict[str, IssuedReward] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    expired: dict[int, int] = field(default_factory=dict)

    def step(self, event: AnyEvent, version: int, current: int | None, grants: Grants | None) -> Decided:
        """Apply the next event by the versions that decided it. Raises KeyError for a version that is not there."""
        rules = self.versions.number(version)
        now = rules if current is None else self.versions.number(current)
        decision, world = apply(event, self._world(event, grants), rules, now)
        step = decided(event, rules, decision, world.standing, grants=grants, current=now)
        self.standing = world.standing
        if any(isinstance(effect, Posted) and lost(effect) for effect in decision.effects):
            self.expired = expired_by((step,), self.expired)
        for effect in decision.effects:
            if isinstance(effect, PurchaseMoved):
                if isinstance(event, Purchase | Claimed):
                    bought = event if isinstance(event, Purchase) else event.purchase
                    self.purchases[effect.purchase] = (bought, effect.state)
                else:
                    self.purchases[effect.purchase] = (self.purchases[effect.purchase][0], effect.state)
                if not isinstance(event, Purchase) or effect.state.state != "completed":
                    self.moved.add(effect.purchase)
            elif isinstance(effect, RewardMoved):
                self.issued[effect.reward.redemption] = effect.reward
            elif isinstance(effect, HoldMoved):
                self.holds[effect.hold.hold] = effect.hold
        return step

    def _world(self, event: AnyEvent, grants: Grants | None) -> World:
        original: Original | None = None
        coupons: tuple[str, ...] = ()
        if isinstance(event, Return | StatusChanged) and event.purchase in self.purchases:
            purchase, state = self.purchases[event.purchase]
            original = Original(purchase=purchase, state=state, expired=self.expired)
            coupons = purchase.coupons
        elif isinstance(event, Purchase):
            coupons = event.coupons
        return World(
            standing=self.standing,
            original=original,
            redemption=self.issued.get(event.redemption) if isinstance(event, RedemptionCancelled) else None,
            coupons={reward.code: reward for reward in self.issued.values() if reward.code in coupons}
            if coupons
            else {},
            grants=grants or Grants(),
        )
