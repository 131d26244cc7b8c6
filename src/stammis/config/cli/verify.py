"""``stammis verify``."""

from __future__ import annotations

import sys

import click
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from stammis.accrual import services as accrual
from stammis.accrual.services.comparing import Difference
from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import number
from stammis.programmes import queries as programmes

SHOWN = 100
COMPARED = gettext_noop(
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
    with Work(_("Proving"), pgettext("after a number", "members")) as work:
        differences = accrual.verify(scope, work.at)
    click.echo(_(COMPARED))
    for each in differences[:SHOWN]:
        click.echo(told(each))
    if len(differences) > SHOWN:
        click.echo(_("… and %(number)s more.") % {"number": number(len(differences) - SHOWN)})
    if differences:
        count = len(differences)
        said = ngettext("%(number)s difference.", "%(number)s differences.", count)
        click.echo(said % {"number": number(count)}, err=True)
        sys.exit(1)
    click.echo(_("Everything agrees."))


def told(each: Difference) -> str:
    """A difference in one line: whose, what, where, what is stored and what is expected."""
    whose = _("member %(id)s") % {"id": each.member} if each.member else _("programme")
    values = {"what": each.what, "where": each.where, "stored": each.stored, "expected": each.expected}
    return _("%(whose)s, %(what)s, %(where)s: stored %(stored)s, expected %(expected)s") % {"whose": whose, **values}
