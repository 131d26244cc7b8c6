"""``stammis import``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import number
from stammis.imports import queries, services
from stammis.imports.models import Run
from stammis.kit import clock
from stammis.kit.spreadsheets import lines
from stammis.kit.telling import told_again
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
    with Work(_("Reading %(file)s") % {"file": file.name}) as work:
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
    with Work(_("Reading %(file)s") % {"file": file.name}) as work:
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
    with Work(_("Reading %(file)s") % {"file": file.name}) as work:
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
        place = _("line %(number)s") % {"number": each.line}
        click.echo(f"{place}{column}: {told_again(each.message, each.wording)} ({each.code}){said}")
    listed = bad.count()
    if listed > SHOWN:
        more = {"number": number(listed - SHOWN)}
        click.echo(_("… and %(number)s more; --report FILE writes all of them.") % more)
    if report is not None:
        write(report, run)
        click.echo(_("Bad rows: %(file)s") % {"file": report})
    click.echo(counted(run))
    if run.state == Run.State.STOPPED:
        click.echo(_("It was stopped before its end. Read the same file again to go on."), err=True)
        sys.exit(1)
    if run.refused and not run.accepted + run.repeated:
        sys.exit(1)


def counted(run: Run) -> str:
    """How many of a file were taken in, known before and refused, in one line."""
    match run.kind:
        case Run.Kind.MEMBERS:
            taken = ngettext("%(number)s member taken in", "%(number)s members taken in", run.accepted)
        case Run.Kind.PURCHASES:
            taken = ngettext("%(number)s purchase taken in", "%(number)s purchases taken in", run.accepted)
        case _:
            taken = ngettext("%(number)s balance taken in", "%(number)s balances taken in", run.accepted)
    said = [taken % {"number": number(run.accepted)}]
    if run.repeated:
        again = ngettext("%(number)s was there already", "%(number)s were there already", run.repeated)
        said.append(again % {"number": number(run.repeated)})
    said.append(ngettext("%(number)s refused", "%(number)s refused", run.refused) % {"number": number(run.refused)})
    return f"{', '.join(said)}."


def write(report: Path, run: Run) -> None:
    """Write all bad rows of a run as CSV: line, field, code, message, row."""
    with report.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines(queries.BAD_COLUMNS, queries.bad_table(run), mark=False))
