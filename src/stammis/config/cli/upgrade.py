"""``stammis upgrade``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.config import database
from stammis.config.cli.options import data_option
from stammis.config.installation import database_only
from stammis.console.formats import number


@click.command(short_help="Bring the tables up to this release.")
@click.option("--check", is_flag=True, help="Only say what would be done; status 1 if there is something to do.")
@data_option
def command(data: str | None, *, check: bool) -> None:
    """Say which migrations this release brings, check that they fit, and apply them. Make a backup before."""
    with database_only(data):
        plan = database.waiting()
        if not plan:
            click.echo(_("Nothing to do: the tables are those of this release."))
            return
        said = ngettext("%(number)s migration is waiting:", "%(number)s migrations are waiting:", len(plan))
        click.echo(said % {"number": number(len(plan))})
        for step in plan:
            click.echo(f"  {step}")
        if check:
            raise click.ClickException(_("Make a backup (stammis backup FILE), then run stammis upgrade."))
        database.migrate()
        click.echo(_("Done: the tables are those of this release."))
