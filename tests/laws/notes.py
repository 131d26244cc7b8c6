"""Notes of what has happened, so that what comes next can speak of it."""

from __future__ import annotations

import datetime as dt
import random

MEMBERS = ("anna", "bert", "carl")
BEGIN = dt.datetime(2025, 1, 20, 12, tzinfo=dt.UTC)
END = BEGIN + dt.timedelta(days=600)
"""What happens lies between these two, so that nothing is too old for the programme."""


class Notes:
    """What has an id, by member; ``at`` is the moment of the latest event, ``now`` the clock.

    ``merges`` are the ids of merges, each with the member whose account was to end.
    """

    def __init__(self) -> None:
        self.at = self.now = BEGIN
        self.purchases: dict[str, list[str]] = {}
        self.orders: dict[str, list[str]] = {}
        self.redemptions: dict[str, list[str]] = {}
        self.holds: dict[str, list[str]] = {}
        self.merges: list[tuple[str, str]] = []
        self.ids = 0

    def moment(self, hours: float) -> dt.datetime:
        """Give the moment so many hours on (or back), and let the clock move on with it."""
        at = min(END, max(BEGIN, self.at + dt.timedelta(seconds=int(hours * 3_600))))
        self.at = self.now = max(self.now, at)
        return at

    def fresh_id(self) -> str:
        """Give an id that nothing has yet."""
        self.ids += 1
        return f"id-{self.ids}"

    def bought(self, member: str, id: str) -> None:
        """Note a purchase, so that it can be returned."""
        self.purchases.setdefault(member, []).append(id)

    def purchase(self, member: str, dice: random.Random) -> str:
        """Give the id of one of a member's latest purchases."""
        return dice.choice(self.purchases.get(member, [f"unknown-{member}"])[-4:])

    def ordered(self, member: str, id: str) -> None:
        """Note an order that is only placed, so that it can be completed."""
        self.orders.setdefault(member, []).append(id)

    def order(self, member: str, dice: random.Random) -> str:
        """Give the id of an order of a member that is completed or cancelled now, if there is one."""
        orders = self.orders.get(member)
        return orders.pop(dice.randrange(len(orders))) if orders else self.purchase(member, dice)

    def redeemed(self, member: str, id: str) -> None:
        """Note a redemption, so that it can be undone."""
        self.redemptions.setdefault(member, []).append(id)

    def redemption(self, member: str, dice: random.Random) -> str:
        """Give the id of one of a member's latest redemptions."""
        return dice.choice(self.redemptions.get(member, ["unknown"])[-3:])

    def held(self, member: str, id: str) -> None:
        """Note a hold, so that it can end."""
        self.holds.setdefault(member, []).append(id)

    def hold(self, member: str, dice: random.Random) -> str:
        """Give the id of one of a member's latest holds."""
        return dice.choice(self.holds.get(member, ["unknown"])[-3:])
