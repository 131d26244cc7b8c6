"""Previews: what a purchase or event would be worth, for a shop, a till or a notebook; no server, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from stammis.core.amounts import QUANTITY_SCALE, whole_units
from stammis.core.calendars import instant
from stammis.core.effects import Amounts, Decision, Posted, Refused, Step
from stammis.core.events import Happening, Line, Purchase
from stammis.core.explain import full_steps
from stammis.core.fold import apply, due_days
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.world import Grants, World

MEMBER = Standing(enrolled=True)
"""Somebody who takes part and has nothing yet."""
NO_GRANTS = Grants()


class Preview(Struct, frozen=True, kw_only=True):
    """What something would be worth.

    Attributes:
        points: by wallet, what its rows would add up to, in its smallest unit; what stays pending for a time included.
        steps: one for every rule, in the order of the programme: what it gave or why it gave nothing, and what it saw;
            by wallet their points add up to ``points``.
        refused: why nothing would happen at all, or None.
        amounts: of a purchase in minor units of its currency; None for other events.
        standing: the member after it; what falls due until then has happened.
        decision: everything that would happen, effect by effect.
    """

    points: dict[str, int]
    steps: tuple[Step, ...]
    refused: Refused | None
    amounts: Amounts | None
    standing: Standing
    decision: Decision


def preview(
    event: Purchase | Happening, rules: Rules, standing: Standing = MEMBER, grants: Grants = NO_GRANTS
) -> Preview:
    """Say what a purchase or event would be worth to a member, by the function that decides it when it is recorded.

    ``standing`` is the member before it; whoever has none yet is one who takes part and has nothing. ``grants`` tell
    what is left of budgets that members share, where the programme has some.
    """
    world = World(standing=standing, grants=grants)
    days = due_days(world, instant(event.occurred_at), lambda _: rules)
    for _day, _decision, after in days:
        world = after
    decision, after = apply(event, world, rules)
    first = decision.effects[0] if decision.effects else None
    points: dict[str, int] = {}
    for effect in decision.effects:
        if isinstance(effect, Posted):
            points[effect.wallet] = points.get(effect.wallet, 0) + effect.amount
    return Preview(
        points=points,
        steps=full_steps(event, decision, rules),
        refused=first if isinstance(first, Refused) else None,
        amounts=decision.amounts,
        standing=after.standing,
        decision=decision,
    )


def cart(rules: Rules, lines: Iterable[Mapping[str, Any]], at: dt.datetime, **fields: Any) -> Purchase:
    """Make a purchase of lines as people write them: ``{"amount": "12.50", "category": "dairy", "quantity": 2}``.

    Amounts (``amount`` in all, ``tax`` the part of it that is tax) are decimal text in the programme's currency,
    quantities decimal text or whole numbers (1 where none is given), ``at`` carries its offset. ``fields`` are those of
    ``Purchase``: ``channel``, ``store``, ``partner``, ``payment``, ``points``, ``discounts``; in minor units.

    Raises:
        AssertionError: An amount has more decimals than the currency, or a quantity more than six.
        TypeError: A line or the purchase has no such field.
    """
    found = tuple(_line(str(number), line, rules) for number, line in enumerate(lines, start=1))
    named = {"id": "cart", "member": "member", "currency": rules.programme.currency} | fields
    return Purchase(occurred_at=at, lines=found, **named)


def _line(number: str, line: Mapping[str, Any], rules: Rules) -> Line:
    said: dict[str, Any] = {"id": number, "quantity": 1, "tax": "0"} | dict(line)
    units = {"amount": rules.decimals, "tax": rules.decimals, "quantity": len(str(QUANTITY_SCALE)) - 1}
    exact = {name: whole_units(said[name], decimals) for name, decimals in units.items() if name in said}
    return Line(**said | exact)
