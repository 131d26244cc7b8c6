"""The letters that staff get: an invitation, and a link to choose a new password."""

from __future__ import annotations

import smtplib

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from stammis.staff.models import Link, Person

log = structlog.get_logger(__name__)


def send_link(person: Person, purpose: str, address: str, *, hours: int) -> bool:
    """Mail a person the link in their language; False where the mail server did not take it."""
    with override(person.locale or settings.LANGUAGE_CODE):
        subject, first = _beginning(purpose)
        text = "\n\n".join(
            (
                _("Hello %(name)s,") % {"name": person.name},
                first,
                address,
                _("The link works once, for %(hours)d hours. If you did not expect it, you need do nothing.")
                % {"hours": hours},
            )
        )
    try:
        return send_mail(subject, text, None, [person.email]) == 1
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_not_sent", purpose=purpose, error=str(error))
        return False


def _beginning(purpose: str) -> tuple[str, str]:
    if purpose == Link.Purpose.INVITATION:
        return _("You are invited to Stammis"), _("You can now work in Stammis. Choose a password here:")
    return _("A new password for Stammis"), _("Somebody, probably you, asked for a new password. Choose it here:")
