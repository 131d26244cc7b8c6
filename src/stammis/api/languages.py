"""The language of sentences, as callers ask for it."""

from __future__ import annotations

from django.conf import settings

from stammis.intake.codes import fault
from stammis.kit.errors import Invalid

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def spoken(lang: str | None) -> str | None:
    """Give the language that is asked for, None for none. Raises Invalid where there is no such language here."""
    if lang is not None and lang not in LANGUAGES:
        raise Invalid(errors=[fault("/?lang", "bad_form", f"Write one of: {', '.join(LANGUAGES)}.")])
    return lang
