"""What commands have in common: the data folder, an open installation, times, and how errors are told."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click
from django.utils.translation import gettext as _
from django.utils.translation import override

from stammis.config.installation import installation

Body = Callable[..., Any]

data_option = click.option("--data", metavar="DIR", help="The data folder. Default: STAMMIS_DATA, else the user's own.")


class Time(click.ParamType[dt.datetime]):
    """A time with an offset, as 2018-01-01T00:00:00-05:00."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Read the time; anything else is a usage error."""
        if isinstance(value, dt.datetime):
            return value
        try:
            time = dt.datetime.fromisoformat(value)
        except ValueError:
            said = _("«%(value)s» is not a time. Write it as 2018-01-01T00:00:00-05:00.")
            self.fail(said % {"value": value}, param, ctx)
        if time.tzinfo is None:
            said = _("«%(value)s» has no offset. Write it as %(value)sZ or %(value)s+02:00.")
            self.fail(said % {"value": value}, param, ctx)
        return time


clock_option = click.option(
    "--clock", type=Time(), metavar="TIME", help="Give a new installation a clock of its own that begins at this time."
)


def for_programs(*, yes: bool = True) -> AbstractContextManager[None]:
    """Write in English whatever the reader's language, as programs read it; a context of its own."""
    return override("en") if yes else nullcontext()


def installed(*, migrate: bool = False, looks_only: bool = False) -> Callable[[Body], Body]:
    """Let a command run in an open installation: adds ``--data``, and hands it over to who asks for ``here``.

    One that only looks makes no installation where there is none.
    """

    def decorate(body: Body) -> Body:
        asks = "here" in inspect.signature(body).parameters

        @data_option
        @functools.wraps(body)
        def run(*, data: str | None, **given: Any) -> Any:
            with installation(data, migrate=migrate, looks_only=looks_only) as here:
                return body(**given, here=here) if asks else body(**given)

        return run

    return decorate
