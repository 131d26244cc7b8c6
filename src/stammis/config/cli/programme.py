"""``stammis programme``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from stammis.config.cli.options import installed
from stammis.core.schema import programme_schema
from stammis.kit import clock
from stammis.programmes import queries, services, yaml

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(short_help="Programme files.")
def command() -> None:
    """Programme files: checked, published, written out."""


@command.command()
@FILE
def check(file: Path) -> None:
    """Say whether FILE is a programme, or everything that is wrong with it. Nothing is published."""
    parsed = services.read(yaml.load(file.read_bytes()))
    click.echo(f"{file} is a programme: {services.english(parsed)}.")


@command.command()
def schema() -> None:
    """Show the JSON Schema of programme files."""
    click.echo(json.dumps(programme_schema(), ensure_ascii=False, indent=2))


@command.command()
@FILE
@click.option("--note", default="", help="Why it changes; kept with the version.")
@installed()
def apply(file: Path, note: str) -> None:
    """Publish FILE as its programme's next version, or as a new programme. Publishing it twice changes nothing."""
    version = services.publish(yaml.load(file.read_bytes()), by="command line", now=clock.now(), note=note)
    named = f"{version.programme.name} ({version.programme.slug})"
    click.echo(f"{named}: version {version.number}, in force from {version.starts_at.isoformat()}.")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--programme", metavar="ID", help="Which one, where there are several.")
@click.option("--version", "number", type=int, help="Which version; default: the newest.")
@installed()
def export(file: Path, programme: str | None, number: int | None) -> None:
    """Write a published programme to FILE («-»: to the terminal), as the file that would publish it."""
    shown = queries.programme(programme)
    versions = shown.versions.order_by("-number")
    version = (versions.filter(number=number) if number else versions).first()
    if version is None:
        raise click.ClickException(f"{shown.slug} has no version {number}.")
    text = yaml.dump(version.document)
    if str(file) == "-":
        click.echo(text, nl=False)
    else:
        file.write_text(text, "utf-8")
        click.echo(f"Wrote {file}: {shown.slug}, version {version.number}.")
