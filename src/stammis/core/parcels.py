"""Parcels: values that events bring along, so that an account's history can be told without looking elsewhere."""

from __future__ import annotations

from msgspec import Struct


class Awaits(Struct, frozen=True, array_like=True, gc=False):
    """What pending points wait for: an instant, a type of event from an instant on, or a status of a purchase."""

    active_at: int | None = None
    event: str | None = None
    since: int = 0
    purchase: str | None = None
    status: str | None = None


class Parcel(Struct, frozen=True, array_like=True, gc=False):
    """Points on their way from one account to another: those of one wallet that end at one instant.

    Below zero it is debt that is taken over.
    """

    wallet: str
    amount: int
    ends_at: int | None = None
