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


class ByHand(Struct, frozen=True, array_like=True, gc=False):
    """A level that a person gave: held at least (or, with ``only``, exactly) until an instant, 0 being for good."""

    level: str
    until: int
    only: bool
    reason: str


class Carried(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What counted in one account and counts in another from now on; below zero it no longer does.

    Days are ordinals. Empty where nothing goes along.

    Attributes:
        progress: by tally of a tier set, what counts on which day.
        counts: by cap, the number of a period, and the points and the times used in it.
        purchases: how many purchases stand.
        days: days with how many purchases were made on them and what counts of these as spent.
        events: by type, the days of events that the other account has none of.
        kept: by tier set, levels that are held until an instant, whatever counts.
        by_hand: by tier set, a level given by hand that the other account takes over.
        reached: by tier set, when levels were reached.
        since: the instant of the merge; 0 for what is carried on later.
        own: by tier set, what the other account itself kept then (cycle, kept, reached), to be reviewed by itself once
            they are parted.
    """

    progress: dict[str, tuple[tuple[int, int], ...]] = {}
    counts: dict[str, tuple[tuple[int, int, int], ...]] = {}
    purchases: int = 0
    days: tuple[tuple[int, int, int], ...] = ()
    events: dict[str, tuple[int, ...]] = {}
    kept: dict[str, tuple[tuple[str, int], ...]] = {}
    by_hand: dict[str, ByHand] = {}
    reached: dict[str, tuple[int, ...]] = {}
    since: int = 0
    own: dict[str, tuple[int, tuple[tuple[str, int], ...], tuple[int, ...]]] = {}


NOTHING_CARRIED = Carried()
