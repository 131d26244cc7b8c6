"""Limits for points given or taken by hand: by role, and for programs."""

from __future__ import annotations

from django.db import transaction

from stammis.staff.models import AdjustmentLimit, Role
from stammis.staff.services.audit import record_audit

KEY = "key"
"""The limit of API keys without the scope adjustments:large."""
ROLES = (Role.AGENT.value, Role.MANAGER.value, Role.OWNER.value, KEY)


def current() -> dict[str, int | None]:
    """Give the limit of each role in whole points; None: no limit."""
    known = dict(AdjustmentLimit.objects.values_list("role", "points"))
    return {role: known.get(role) for role in ROLES}


def above(role: str, amount: int, decimals: int) -> int | None:
    """Give the role's limit in smallest units where an amount lies above it, in either direction; else None."""
    points = AdjustmentLimit.objects.filter(role=role).values_list("points", flat=True).first()
    if points is None or abs(amount) <= points * 10**decimals:
        return None
    return int(points * 10**decimals)


@transaction.atomic
def set_limits(limits: dict[str, int | None], *, by: str) -> None:
    """Write the limits of roles in whole points; None lifts a limit."""
    before = current()
    for role, points in limits.items():
        if points is None:
            AdjustmentLimit.objects.filter(role=role).delete()
        else:
            AdjustmentLimit.objects.update_or_create(role=role, defaults={"points": points})
    changed = {role: points for role, points in limits.items() if before.get(role) != points}
    if changed:
        record_audit(by, "staff.set_limits", limits=changed)
