"""``stammis verify``."""

from __future__ import annotations

import sys

import click

from stammis.accrual import services as accrual
from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.programmes import queries as programmes

SHOWN = 100
COMPARED = (
    "Compared with what the events give: decisions, ledger rows with their lots and running balances, standings,"
    " states of purchases, issued rewards, stock, receipts. Not compared: when each member's next day is due."
)


@click.command(short_help="Prove every standing from its events, every balance from its rows.")
@click.option("--programme", metavar="ID", help="Only this programme. Default: all.")
@installed()
def command(programme: str | None) -> None:
    """Fold every standing again from its events and every balance from its rows.

    It says what it compares. Nothing is changed. Exit status 1 and a list where something differs.
    """
    scope = programmes.programme(programme) if programme else None
    with Work("Proving", "members") as work:
        differences = accrual.verify(scope, work.at)
    click.echo(COMPARED)
    for each in differences[:SHOWN]:
        whose = f"member {each.member}" if each.member else "programme"
        click.echo(f"{whose}, {each.what}, {each.where}: stored {each.stored}, expected {each.expected}")
    if len(differences) > SHOWN:
        click.echo(f"… and {len(differences) - SHOWN} more.")
    if differences:
        click.echo(f"{len(differences)} differences.", err=True)
        sys.exit(1)
    click.echo("Everything agrees.")
