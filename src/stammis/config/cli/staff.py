"""``stammis staff``."""

from __future__ import annotations

import click
from django.urls import reverse
from django.utils.translation import gettext as _

from stammis.config import environment
from stammis.config.cli.options import installed
from stammis.staff import services
from stammis.staff.models import Role

BY = "command line"


def address(token: str) -> str:
    """The address at which the owner of a link chooses a password."""
    return environment.read("STAMMIS_URL", "http://127.0.0.1:8000").rstrip("/") + reverse(
        "console:welcome", args=[token]
    )


@click.group(short_help="Staff accounts.")
def command() -> None:
    """Staff accounts: who works in the console."""


@command.command()
@click.argument("mail")
@click.option("--role", type=click.Choice(Role.values), default=Role.OWNER.value, show_default=True)
@click.option("--name", default="", help="Default: the part of the mail address before the @.")
@installed()
def invite(mail: str, role: str, name: str) -> None:
    """Invite somebody: MAIL gets a link, which is shown here as well."""
    tell(services.invite(email=mail, name=name, role=role, by=BY, address=address))


@command.command()
@click.argument("mail")
@installed()
def reset(mail: str) -> None:
    """Let somebody choose a new password: MAIL gets a link, which is shown here as well."""
    invitation = services.reset(email=mail, by=BY, address=address)
    if invitation is None:
        raise click.ClickException(_("Nobody active here has the mail address %(mail)s.") % {"mail": mail})
    tell(invitation)


@command.command()
@click.argument("mail")
@installed()
def disable(mail: str) -> None:
    """Shut somebody out: open sessions end, links stop working."""
    person = services.disable(mail, by=BY)
    click.echo(_("%(mail)s can no longer sign in.") % {"mail": person.email})


def tell(invitation: services.Invitation) -> None:
    """Show a link, whether or not it was mailed."""
    if invitation.sent and environment.read("STAMMIS_MAIL_URL"):
        said = _("Mailed to %(mail)s; the link works once:")
    else:
        said = _("No mail was sent. The link for %(mail)s works once:")
    click.echo(said % {"mail": invitation.person.email})
    click.echo(invitation.address)
