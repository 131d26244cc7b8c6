"""``stammis serve``."""

from __future__ import annotations

import datetime as dt

import click
import structlog
from django.db import connections

from stammis.config import environment, logs, production
from stammis.config.cli.options import clock_option, data_option
from stammis.config.first_start import begin_clock
from stammis.config.installation import installation
from stammis.config.supervisor import Supervisor, wait_for_port
from stammis.kit import clock as kit_clock

DATABASE_SECONDS = 30.0
log = structlog.get_logger(__name__)


@click.command(short_help="Serve the console and the API.")
@click.option("--host", default=lambda: environment.read("STAMMIS_HOST", "127.0.0.1"), help="Default: 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=lambda: environment.read("PORT", "8000"),
    metavar="PORT",
    help="Default: PORT, else 8000.",
)
@clock_option
@data_option
def command(host: str, port: int, clock: dt.datetime | None, data: str | None) -> None:
    """Serve the console and the API: database, web, batches and worker in one.

    Brings the tables up to this release first. Ready when GET /health is 200. Ends on SIGTERM and SIGINT.
    """
    serve(host=host, port=port, clock=clock, data=data)


def serve(*, host: str, port: int, clock: dt.datetime | None = None, data: str | None = None) -> None:
    """Serve until told to stop. Raises Problem where it cannot begin."""
    logs.configure()
    wait_for_port(host, port)
    with installation(data, migrate=True, wait_seconds=DATABASE_SECONDS) as here:
        begin_clock(here, clock)
        production.check()
        if kit_clock.installation().loading:
            log.warning("sample_unfinished", meanwhile="no day passes by itself", go_on="stammis demo")
        connections.close_all()  # the supervisor asks the database nothing
        Supervisor(host=host, port=port, server=here.server).run()
