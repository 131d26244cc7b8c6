"""Refusals: the member's rules say no. A decision that refuses does nothing else."""

from __future__ import annotations

from stammis.core.effects import Decision, Refused
from stammis.core.events import Scalar
from stammis.core.lots import active, ended
from stammis.core.standing import Purse


def refusing(refusal: Refused) -> Decision:
    """The decision that consists of a refusal."""
    return Decision(effects=(refusal,))


def refuse(code: str, reason: str | None = None, **detail: Scalar) -> Decision:
    """The decision that refuses with a code, a reason where there is one, and what there is to know."""
    return refusing(Refused(code=code, reason=reason, detail=detail))


def too_few_points(purse: Purse, amount: int, at: int) -> Refused | None:
    """Refuses to take more points than are active; ``expired`` is the reason where ended lots would have covered it."""
    there = active(purse, at)
    if amount <= there:
        return None
    gone = sum(lot.left for lot in ended(purse, at)) + purse.lapsed
    return Refused(
        code="not_enough_points",
        reason="expired" if there + gone >= amount else None,
        detail={"active": there, "asked": amount},
    )
