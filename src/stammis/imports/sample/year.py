"""The sample company's year as events, in the order in which they happened.

The purchases are the panel's. What the panel lacks is made up, the same each time, and marked by its ids: returns of
one article (``return-…``), reviews (``review-…``) and redemptions (``redemption-…``). Nothing made up changes the
number or the amount of purchases.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stammis.core.events import Happening, Purchase, Redemption, Return, ReturnLine
from stammis.core.programme import Reward
from stammis.imports.sample.panel import CURRENCY, MEASURED_IN_THOUSANDTHS, Basket, Panel, local

PIECE = 1_000
"""So many moments are sent at a time."""
ENDS_AT = 1_514_782_800
"""2018-01-01T00:00:00-05:00: the year is over, and the installation's clock begins."""

CHANNEL = "till"
_DAY = 86_400
_ONE_RETURN_IN = 190
_ONE_REVIEW_IN = 150
_ONE_REDEMPTION_IN = 9
_SCATTER = 0x9E3779B97F4A7C15


class Moment(NamedTuple):
    """Something that happens: when, and either a basket or a made-up event."""

    at: int
    basket: Basket | None
    event: Return | Happening | None


def moments(panel: Panel, *, part: int = 0, parts: int = 1) -> Iterator[Moment]:
    """Everything that happens in the year but redemptions, in order, for one part of the households."""
    coming: list[tuple[int, str, Return | Happening]] = []
    for basket in panel.baskets(part=part, parts=parts):
        while coming and coming[0][0] < basket.at:
            at, _id, event = heapq.heappop(coming)
            yield Moment(at, None, event)
        yield Moment(basket.at, basket, None)
        for event in made_up(panel, basket):
            at = round(event.occurred_at.timestamp())
            if at < ENDS_AT:
                heapq.heappush(coming, (at, event.id, event))
    for at, _id, event in sorted(coming, key=lambda each: each[:2]):
        yield Moment(at, None, event)


def made_up(panel: Panel, basket: Basket) -> Iterator[Return | Happening]:
    """What follows a purchase although the panel does not say so: now and then a return or a review."""
    if _chance(basket.id, 1) % _ONE_RETURN_IN == 0 and (line := _line_that_returns(panel, basket)) is not None:
        yield Return(
            occurred_at=local(basket.at + (1 + _chance(basket.id, 2) % 9) * _DAY),
            id=f"return-{basket.id}",
            purchase=str(basket.id),
            lines=(ReturnLine(line=str(line)),),
        )
    if _chance(basket.id, 3) % _ONE_REVIEW_IN == 0:
        yield Happening(
            occurred_at=local(basket.at + (1 + _chance(basket.id, 4) % 5) * _DAY),
            id=f"review-{basket.id}",
            type="review",
            member=str(basket.household),
            properties={"stars": 3 + _chance(basket.id, 5) % 3},
        )


def _line_that_returns(panel: Panel, basket: Basket) -> int | None:
    """The number of the dearest line that can be brought back, unless it is all that was bought."""
    goods = [
        (amount, number)
        for number, (article, quantity, amount) in enumerate(
            zip(basket.products, basket.quantities, basket.amounts, strict=True), start=1
        )
        if amount and quantity and panel.category(article) not in MEASURED_IN_THOUSANDTHS
    ]
    return max(goods)[1] if len(goods) > 1 else None


def purchase(panel: Panel, basket: Basket) -> Purchase:
    """A basket as the till reports it."""
    return Purchase(
        occurred_at=local(basket.at),
        id=str(basket.id),
        currency=CURRENCY,
        lines=panel.lines(basket),
        member=str(basket.household),
        channel=CHANNEL,
        store=str(basket.store),
    )


def redemption(basket: Basket, active: int, rewards: Iterable[Reward]) -> Redemption | None:
    """What a member takes at the till after a purchase that left so many points: now and then something affordable."""
    if _chance(basket.id, 6) % _ONE_REDEMPTION_IN:
        return None
    affordable = [reward for reward in rewards if reward.price <= active]
    if not affordable:
        return None
    reward = affordable[_chance(basket.id, 7) % len(affordable)]
    return Redemption(
        occurred_at=local(basket.at + 1), id=f"redemption-{basket.id}", member=str(basket.household), reward=reward.id
    )


def _chance(basket: int, draw: int) -> int:
    """A number that looks drawn by lot and is the same each time (Fibonacci hashing)."""
    mixed = (basket * 31 + draw) * _SCATTER & 0xFFFFFFFFFFFFFFFF
    return (mixed ^ mixed >> 29) * _SCATTER >> 20 & 0xFFFFFFFF
