"""``stammis import``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import click

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.imports import queries, services
from stammis.imports.models import Run
from stammis.kit import clock
from stammis.programmes import queries as programmes

SHOWN = 50
BY = "command line"


@click.group("import", short_help="Members, purchases and balances from CSV or Parquet files.")
def command() -> None:
    """Take in what a file holds. Good rows land, bad ones are listed; the same file may be read again."""


def _options(body: Callable[..., None]) -> Callable[..., None]:
    """The argument and options that all files share."""
    for option in (
        click.option("--programme", metavar="ID", help="Needed where there are several."),
        click.option(
            "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all bad rows there, as CSV."
        ),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        body = option(body)
    return body


@command.command()
@_options
@installed()
def members(file: Path, report: Path | None, programme: str | None) -> None:
    """Members: one row each, a column «member» with your own id. What a row gives is merged into what is known."""
    scope = programmes.programme(programme)
    with Work(f"Reading {file.name}") as work:
        run = services.import_members(
            file, scope, by=BY, clock=clock.now, progress=lambda at: work.at(at.position, at.size)
        )
    tell(run, report)


@command.command()
@_options
@installed()
def purchases(file: Path, report: Path | None, programme: str | None) -> None:
    """Purchases: one row for each line, the rows of a purchase one after the other, with the same «purchase»."""
    scope = programmes.programme(programme)
    with Work(f"Reading {file.name}") as work:
        run = services.import_purchases(
            file, scope, by=BY, clock=clock.now, progress=lambda at: work.at(at.position, at.size)
        )
    tell(run, report)


@command.command()
@_options
@installed()
def balances(file: Path, report: Path | None, programme: str | None) -> None:
    """Balances from an older system: one row for each lot, with «member» and «amount», and the days it has."""
    scope = programmes.programme(programme)
    with Work(f"Reading {file.name}") as work:
        run = services.import_balances(
            file, scope, by=BY, clock=clock.now, progress=lambda at: work.at(at.position, at.size)
        )
    tell(run, report)


def tell(run: Run, report: Path | None) -> None:
    """Say what became of a file; exit status 1 where nothing of it could be taken in."""
    bad = queries.bad_rows(run)
    for each in bad[:SHOWN]:
        column = f", {each.field}" if each.field else ""
        said = f" [{each.raw[:60]}]" if each.raw else ""
        click.echo(f"line {each.line}{column}: {each.message} ({each.code}){said}")
    listed = bad.count()
    if listed > SHOWN:
        click.echo(f"… and {listed - SHOWN} more; --report FILE writes all of them.")
    if report is not None:
        write(report, run)
        click.echo(f"Bad rows: {report}")
    again = f", {run.repeated:,} were there already" if run.repeated else ""
    click.echo(f"{run.accepted:,} {run.kind} taken in{again}, {run.refused:,} refused.")
    if run.state == Run.State.STOPPED:
        click.echo("It was stopped before its end. Read the same file again to go on.", err=True)
        sys.exit(1)
    if run.refused and not run.accepted + run.repeated:
        sys.exit(1)


def write(report: Path, run: Run) -> None:
    """Write all bad rows of a run as CSV: line, field, code, message, row."""
    with report.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["line", "field", "code", "message", "row"])
        for each in queries.bad_rows(run).iterator():
            rows.writerow([each.line, each.field, each.code, each.message, each.raw])
