"""``stammis seals``."""

from __future__ import annotations

import datetime as dt
import json

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.config.cli.options import installed
from stammis.console.formats import number
from stammis.ledger.models import Seal


@click.command(short_help="The chain of hashes over the ledger's days.")
@click.option("--json", "as_values", is_flag=True, help="As JSON: a list of links.")
@installed(looks_only=True)
def command(as_values: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show the links of the chain, oldest first: number, end of the day (UTC), rows, hash.

    Keep the newest hash outside of this machine: nobody can change an older row then without it showing in
    ``stammis verify``.
    """
    links = Seal.objects.order_by("number")
    if as_values:
        click.echo(json.dumps([_values(link) for link in links], indent=2))
        return
    for link in links.iterator():
        rows = ngettext("%(number)s row", "%(number)s rows", link.rows) % {"number": number(link.rows)}
        click.echo(f"{link.number}  {_time(link.ends_at)}  {rows}  {link.hash}")
    if not links:
        click.echo(_("No day has been sealed yet. The worker seals a day ten minutes after it has ended (UTC)."))


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _values(link: Seal) -> dict[str, str | int | None]:
    return {
        "number": link.number,
        "from": _time(link.first_at) if link.first_at else None,
        "until": _time(link.ends_at),
        "rows": link.rows,
        "digest": link.digest,
        "hash": link.hash,
        "form": link.form,
        "sealed_at": _time(link.sealed_at),
    }
