"""``stammis init``."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
from importlib.resources import files

import click
from django.utils.translation import gettext as _

from stammis.config.cli.options import clock_option, installed
from stammis.config.first_start import begin_clock
from stammis.config.installation import Installation
from stammis.kit import clock as installation_clock
from stammis.programmes import services as programmes
from stammis.programmes import yaml
from stammis.staff import services as staff
from stammis.staff.models import Person, Role

BY = "stammis init"
NOBODY_NAMED = "owner@example.com"
TEMPLATES = files("stammis.programmes") / "templates"
NAMES = sorted(
    entry.name.removesuffix(".yaml")
    for entry in TEMPLATES.iterdir()
    if entry.name.endswith(".yaml") and entry.name != "sample.yaml"
)


@click.command(short_help="Make an installation with its first owner.")
@click.option("--owner", metavar="MAIL", help="The first owner's mail address. Default: asked, else owner@example.com.")
@click.option("--password", metavar="TEXT", help="The first owner's password. Default: made up and shown.")
@click.option("--template", type=click.Choice(NAMES), help="A programme to begin with.")
@clock_option
@installed(migrate=True)
def command(
    owner: str | None, password: str | None, template: str | None, clock: dt.datetime | None, here: Installation
) -> None:
    """Make an empty installation with its first owner, and a programme from a template if one is named.

    Run again it changes nothing that is there; it can still publish a template.
    """
    begin_clock(here, clock)
    click.echo(_("Data folder: %(folder)s") % {"folder": here.folder})
    first = Person.objects.filter(role=Role.OWNER).order_by("id").first()
    if first is None:
        make_owner(owner, password)
    else:
        said = _("Owner: %(mail)s is there already. Invite others with stammis staff invite MAIL.")
        click.echo(said % {"mail": first.email})
    if template:
        document = yaml.load((TEMPLATES / f"{template}.yaml").read_bytes())
        version = programmes.publish(
            document, by=BY, now=installation_clock.now(), note=f"From the template {template}"
        )
        named = f"{version.programme.name} ({version.programme.slug})"
        click.echo(_("Programme: %(name)s, version %(number)s") % {"name": named, "number": version.number})
    click.echo(_("Next: stammis serve, and stammis key create NAME for an API key."))


def make_owner(owner: str | None, password: str | None) -> None:
    """Add the first owner and show how to sign in."""
    if owner is None:
        owner = click.prompt(_("The owner's mail address")) if sys.stdin.isatty() else NOBODY_NAMED
    chosen = password or secrets.token_urlsafe(12)
    person = staff.found(email=owner, name="", password=chosen, by=BY)
    click.echo(_("Owner: %(mail)s") % {"mail": person.email})
    if password is None:
        click.echo(_("Password, shown once: %(password)s") % {"password": chosen})
