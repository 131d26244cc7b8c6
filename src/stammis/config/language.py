"""The language of the command line: chosen once, by the environment, for all that a person reads there.

What programs read (``--json``, CSV, keys, exit statuses) and logs are the same in every language.
"""

from __future__ import annotations

import gettext as pythons
import inspect
import os
from collections.abc import Mapping
from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import activate, gettext

ENGLISH = "en"
DOMAIN = "django"


def choose(variables: Mapping[str, str] = os.environ) -> str:
    """Give the language's two letters: the first of STAMMIS_LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set decides.

    It counts by its first part («fi_FI.UTF-8» is Finnish); English where that is no language of ours.
    """
    named = [variables.get(name, "").strip() for name in ("STAMMIS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    language = next(filter(None, named), ENGLISH).lower().replace("_", "-").replace(".", "-").partition("-")[0]
    return language if language in dict(settings.LANGUAGES) else ENGLISH


def speak(command: click.Command, language: str) -> None:
    """Let this process speak a language: ours, click's own few words, and the help of a command and all below it."""
    activate(language)
    # click asks Python's gettext, which looks for its language in this variable.
    os.environ["LANGUAGE"] = language
    pythons.bindtextdomain(DOMAIN, Path(settings.LOCALE_PATHS[0]))
    pythons.textdomain(DOMAIN)
    if language != ENGLISH:
        translate(command)


def translate(command: click.Command) -> None:
    """Put the help of a command, of its options and of all commands below it into the active language."""
    command.help = told(command.help)
    command.short_help = told(command.short_help)
    for parameter in command.params:
        parameter.type.name = gettext(parameter.type.name)
        if isinstance(parameter, click.Option):
            parameter.help = told(parameter.help)
    if isinstance(command, click.Group):
        for part in command.commands.values():
            translate(part)


def told(text: str | None) -> str | None:
    """Put a text of one or more paragraphs into the active language, each by itself; None stays None."""
    return "\n\n".join(map(gettext, paragraphs(text))) if text else text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each on one line: how the code breaks its lines is nothing to a translator."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]
