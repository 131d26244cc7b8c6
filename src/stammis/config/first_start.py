"""What can only be chosen at an installation's first start: its clock."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext_noop

from stammis.config.installation import Installation
from stammis.config.production import NotForProduction
from stammis.kit import clock
from stammis.kit.errors import Conflict


class ClockIsSet(Conflict):
    """This installation runs on real time. A clock of its own can only be begun at the first start."""

    code = "clock_is_set"


def begin_clock(here: Installation, at: dt.datetime | None) -> None:
    """Begin the installation's own clock if one is asked for. Asked again, an own clock just goes on.

    Raises ClockIsSet where the installation already runs on real time, NotForProduction in production mode.
    """
    if at is None:
        return
    if settings.PRODUCTION:
        raise NotForProduction(gettext_noop("A clock of its own is refused in production mode. Leave --clock out."))
    if not here.is_new and not clock.installation().own_clock:
        raise ClockIsSet
    clock.begin(at)
