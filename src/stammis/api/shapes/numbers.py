"""Metrics, and the installation itself."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field


class PeriodAnswer(Struct, kw_only=True):
    """From an instant to another, that one not included; null: from the beginning."""

    begins: dt.datetime | None = field(name="from")
    to: dt.datetime
    zone: str


Figure = Annotated[
    str | int | float | None, Meta(description="Money as decimal text, counts and points whole, shares.")
]


class SliceAnswer(Struct, kw_only=True):
    """A part of a metric: a period, or the value of a dimension, under the dimension's own name."""

    value: Figure
    numerator: Figure
    denominator: Figure
    n: int | None
    interval: list[float] | None
    complete: bool


class MetricAnswer(Struct, kw_only=True):
    """A metric: its value, of how many, over which period, and what it means. ``reason``: why there is no value."""

    name: str
    unit: Literal["count", "money", "points", "share"]
    value: Figure
    numerator: Figure
    denominator: Figure
    n: int | None
    interval: list[float] | None
    period: PeriodAnswer
    definition: str
    version: int
    complete: bool
    reason: str | UnsetType = UNSET
    few: bool | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    wallet: str | UnsetType | None = UNSET
    decimals: int | UnsetType = UNSET
    window_days: int | UnsetType = UNSET
    by: str | UnsetType = UNSET
    slices: list[SliceAnswer] | UnsetType = UNSET


class ClockAnswer(Struct, kw_only=True):
    """The installation's clock; ``own``: it is not real time."""

    now: dt.datetime
    own: bool


class HealthAnswer(Struct, kw_only=True):
    """Whether the installation works."""

    status: str
    version: str
    database: str
    clock: ClockAnswer | UnsetType = UNSET
