"""``stammis snapshot``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import number
from stammis.programmes import queries as programmes
from stammis.snapshot import services as snapshot


@click.command(short_help="Bring the columnar copy of the history up to date.")
@click.option("--rebuild", is_flag=True, help="Make it anew instead of adding what is missing.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@installed(looks_only=True)
def command(
    rebuild: bool,  # noqa: FBT001 - a flag of the command line
    programme: str | None,
) -> None:
    """Copy events and ledger rows to Parquet files in the data folder, as far as they are not there yet.

    Back-tests and the liability read these files. The copy stands for one instant of the database; it is brought up to
    date by itself wherever it is needed.
    """
    scope = programmes.programme(programme)
    make = snapshot.rebuild if rebuild else snapshot.refresh
    with Work(_("Copying the history"), pgettext("after a number", "members")) as work:
        position = make(scope, work.at)
    values = {
        "members": number(position.members),
        "events": number(position.events),
        "rows": number(position.rows),
        "time": position.at.isoformat(timespec="seconds"),
    }
    click.echo(_("As of %(time)s. Members: %(members)s, events: %(events)s, ledger rows: %(rows)s.") % values)
