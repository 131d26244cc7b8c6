"""``stammis key``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from stammis.config.cli.options import installed
from stammis.programmes import queries as programmes
from stammis.staff.services import create_key


@click.group(short_help="API keys.")
def command() -> None:
    """API keys: made here or in the console, shown once."""


@command.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="May be given more than once. An unknown one is answered with the list of all.",
)
@click.option("--programme", metavar="ID", help="Bind the key to one programme.")
@installed()
def create(name: str, scopes: tuple[str, ...], programme: str | None) -> None:
    """Make a key called NAME and show it, this once, alone on the last line. Without a scope it may do everything."""
    bound = programmes.programme(programme) if programme else None
    _key, plain = create_key(name, scopes, bound, by="command line")
    click.echo(_("This key is shown once. Keep it where nobody else reads it."), err=True)
    click.echo(plain)
