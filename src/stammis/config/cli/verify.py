"""``stammis verify``."""

from __future__ import annotations

import sys

import click
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext

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
@installed(looks_only=True)
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


WHAT: dict[str, Promise] = {
    "balance": gettext_lazy("balance"),
    "budget": gettext_lazy("budget"),
    "decision": gettext_lazy("decision"),
    "event": gettext_lazy("event"),
    "hold": gettext_lazy("hold"),
    "purchase": gettext_lazy("purchase"),
    "receipt": gettext_lazy("receipt"),
    "reward": gettext_lazy("reward"),
    "row": gettext_lazy("row"),
    "seal": gettext_lazy("seal"),
    "standing": gettext_lazy("standing"),
    "stock": gettext_lazy("stock"),
    "transfer": gettext_lazy("transfer"),
}
"""What can differ."""


def told(each: Difference) -> str:
    """A difference in one line: whose, what, where, what is stored and what is expected."""
    whose = _("member %(id)s") % {"id": each.member} if each.member else _("programme")
    what = WHAT.get(each.what, each.what)
    values = {"what": what, "where": each.where, "stored": each.stored, "expected": each.expected}
    return _("%(whose)s, %(what)s, %(where)s: stored %(stored)s, expected %(expected)s") % {"whose": whose, **values}
