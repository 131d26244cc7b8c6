"""``stammis backup``."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from stammis.config import copies
from stammis.config.cli.options import data_option
from stammis.config.installation import database_only
from stammis.console.formats import number


@click.command(short_help="Write a backup.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@data_option
def command(file: Path, data: str | None, *, force: bool) -> None:
    """Write all that the database holds into FILE, as of one instant, also while the installation is in use."""
    if file.exists() and not force:
        raise click.UsageError(_("%(file)s exists. Choose another name, or say --force.") % {"file": file})
    with database_only(data) as here:
        if here.is_new:
            raise click.ClickException(_("There is nothing to back up: the database has no tables yet."))
        size = copies.write(file)
    said = _("Wrote %(file)s (%(size)s MB). Restore it into an empty installation: stammis restore %(file)s")
    click.echo(said % {"file": file, "size": number(size / 1e6, 1)})
