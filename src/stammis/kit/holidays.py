"""Public holidays of countries."""

from __future__ import annotations

import datetime as dt

import holidays as public
from django.utils.translation import gettext_noop

from stammis.kit.errors import Invalid

MOST_YEARS = 50


class NoHolidays(Invalid):
    """No holidays are known for this country in these years."""

    code = "no_holidays"


def countries() -> list[str]:
    """Give the codes of the countries whose holidays are known, such as FI."""
    return sorted(public.list_supported_countries(include_aliases=False))


def public_holidays(country: str, first: int, last: int, subdivision: str | None = None) -> list[tuple[dt.date, str]]:
    """Give the holidays of a country, or of a state or province of it, from a year to a year, each with its name.

    Raises NoHolidays, also where the years are the wrong way round or more than fifty.
    """
    years = range(first, last + 1)
    if not 0 < len(years) <= MOST_YEARS:
        raise NoHolidays(
            gettext_noop("Ask for at most %(number)s years, the first one first."), values={"number": MOST_YEARS}
        )
    try:
        found = public.country_holidays(country.upper(), subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        if subdivision and country.upper() in public.list_supported_countries():
            said = gettext_noop("No holidays are known for a part «%(part)s» of %(country)s.")
        else:
            said = gettext_noop("There is no country «%(country)s» whose holidays are known. Write a code such as FI.")
        raise NoHolidays(said, values={"country": country, "part": subdivision}) from error
    if not found:
        raise NoHolidays(
            gettext_noop("No holidays are known for %(country)s from %(first)s to %(last)s."),
            values={"country": country, "first": first, "last": last},
        )
    return sorted(found.items())
