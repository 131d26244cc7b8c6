"""``stammis backtest``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import number
from stammis.kit.errors import Invalid
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.yaml import load as read_yaml
from stammis.simulation import queries
from stammis.simulation import services as simulation
from stammis.simulation.models import Run
from stammis.simulation.results import Summary

Day = click.DateTime(["%Y-%m-%d"])
SHOWN = 20


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
@click.option("--identity", is_flag=True, help="Prove that what is published gives the ledger, row by row.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed()
def command(  # noqa: PLR0917 - click hands every option over
    file: Path | None,
    without: str | None,
    first: dt.datetime | None,
    end: dt.datetime | None,
    opening: str,
    label: str | None,
    sample: int | None,
    identity: bool,  # noqa: FBT001 - a flag of the command line
    programme: str | None,
    as_values: bool,  # noqa: FBT001 - the same
) -> None:
    """Fold the stored history again, with the function that decides live, and show what would have come of it.

    Everybody does what they did; only the programme is another. Ctrl-C stops; the same command goes on from there.
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
            document=None if file is None else read_yaml(file.read_text("utf-8")),
            without=without or "",
            first=first.date() if first else None,
            end=end.date() if end else None,
            opening=Run.Opening(opening),
            label=label or "",
            sample=sample,
            name=file.name if file else f"without {without}",
        )
    with Work(_("Folding the history"), pgettext("after a number", "members")) as progress:
        run = simulation.work(run.id, progress=progress.at)
    summary = queries.summary_of(run)
    assert summary is not None
    today = queries.summary_of(run.compared_with) if run.compared_with else None
    if as_values:
        click.echo(json.dumps(_plain(run, summary, today), ensure_ascii=False, indent=2))
    elif identity:
        _prove(summary)
    else:
        _show(scope, summary, today)
    if identity and summary.differing:
        sys.exit(1)


def _plain(run: Run, summary: Summary, today: Summary | None) -> dict[str, Any]:
    found: dict[str, Any] = {"run": str(run.id), "position": run.position, "result": msgspec.to_builtins(summary)}
    return found | ({"today": msgspec.to_builtins(today)} if today else {})


def _prove(summary: Summary) -> None:
    counts = {"rows": number(summary.compared), "differing": number(summary.differing)}
    click.echo(_("Rows compared: %(rows)s. Different: %(differing)s.") % counts)
    for each in summary.differences[:SHOWN]:
        values = {"member": each.member, "row": each.row, "stored": each.stored, "made": each.made}
        click.echo(_("member %(member)s, row %(row)s: ledger %(stored)s, folded again %(made)s") % values)


def _show(programme: Programme, summary: Summary, today: Summary | None) -> None:
    counts = {"purchases": number(summary.purchases), "members": number(summary.members)}
    click.echo(_("Purchases: %(purchases)s. Members: %(members)s.") % counts)
    decimals = {each.id: each.decimals for each in _document(programme).wallets}
    click.echo(f"{'':<24}{_('today'):>16}{_('tried'):>16}{_('difference'):>16}")
    for wallet, then in summary.wallets.items():
        now = (today.wallets if today else {}).get(wallet)
        click.echo(f"{wallet}:")
        for name in ("opening", *_LINES):
            tried, was = _figure(then, name), 0 if now is None else _figure(now, name)
            places = decimals.get(wallet, 0)
            told = "".join(f"{value / 10**places:>16,.{places}f}" for value in (was, tried, tried - was))
            click.echo(f"  {name.replace('_', ' '):<22}{told}")
    for what, count in summary.refused.items():
        click.echo(_("Not possible: %(what)s: %(number)s") % {"what": what, "number": number(count)})
    for limit in summary.limits:
        values = {"number": number(limit.times), "day": f"{limit.first_at:%Y-%m-%d}"}
        said = _("%(number)s times, first on %(day)s") % values
        click.echo(f"{limit.because} {limit.id}: {said}")


_LINES = ("earned", "given", "taken_back", "redeemed", "restored", "expired", "received", "sent", "closing")


def _figure(totals: Any, name: str) -> int:
    found: int = getattr(totals, name)
    return found


def _document(programme: Programme) -> Any:
    versions = programmes.versions(programme.id)
    return versions.document(versions.stamp[0])
