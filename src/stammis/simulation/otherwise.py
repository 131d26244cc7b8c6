"""What else may have been done where other rules do not allow what was: as near to it as can be."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from stammis.core.events import Purchase


def other_ways(purchase: Purchase) -> Iterator[Purchase]:
    """Give the ways in which a purchase may be paid that cannot be paid as it was, the nearest first.

    Who paid with points on hold wanted to pay with points: without the hold before in money; and all of it with the
    coupons before without them.
    """
    tender = purchase.points
    tenders = [tender]
    if tender is not None:
        tenders += [None] if tender.hold is None else [structs.replace(tender, hold=None), None]
    for coupons in (purchase.coupons, ()) if purchase.coupons else ((),):
        for points in tenders:
            if points is not tender or coupons != purchase.coupons:
                yield structs.replace(purchase, points=points, coupons=coupons)
