"""``stammis upgrade``."""

from __future__ import annotations

import click

from stammis.config import database
from stammis.config.cli.options import data_option
from stammis.config.installation import database_only


@click.command(short_help="Bring the tables up to this release.")
@click.option("--check", is_flag=True, help="Only say what would be done; status 1 if there is something to do.")
@data_option
def command(data: str | None, *, check: bool) -> None:
    """Say which migrations this release brings, check that they fit, and apply them. Make a backup before."""
    with database_only(data):
        plan = database.waiting()
        if not plan:
            click.echo("Nothing to do: the tables are those of this release.")
            return
        click.echo(f"{len(plan)} migrations are waiting:")
        for step in plan:
            click.echo(f"  {step}")
        if check:
            raise click.ClickException("Make a backup (stammis backup FILE), then run stammis upgrade.")
        database.migrate()
        click.echo("Done: the tables are those of this release.")
