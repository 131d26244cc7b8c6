"""Every metric, defined once: pages, API, command line and documentation read this registry and restate nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from stammis.kit.errors import NotFound

Unit = Literal["count", "money", "points", "share"]
Dimension = Literal["day", "week", "month", "year", "tier", "channel", "store", "wallet"]
TIMES: tuple[Dimension, ...] = ("day", "week", "month", "year")
Text = str | Promise


class UnknownMetric(NotFound):
    """There is no metric of this name."""

    code = "unknown_metric"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric: what it says, what is divided by what, over whom, when; a new way of counting gets a new version."""

    name: str
    title: Text
    definition: Text
    numerator: Text
    denominator: Text | None = None
    population: Text
    window: Text
    unit: Unit
    interval: Text | None = None
    edges: Text | None = None
    by: tuple[Dimension, ...] = TIMES
    version: int = 1


_EVERYBODY = _("All purchases of the programme: by members, by guests and anonymous ones.")
_MEMBERS = _("Members of the programme; guests and anonymous buyers are not members, merged members count once.")
_CUSTOMERS = _(
    "Members with at least one completed, not fully returned purchase. Those who never bought are no customers, "
    "and guests cannot be told apart."
)
_AT_END = _("At the end of the period.")
_IN_PERIOD = _("From the first instant of the period to its end, the end excluded, by when it happened.")
_LEDGER = _("All rows of the ledger in the wallet; without a wallet the programme's first one.")
_WILSON = _("Wilson, 95 %; fewer than 30 customers are flagged.")

_LISTED = (
    Metric(
        name="members",
        title=_("Members"),
        definition=_("Members who had joined by the end of the period."),
        numerator=_("Members whose joining lies before the end of the period."),
        population=_MEMBERS,
        window=_AT_END,
        unit="count",
        by=(*TIMES, "tier"),
    ),
    Metric(
        name="active_members",
        title=_("Active members"),
        definition=_("Members who bought within the %(days)s days before the end of the period."),
        numerator=_("Members with a completed, not fully returned purchase in the window that ends with the period."),
        population=_CUSTOMERS,
        window=_(
            "So many days before the end of the period as nine in ten gaps between two purchases of the same customer "
            "last at most (their 90th percentile as of the last midnight, rounded up to whole days); it can be "
            "chosen, and is the same throughout a report."
        ),
        unit="count",
        by=(*TIMES, "tier"),
    ),
    Metric(
        name="purchases",
        title=_("Purchases"),
        definition=_("Completed purchases of the period."),
        numerator=_("Purchases that stand as completed, dated when they occurred."),
        population=_EVERYBODY,
        window=_IN_PERIOD,
        unit="count",
        edges=_("A cancelled purchase does not count, a returned one does; one that was only placed does not yet."),
        by=(*TIMES, "tier", "channel", "store"),
    ),
    Metric(
        name="gross_sales",
        title=_("Gross sales"),
        definition=_("The plain sum of the line amounts of the period's completed purchases."),
        numerator=_("Sum of line amounts, tax included, in the programme's currency."),
        population=_EVERYBODY,
        window=_IN_PERIOD,
        unit="money",
        edges=_("Returns and rewards do not lower it. Cancelled purchases and other currencies are left out."),
        by=(*TIMES, "tier", "channel", "store"),
    ),
    Metric(
        name="points_issued",
        title=_("Points issued"),
        definition=_("Points that members earned or were given."),
        numerator=_("Earned points and positive adjustments, dated as the programme counts them."),
        population=_LEDGER,
        window=_IN_PERIOD,
        unit="points",
        edges=_("What a return took back is not subtracted; it is shown apart."),
        by=(*TIMES, "tier", "wallet"),
    ),
    Metric(
        name="points_redeemed",
        title=_("Points redeemed"),
        definition=_("Points that members spent, less those that came back."),
        numerator=_("Spent points minus restored points."),
        population=_LEDGER,
        window=_IN_PERIOD,
        unit="points",
        by=(*TIMES, "tier", "wallet"),
    ),
    Metric(
        name="points_expired",
        title=_("Points expired"),
        definition=_("Points whose last day has passed unused."),
        numerator=_("Expired points, dated at the end of their validity."),
        population=_LEDGER,
        window=_IN_PERIOD,
        unit="points",
        edges=_("Points past their end count as expired even before the row is posted."),
        by=(*TIMES, "tier", "wallet"),
    ),
    Metric(
        name="points_outstanding",
        title=_("Points outstanding"),
        definition=_("Points that members hold at the end of the period."),
        numerator=_("Sum of all movements up to the end of the period: active, held and pending points, less debts."),
        population=_LEDGER,
        window=_AT_END,
        unit="points",
        by=(*TIMES, "tier", "wallet"),
    ),
    Metric(
        name="points_worth",
        title=_("Worth of points outstanding"),
        definition=_("What the points that members hold at the end of the period are worth in money."),
        numerator=_("Points outstanding, times the value of a point in the programme's newest version."),
        population=_LEDGER,
        window=_AT_END,
        unit="money",
        edges=_(
            "Without a declared value it cannot be told. It is no liability: some points are never redeemed, and what "
            "is owed is part of a price."
        ),
    ),
    Metric(
        name="new_customers",
        title=_("New customers"),
        definition=_("Share of the period's customers who had not bought before it."),
        numerator=_("Customers of the period without a purchase before it."),
        denominator=_("Customers of the period."),
        population=_CUSTOMERS,
        window=_IN_PERIOD,
        unit="share",
        interval=_WILSON,
        edges=_(
            "At the beginning of the stored history everybody is first seen, which is not the same as acquired. "
            "New and returning customers are the whole."
        ),
    ),
    Metric(
        name="returning_customers",
        title=_("Returning customers"),
        definition=_("Share of the period's customers who had bought before it."),
        numerator=_("Customers of the period with a purchase before it."),
        denominator=_("Customers of the period."),
        population=_CUSTOMERS,
        window=_IN_PERIOD,
        unit="share",
        interval=_WILSON,
        edges=_("It falls when more customers are won; it is not retention."),
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _LISTED}
"""All metrics by name, in the order in which they are shown."""


def metric(name: str) -> Metric:
    """The metric of this name. Raises UnknownMetric."""
    found = METRICS.get(name)
    if found is None:
        raise UnknownMetric(
            gettext_noop("There is no metric «%(name)s». There are: %(known)s."),
            values={"name": name, "known": ", ".join(METRICS)},
        )
    return found
