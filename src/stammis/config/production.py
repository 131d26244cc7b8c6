"""What production mode refuses."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_noop

from stammis.kit import clock
from stammis.kit.errors import Problem

SHORTEST_SECRET = 32


class NotForProduction(Problem):
    """This is refused in production mode."""

    code = "not_for_production"
    status = 409


def check() -> None:
    """Look at an open installation. Raises NotForProduction with what to do."""
    if not settings.PRODUCTION:
        return
    check_secret()
    if settings.DEBUG:
        raise NotForProduction(gettext_noop("STAMMIS_DEBUG is refused in production mode. Unset it."))
    if clock.installation().own_clock:
        raise NotForProduction(
            gettext_noop(
                "This installation runs on a clock of its own, which production mode refuses. Use another data folder."
            )
        )


def check_secret() -> None:
    """Refuse a secret key that others may know or guess. Raises NotForProduction."""
    secret = str(settings.SECRET_KEY)
    if settings.PRODUCTION and (secret == settings.DEFAULT_SECRET or len(secret) < SHORTEST_SECRET):
        raise NotForProduction(
            gettext_noop(
                "STAMMIS_SECRET_KEY is the default, or shorter than %(number)s characters."
                " Set one that nobody knows, or unset it: the data folder has one of its own."
            ),
            values={"number": SHORTEST_SECRET},
        )
