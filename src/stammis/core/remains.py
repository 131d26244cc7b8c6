"""Remains: what is left of a purchase after returns, in lines and in money, and how much of the points came back."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from stammis.core.basket import Basket, basket_of, rewards_of
from stammis.core.effects import Amounts, Refused
from stammis.core.events import Line, Purchase, Return, ReturnLine
from stammis.core.rules import Rules
from stammis.core.spread import scaled, spread
from stammis.core.standing import PurchaseState

Returned = dict[str, tuple[int, int]]
"""By line, the quantity and the amount that came back."""
Lowered = dict[str, int]
"""By line, money given back without goods on what has not come back."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left of a purchase.

    Attributes:
        basket: what remains as rules see it; the programme says whether money given back without goods lowers it.
        amounts: what remains in money.
        restored: how many of the points paid have come back by returns, in all.
        none: whether nothing remains.
    """

    basket: Basket
    amounts: Amounts
    restored: int
    none: bool


def remains(purchase: Purchase, returned: Returned, lowered: Lowered, rules: Rules, *, paid: bool) -> Remains:
    """What is left after these returns; ``paid`` tells whether the points offered were taken."""
    tender = purchase.points if paid else None
    wallet = None if tender is None else rules.wallets[tender.wallet]
    by_points = wallet.worth(tender.amount) if tender is not None and wallet is not None else 0
    rewards, rounding = rewards_of(purchase), purchase.rounding
    currency = purchase.currency if rules.abroad else None
    if not returned and not lowered:
        basket = basket_of(purchase.lines, rewards, rounding, by_points)
        due = basket.total - by_points
        whole = Amounts(total=basket.total, by_points=by_points, due=due, currency=currency)
        return Remains(basket, whole, 0, none=False)
    left = [_left(line, returned, lowered) for line in purchase.lines]
    if all(_is_back(line, returned) for line in purchase.lines):
        nothing = Amounts(total=0, by_points=0, due=0, currency=currency)
        return Remains(basket_of(()), nothing, 0 if tender is None else tender.amount, none=True)
    bought = sum(line.amount for line in purchase.lines)
    back = sum(amount for _, amount in returned.values())
    rewards_back, rounding_back = scaled(rewards, back, bought), scaled(rounding, back, bought)
    restored = 0
    if tender is not None and wallet is not None:
        whole_total = bought - rewards + rounding
        restored = scaled(tender.amount, back - rewards_back + rounding_back, whole_total)
        by_points -= wallet.worth(restored)
    rewards -= rewards_back
    rounding -= rounding_back
    total = sum(amount - lower for _, amount, lower in left) - rewards + rounding
    keep = rules.returns.money_back == "keep"
    kept = [
        (structs.replace(line, quantity=quantity, amount=amount if keep else amount - lower), line.amount)
        for line, (quantity, amount, lower) in zip(purchase.lines, left, strict=True)
        if line.id not in returned or not _is_back(line, returned)  # a line of nothing stays what it was
    ]
    basket = basket_of([line for line, _ in kept], rewards, rounding, by_points, [amount for _, amount in kept])
    due = max(0, total - by_points)
    amounts = Amounts(total=total, by_points=by_points, due=due, currency=currency)
    return Remains(basket, amounts, restored, none=False)


def _left(line: Line, returned: Returned, lowered: Lowered) -> tuple[int, int, int]:
    quantity, amount = returned.get(line.id, (0, 0))
    return line.quantity - quantity, line.amount - amount, lowered.get(line.id, 0)


def _is_back(line: Line, returned: Returned) -> bool:
    return returned.get(line.id, (0, 0)) == (line.quantity, line.amount)


def brought_back(event: Return, purchase: Purchase, state: PurchaseState) -> tuple[Returned, Lowered] | Refused:
    """What has come back after this return as well, or why that is not possible."""
    returned, lowered = dict(state.returned), dict(state.lowered)
    lines = {line.id: line for line in purchase.lines}
    for piece in event.lines:
        line = lines.get(piece.line)
        if line is None:
            return Refused(code="unknown_line", detail={"line": piece.line})
        before = returned.get(line.id, (0, 0))
        after = _piece(piece, line, before)
        if after is None:
            return Refused(code="more_than_bought", detail={"line": line.id})
        returned[line.id] = after
        lower = lowered.get(line.id, 0)
        if lower:
            lowered[line.id] = lower - scaled(lower, after[1] - before[1], line.amount - before[1])
    return returned, {line: lower for line, lower in lowered.items() if lower}


def _piece(piece: ReturnLine, line: Line, before: tuple[int, int]) -> tuple[int, int] | None:
    """The quantity and amount of a line that are back after this piece; None where that is more than was bought."""
    quantity_back, amount_back = before
    quantity_left, amount_left = line.quantity - quantity_back, line.amount - amount_back
    if quantity_left <= 0 and amount_left <= 0 and (line.quantity or line.amount):  # of nothing, nothing may come back
        return None
    quantity, amount = piece.quantity, piece.amount
    if quantity is None:
        quantity = quantity_left if amount is None or amount == amount_left else 0
        amount = amount_left if amount is None else amount
    elif amount is None:
        if not 0 <= quantity <= quantity_left:
            return None
        amount = _share(line, quantity, before)
    if not (0 <= quantity <= quantity_left and 0 <= amount <= amount_left):
        return None
    return quantity_back + quantity, amount_back + amount


def _share(line: Line, quantity: int, before: tuple[int, int]) -> int:
    """The amount of a returned quantity: in proportion, cumulatively rounded down; the last piece gets the rest."""
    quantity_back, amount_back = before
    if quantity_back + quantity == line.quantity:
        return line.amount - amount_back
    if amount_back == scaled(line.amount, quantity_back, line.quantity):
        return scaled(line.amount, quantity_back + quantity, line.quantity) - amount_back
    return scaled(line.amount - amount_back, quantity, line.quantity - quantity_back)


def money_given_back(
    money: int, purchase: Purchase, state: PurchaseState, due: int
) -> tuple[Returned, Lowered] | Refused:
    """Spreads money given back without goods over what has not come back; never more than is still paid."""
    if money > due:
        return Refused(code="more_than_bought", detail={"max": due})
    left = [
        line.amount - state.returned.get(line.id, (0, 0))[1] - state.lowered.get(line.id, 0) for line in purchase.lines
    ]
    lowered = dict(state.lowered)
    for line, part in zip(purchase.lines, spread(min(money, sum(left)), left), strict=True):
        if part:
            lowered[line.id] = lowered.get(line.id, 0) + part
    return state.returned, lowered
