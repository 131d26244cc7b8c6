"""``stammis restore``."""

from __future__ import annotations

from pathlib import Path

import click
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.accrual.services.proof import verify
from stammis.config import copies, database
from stammis.config.cli.options import data_option
from stammis.config.cli.verify import told
from stammis.config.installation import database_only
from stammis.console.formats import number
from stammis.kit.tables import take_rights_again

SHOWN = 20


@click.command(short_help="Restore a backup into an empty installation.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def command(file: Path, data: str | None) -> None:
    """Restore FILE into an installation whose database is empty, then verify it.

    Whole or not at all. Tables from an older release are brought up to this one.
    """
    with database_only(data) as here:
        if not here.is_new:
            raise click.ClickException(
                _("The database is not empty. Restore into a new one: another --data, or another DATABASE_URL.")
            )
        copies.read(file)
        take_rights_again()
        database.migrate()
        with connection.cursor() as cursor:
            cursor.execute("analyze")  # a copy holds no statistics, without which questions take the long way
        click.echo(_("Restored. Verifying every standing from its events …"))
        differences = verify()
    for difference in differences[:SHOWN]:
        click.echo(f"  {told(difference)}", err=True)
    if differences:
        count = len(differences)
        said = ngettext(
            "Restored, but %(number)s difference was found.", "Restored, but %(number)s differences were found.", count
        )
        raise click.ClickException(said % {"number": number(count)})
    click.echo(_("Verified: nothing differs."))
