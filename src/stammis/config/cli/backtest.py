"""``stammis backtest``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config.cli import backtest_told as told
from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.kit.errors import Invalid
from stammis.programmes import queries as programmes
from stammis.programmes.yaml import load as read_yaml
from stammis.simulation import queries
from stammis.simulation import services as simulation
from stammis.simulation.models import Run

Day = click.DateTime(["%Y-%m-%d"])


class NothingToTry(Invalid):
    """Name a programme file, a rule to leave out with --without, or --identity."""

    code = "nothing_to_try"


@click.command(short_help="What would have happened under another programme.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without", metavar="RULE", help="What is published, without this rule, instead of a file.")
@click.option("--from", "first", type=Day, metavar="DAY", help="From this day on. Default: from the beginning.")
@click.option("--to", "end", type=Day, metavar="DAY", help="Up to this day, which is not counted any more.")
@click.option(
    "--opening",
    type=click.Choice(Run.Opening.values),
    default=Run.Opening.CARRIED.value,
    help="Begin with the points that everybody had, or without any. Default: carried.",
)
@click.option("--label", metavar="LABEL", help="Only members with this label.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only about so many members.")
@click.option(
    "--redemption",
    type=click.Choice(Run.Redemption.values),
    default=Run.Redemption.OBSERVED.value,
    help="Also suppose that points are redeemed by the curve of their age, from the own ledger. Default: observed.",
)
@click.option(
    "--response",
    nargs=2,
    type=float,
    metavar="LOW…HIGH",
    help="Also suppose that sales rise by LOW to HIGH per cent for each per cent more points.",
)
@click.option("--identity", is_flag=True, help="Prove that what is published gives the ledger, row by row.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed(looks_only=True)
def command(  # noqa: PLR0917 - click hands every option over
    file: Path | None,
    without: str | None,
    first: dt.datetime | None,
    end: dt.datetime | None,
    opening: str,
    label: str | None,
    sample: int | None,
    redemption: str,
    response: tuple[float, float] | None,
    identity: bool,  # noqa: FBT001 - a flag of the command line
    programme: str | None,
    as_values: bool,  # noqa: FBT001 - the same
) -> None:
    """Fold the stored history again, with the function that decides live, and show what would have come of it.

    Everybody does what they did; only the programme is another. Ctrl-C stops; the same command goes on from there.
    --redemption and --response suppose something: what they come to is shown apart and changes no other number.
    With --identity the published programme is folded over the whole history and compared with the ledger row by row:
    exit status 1 where a row differs.
    """
    scope = programmes.programme(programme)
    if identity:
        run = simulation.begin_identity(scope, by="command line")
    else:
        if file is None and without is None:
            raise NothingToTry
        run = simulation.begin(
            scope,
            by="command line",
            document=None if file is None else read_yaml(file.read_bytes()),
            without=without or "",
            first=first.date() if first else None,
            end=end.date() if end else None,
            opening=Run.Opening(opening),
            label=label or "",
            sample=sample,
            redemption=Run.Redemption(redemption),
            response=response,
            name=file.name if file else f"without {without}",
        )
    with Work(_("Folding the history"), pgettext("after a number", "members")) as progress:
        run = simulation.work(run.id, progress=progress.at)
    _tell(run, as_values=as_values)


def _tell(run: Run, *, as_values: bool) -> None:
    summary = queries.summary_of(run)
    assert summary is not None
    found = queries.compared(run) if run.compared_with else None
    if as_values:
        click.echo(json.dumps(told.plain(run, summary, found), ensure_ascii=False, indent=2))
    elif found is None:
        told.prove(summary)
    else:
        told.show(run, found)
    if run.exact and summary.differing:
        sys.exit(1)
