"""``stammis demo``."""

from __future__ import annotations

from pathlib import Path

import click
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config import environment, logs, production
from stammis.config.cli.day import catch_up, is_due
from stammis.config.cli.options import data_option
from stammis.config.cli.progress import Work
from stammis.config.cli.serve import DATABASE_SECONDS
from stammis.config.first_start import begin_clock
from stammis.config.installation import installation
from stammis.config.supervisor import Supervisor, wait_for_port
from stammis.imports.services.sample import CLOCK, is_loaded, load_sample
from stammis.kit import clock
from stammis.kit.patience import steadily
from stammis.staff import services as staff
from stammis.staff.models import Person

OWNER = "owner@example.com"
PASSWORD = "journey-sample"  # noqa: S105 - the sample company's, printed at every start
BY = "stammis demo"
BUSY_TABLES = ("activity_event", "accrual_decision", "ledger_entry", "activity_receipt", "accrual_standing")


@click.command(short_help="Load the sample company and serve it.")
@click.option("--no-serve", is_flag=True, help="Only load it.")
@click.option("--host", default=lambda: environment.read("STAMMIS_HOST", "127.0.0.1"), help="Default: 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=lambda: environment.read("PORT", "8000"),
    metavar="PORT",
    help="Default: PORT, else 8000.",
)
@click.option(
    "--panel",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The files of the panel, if not those that came with Stammis.",
)
@data_option
def command(*, no_serve: bool, host: str, port: int, panel: Path | None, data: str | None) -> None:
    """Load the sample company, a year of a grocery chain, and serve it.

    The load goes on where it was interrupted; once it is done, the same command serves within seconds.
    """
    if not no_serve:
        logs.configure()
        wait_for_port(host, port)
    with installation(data, migrate=True, wait_seconds=DATABASE_SECONDS) as here:
        begin_clock(here, CLOCK)
        production.check()
        load(panel, due=no_serve)
        login = sign_in()
        if no_serve:
            click.echo(login)
            return
        click.echo(_("Console: %(address)s") % {"address": f"http://{host}:{port}/"})
        click.echo(login)
        Supervisor(host=host, port=port, server=here.server).run()


def load(panel: Path | None = None, *, due: bool = False) -> None:
    """Load what of the sample company is not loaded yet, and apply what is due then by the installation's clock.

    Of a sample company that was loaded before, what is due is applied where ``due`` asks for it: a load may have ended
    before it came to that, and where it is served the worker sees to it.
    """
    loaded = is_loaded()
    if not loaded:
        with Work(
            _("Loading the sample company: a year of a grocery chain"), pgettext("after a number", "purchases")
        ) as work:
            load_sample(now=clock.now(), told=work.at, folder=panel)
    if not loaded or (due and is_due(clock.now())):
        with Work(_("Applying what has fallen due")):
            steadily(settle)


def settle() -> None:
    """Let what is due pass, and let PostgreSQL know its tables; done twice it changes nothing more."""
    catch_up(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(BUSY_TABLES)}")


def sign_in() -> str:
    """Make the first owner if there is none, and say how to sign in."""
    person = Person.objects.filter(email=OWNER).first()
    if person is None:
        person = staff.found(email=OWNER, name="Olivia Owner", password=PASSWORD, by=BY)
    word = PASSWORD if person.check_password(PASSWORD) else _("(the one you chose)")
    return _("Sign in as %(mail)s with the password %(password)s") % {"mail": OWNER, "password": word}
