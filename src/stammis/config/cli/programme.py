"""``stammis programme``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from stammis.config.cli import costing
from stammis.config.cli.options import for_programs, installed
from stammis.core.schema import programme_schema
from stammis.kit import clock
from stammis.kit.holidays import NoHolidays, public_holidays
from stammis.programmes import plan as planning
from stammis.programmes import queries, services, yaml
from stammis.programmes.sentences import describe

CHANGES = 3
KINDS = (gettext_noop("added"), gettext_noop("changed"), gettext_noop("removed"))
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(short_help="Programme files.")
def command() -> None:
    """Programme files: checked, published, written out."""


@command.command()
@FILE
def check(file: Path) -> None:
    """Say whether FILE is a programme, or everything that is wrong with it. Nothing is published."""
    parsed = services.read(yaml.load(file.read_bytes()))
    click.echo(_("%(file)s is a programme: %(name)s.") % {"file": file, "name": services.english(parsed)})


@command.command()
def schema() -> None:
    """Show the JSON Schema of programme files."""
    click.echo(json.dumps(programme_schema(), ensure_ascii=False, indent=2))


@command.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="For programs: the change as JSON.")
@click.option("--exit-code", is_flag=True, help="End with status 3 where FILE changes something.")
@click.option("--no-costs", is_flag=True, help="Leave out what it would have meant over the last 90 days: faster.")
@installed()
def plan(file: Path, *, as_json: bool, exit_code: bool, no_costs: bool) -> None:
    """Say what publishing FILE would change, part by part, against the newest version. Nothing is published.

    Then say what it would have meant over the last 90 days, by a back-test: points, money, members better and worse
    off, levels, budgets. Ctrl-C stops that; the same command goes on from there.

    Ends with status 0 whether it changes something or not, unless --exit-code is given; with 1 where FILE is no
    programme, or could not be published.
    """
    document = yaml.load(file.read_bytes())
    with for_programs(yes=as_json):
        found = planning.plan(document, now=clock.now())
    if not as_json:
        for line in planned(found):
            click.echo(line)
    costs = None if no_costs or found.new or found.same else costing.compare(found.document, document, file.name)
    if as_json:
        with for_programs():
            plain = found.plain() | ({"costs": costing.plain(found.document, costs)} if costs else {})
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    elif costs:
        for line in costing.told(found.document, costs):
            click.echo(line)
    if exit_code and not found.same:
        raise SystemExit(CHANGES)


def planned(found: planning.Plan) -> Iterator[str]:
    """Tell a plan in lines: the parts, their sentences («-» gone, «+» new), and the fields beneath them."""
    named = f"{found.name} ({found.document.programme})"
    if found.new:
        yield _("%(name)s: a new programme.") % {"name": named}
        for chapter in describe(found.document):
            yield f"\n{chapter.title}"
            yield from (f"  + {one.name + ': ' if one.name else ''}{one.text}" for one in chapter.sentences)
        return
    if found.same:
        said = _("%(name)s: says the same as version %(number)s. Nothing would change.")
        yield said % {"name": named, "number": found.since}
        return
    said = ngettext(
        "%(name)s: version %(new)s would differ from version %(old)s in %(number)s part.",
        "%(name)s: version %(new)s would differ from version %(old)s in %(number)s parts.",
        len(found.changes),
    )
    yield said % {"name": named, "new": found.number, "old": found.since, "number": len(found.changes)}
    if found.begins:
        yield _("It begins at %(time)s. What was decided before stays as it is.") % {"time": found.begins.isoformat()}
    else:
        yield _("It begins when it is published. What was decided before stays as it is.")
    for risk in found.risks:
        yield f"\n! {risk}"
    for change in found.changes:
        yield f"\n{_(change.kind)} {change.list}{' ' + change.id if change.id else ''}: {change.name}"
        yield from (f"  - {sentence}" for sentence in change.before)
        yield from (f"  + {sentence}" for sentence in change.after)
        yield from (f"    {field.name}: {field.before} → {field.after}" for field in change.fields)


@command.command()
@FILE
@click.option("--note", default="", help="Why it changes; kept with the version.")
@installed()
def apply(file: Path, note: str) -> None:
    """Publish FILE as its programme's next version, or as a new programme. Publishing it twice changes nothing."""
    version = services.publish(yaml.load(file.read_bytes()), by="command line", now=clock.now(), note=note)
    values = {
        "name": f"{version.programme.name} ({version.programme.slug})",
        "number": version.number,
        "time": version.starts_at.isoformat(),
    }
    click.echo(_("%(name)s: version %(number)s, in force from %(time)s.") % values)


@command.command()
@click.argument("country")
@click.option("--subdivision", metavar="CODE", help="A state or province, such as BY for Bavaria.")
@click.option("--from", "first", type=int, metavar="YEAR", help="The first year; default: this one.")
@click.option("--to", "last", type=int, metavar="YEAR", help="The last year; default: the one after the first.")
@click.option("--name", metavar="ID", help="What the list is called; default: the country's code.")
def holidays(country: str, *, subdivision: str | None, first: int | None, last: int | None, name: str | None) -> None:
    """Write the public holidays of COUNTRY (a code such as FI) as a list for a programme file."""
    begins = dt.datetime.now(dt.UTC).year if first is None else first
    ends = begins + 1 if last is None else last
    try:
        listed = public_holidays(country, begins, ends, subdivision)
    except NoHolidays as error:
        raise click.ClickException(error.told()) from error
    click.echo(f"holidays:\n  {name or country.lower()}:")
    for day, called in listed:
        click.echo(f"    - {day.isoformat()}  # {called}")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--programme", metavar="ID", help="Which one, where there are several.")
@click.option("--version", "number", type=int, metavar="NUMBER", help="Which version; default: the newest.")
@installed(looks_only=True)
def export(file: Path, programme: str | None, number: int | None) -> None:
    """Write a published programme to FILE («-»: to the terminal), as the file that would publish it."""
    shown = queries.programme(programme)
    versions = shown.versions.order_by("-number")
    version = (versions.filter(number=number) if number else versions).first()
    if version is None:
        raise click.ClickException(_("%(name)s has no version %(number)s.") % {"name": shown.slug, "number": number})
    text = yaml.dump(version.document)
    if str(file) == "-":
        click.echo(text, nl=False)
    else:
        file.write_text(text, "utf-8")
        values = {"file": file, "name": shown.slug, "number": version.number}
        click.echo(_("Wrote %(file)s: %(name)s, version %(number)s.") % values)
