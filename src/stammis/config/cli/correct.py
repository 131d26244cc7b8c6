"""``stammis correct``: plan, post, undo, drop, list, messages."""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import number
from stammis.kit.spreadsheets import lines
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.yaml import load as read_yaml
from stammis.simulation import queries
from stammis.simulation import services as simulation
from stammis.simulation.models import Correction, CorrectionLine

BY = "command line"
SHOWN = 20
Id = click.UUID


class Moment(click.ParamType[str]):
    """A local day, or an instant with its offset."""

    name = "day or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check that it can be read; the programme's zone is not known yet."""
        try:
            dt.datetime.fromisoformat(value)
        except ValueError:
            said = _("«%(value)s» is neither a day, as 2026-03-01, nor a time with an offset.")
            self.fail(said % {"value": value}, param, ctx)
        return str(value)


@click.group(short_help="Put right what a wrong rule gave.")
def command() -> None:
    """Put right what a wrong version gave for the events of a period, and undo it as a whole."""


@command.command(short_help="See what members should have got.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--version", type=click.IntRange(1), metavar="N", help="The published version that should have decided.")
@click.option("--wrong", type=click.IntRange(1), metavar="N", help="The published version that ran wrong.")
@click.option("--from", "first", type=Moment(), metavar="TIME", help="From this day or time on.")
@click.option("--to", "end", type=Moment(), metavar="TIME", help="Until before this day or time.")
@click.option("--name", required=True, metavar="NAME", help="What members read as the reason.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed(looks_only=True)
def plan(  # noqa: PLR0917 - click hands every option over
    file: Path | None,
    version: int | None,
    wrong: int | None,
    first: str | None,
    end: str | None,
    name: str,
    programme: str | None,
    as_values: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Fold the period again by another version, a file's or a published one's, and list the differences.

    With --wrong, the period is the time in which that version decided, or the part of it from --from to --to. Nothing
    is posted. The same command goes on with a planning that was interrupted.
    """
    scope = programmes.programme(programme)
    asked = simulation.begin_correction(
        scope,
        by=BY,
        name=name,
        begins_at=_instant(first, scope),
        ends_at=_instant(end, scope),
        wrong=wrong,
        version=version,
        document=None if file is None else read_yaml(file.read_bytes()),
    )
    with Work(_("Folding the history"), pgettext("after a number", "members")) as progress:
        made = simulation.plan(asked.id, progress=progress.at)
    _tell(made, as_values=as_values)


@command.command(short_help="Post a planned correction.")
@click.argument("correction", type=Id)
@click.option("--gains", is_flag=True, help="Only where the member gains.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed(looks_only=True)
def post(correction: uuid.UUID, gains: bool, programme: str | None, as_values: bool) -> None:  # noqa: FBT001 - flags of the command
    """Post a correction, dated now; the same command goes on with one that was interrupted."""
    scope = programmes.programme(programme)
    found = queries.correction(scope, correction)
    if found.state != Correction.State.POSTING:
        which = Correction.Scope.GAINS if gains else Correction.Scope.ALL
        simulation.begin_posting(scope, found.id, by=BY, scope=which)
    _work(found, as_values=as_values)


@command.command(short_help="Undo a posted correction as a whole.")
@click.argument("correction", type=Id)
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed(looks_only=True)
def undo(correction: uuid.UUID, programme: str | None, as_values: bool) -> None:  # noqa: FBT001 - a flag of the command
    """Undo what a correction posted; the same command goes on with one that was interrupted."""
    scope = programmes.programme(programme)
    found = queries.correction(scope, correction)
    if found.state != Correction.State.UNDOING:
        simulation.begin_undoing(scope, found.id, by=BY)
    _work(found, as_values=as_values)


@command.command(short_help="Post nothing of a planned correction.")
@click.argument("correction", type=Id)
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@installed(looks_only=True)
def drop(correction: uuid.UUID, programme: str | None) -> None:
    """Put a planned correction away: nothing of it is posted, and it stays in the list."""
    scope = programmes.programme(programme)
    found = simulation.drop_correction(scope, queries.correction(scope, correction).id, by=BY)
    click.echo(f"{found.id}  {found.state}")


@command.command("list", short_help="List corrections.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON.")
@installed(looks_only=True)
def listed(programme: str | None, as_values: bool) -> None:  # noqa: FBT001 - a flag of the command
    """List corrections, newest first."""
    found = list(queries.corrections(programmes.programme(programme)))
    if as_values:
        click.echo(json.dumps([_plain(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each.id}  {each.state:<8}  {each.begins_at:%Y-%m-%d} – {each.ends_at:%Y-%m-%d}  {each.name}")


@command.command(short_help="Write what to tell whom, as CSV.")
@click.argument("correction", type=Id)
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@installed(looks_only=True)
def messages(correction: uuid.UUID, programme: str | None) -> None:
    """Write member, name, amount, wallet and a sentence in the member's language for each, as CSV on stdout."""
    found = queries.correction(programmes.programme(programme), correction)
    for piece in lines(queries.MESSAGE_HEAD, queries.messages(found), mark=False):
        sys.stdout.write(piece)


def _work(found: Correction, *, as_values: bool) -> None:
    with Work(_("Posting"), pgettext("after a number", "members")) as progress:
        done = simulation.post(found.id, progress=progress.at)
    _tell(done, as_values=as_values)


def _instant(text: str | None, programme: Programme) -> dt.datetime | None:
    if text is None:
        return None
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(programme.zone))


def _tell(found: Correction, *, as_values: bool) -> None:
    if as_values:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.id}  {found.state}")
    for wallet, sums in queries.totals(found).items():
        facts = {name: number(value) for name, value in sums.items()} | {"wallet": wallet}
        click.echo(_("%(wallet)s: %(gaining)s gain %(gains)s, %(losing)s lose %(losses)s.") % facts)
    for wallet, (given, undone) in queries.posted(found).items():
        facts = {"wallet": wallet, "posted": number(given), "undone": number(undone)}
        click.echo(_("%(wallet)s: posted %(posted)s, undone %(undone)s.") % facts)
    if found.totals.get("apart"):
        said = _("%(number)s members are listed apart and are not corrected.")
        click.echo(said % {"number": number(found.totals["apart"])})
    for line in queries.lines(found)[:SHOWN]:
        click.echo(f"{line.member.reference}  {number(line.amount)} {line.wallet}  {queries.explain(found, line)}")


def _plain(found: Correction) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "name": found.name,
        "from": found.begins_at.isoformat(),
        "to": found.ends_at.isoformat(),
        "wrong": found.wrong,
        "version": found.version,
        "scope": found.scope,
        "state": found.state,
        "totals": found.totals,
        "posted": {wallet: list(sums) for wallet, sums in queries.posted(found).items()},
        "largest": [_line(line) for line in queries.lines(found)[:SHOWN]],
        "apart": [_line(line) for line in queries.lines(found, which="apart")],
    }


def _line(line: CorrectionLine) -> dict[str, Any]:
    return {
        "member": line.member.reference,
        "wallet": line.wallet,
        "amount": line.amount,
        "posted": line.posted,
        "undone": line.undone,
        "state": line.state,
        "because": line.because,
        "originals": line.originals,
    }
