"""``stammis metrics``."""

from __future__ import annotations

import datetime as dt
import json

import click
from django.utils.translation import gettext as _

from stammis.config.cli.options import for_programs, installed
from stammis.insight.queries import Measure, as_json, as_text, measure
from stammis.insight.registry import METRICS, metric
from stammis.kit import clock
from stammis.programmes import queries as programmes

Day = click.DateTime(["%Y-%m-%d"])


@click.command(short_help="Metrics, over all history or a period.")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--from", "first", type=Day, metavar="DAY", help="From this day on, as 2017-06-01.")
@click.option("--to", "end", type=Day, metavar="DAY", help="Up to this day, which is not counted any more.")
@click.option("--by", metavar="X", help="Also by day, week, month, year, tier, channel, store or wallet.")
@click.option("--wallet", metavar="ID", help="Whose points. Default: the programme's first wallet.")
@click.option("--window", "window_days", type=click.IntRange(1, 3660), metavar="DAYS", help="For active members.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON: an object with a metric under each name.")
@installed(looks_only=True)
def command(  # noqa: PLR0917 - click hands every option over
    names: tuple[str, ...],
    first: dt.datetime | None,
    end: dt.datetime | None,
    by: str | None,
    wallet: str | None,
    window_days: int | None,
    programme: str | None,
    as_values: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Show metrics: all of them, or those named; over all history, or from a day to a day.

    Days are the programme's own, in its time zone. Names: members, active_members, purchases, gross_sales,
    points_issued, points_redeemed, points_expired, points_outstanding, points_worth, new_customers,
    returning_customers.
    """
    for name in names:
        metric(name)
    scope, now = programmes.programme(programme), clock.now()
    divided = [name for name in METRICS if by is None or by in METRICS[name].by]
    asked = names or divided or METRICS  # what divides none of them is refused with what would
    found = [
        measure(
            name,
            scope,
            now=now,
            first=first.date() if first else None,
            end=end.date() if end else None,
            by=by,
            wallet=wallet,
            window_days=window_days,
        )
        for name in asked
    ]
    if as_values:
        with for_programs():
            click.echo(json.dumps({each.metric.name: as_json(each) for each in found}, ensure_ascii=False, indent=2))
        return
    for each in found:
        show(each)


def show(found: Measure) -> None:
    """Print a measure: its name, its figure and what it is called, then its slices."""
    unfinished = "" if found.period.complete else f"  {_('(unfinished)')}"
    click.echo(f"{found.metric.name:<20} {as_text(found, found.figure):>20}  {found.metric.title}{unfinished}")
    for each in found.slices:
        unfinished = "" if each.complete else f"  {_('(unfinished)')}"
        click.echo(f"  {each.label or '–':<18} {as_text(found, each):>20}{unfinished}")
