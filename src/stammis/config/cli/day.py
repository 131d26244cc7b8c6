"""``stammis day``."""

from __future__ import annotations

import datetime as dt
import time

import click
from django.utils.translation import ngettext

from stammis.accrual.models import Standing
from stammis.accrual.services import pass_days, seal_days
from stammis.config.cli.options import Time, installed
from stammis.console.formats import number
from stammis.kit import clock
from stammis.kit.errors import Conflict

PAUSE_SECONDS = 0.05


class SampleUnfinished(Conflict):
    """The sample company is loaded in part. Let «stammis demo --no-serve» go on to its end first."""

    code = "sample_unfinished"


@click.command(short_help="Move the installation's own clock forward.")
@click.option("--to", "until", type=Time(), required=True, metavar="TIME", help="As 2018-07-01T00:00:00-04:00.")
@installed()
def command(until: dt.datetime) -> None:
    """Move the installation's own clock forward to TIME, apply all that falls due until then, seal days that are over.

    Refused on real time, and while the sample company is loaded in part. Works beside a running server.
    """
    if clock.installation().loading:
        raise SampleUnfinished
    clock.move(until)
    days = catch_up(until)
    seal_days(until)
    said = ngettext(
        "It is %(time)s. What fell due by then has been applied: %(days)s day of a member.",
        "It is %(time)s. What fell due by then has been applied: %(days)s days of members.",
        days,
    )
    click.echo(said % {"time": until.isoformat(), "days": number(days)})


def catch_up(until: dt.datetime) -> int:
    """Apply everything that is due; whom somebody else is just deciding about is waited for. Gives the days applied."""
    days = pass_days(until)
    while is_due(until):
        time.sleep(PAUSE_SECONDS)
        days += pass_days(until)
    return days


def is_due(until: dt.datetime) -> bool:
    """Whether anything is due for anybody."""
    return Standing.objects.filter(due_at__lte=until).exists()
