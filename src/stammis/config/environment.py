"""Everything that an operator may set by environment, in one place; the reference page is made from it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: its name, what it means, and what holds where it is not set."""

    name: str
    meaning: str
    default: str = ""


VARIABLES = (
    Variable("STAMMIS_DATA", "The data folder.", "the user's data folder; as root /var/lib/stammis"),
    Variable("DATABASE_URL", "A PostgreSQL of your own, 15 or newer, instead of the embedded one."),
    Variable("PORT", "The port that «serve» and «make demo» listen on.", "8000"),
    Variable("STAMMIS_HOST", "The address that «serve» listens on.", "127.0.0.1"),
    Variable("STAMMIS_WORKERS", "How many processes answer requests, and how many others record large batches.", "2"),
    Variable(
        "STAMMIS_BATCHES", "The socket at which large batches are recorded; «serve» sets it for its own processes."
    ),
    Variable("STAMMIS_PRODUCTION", "1: production mode: secure cookies, no clock of its own, no default secret.", "0"),
    Variable("STAMMIS_SECRET_KEY", "Signs sessions and links, 32 characters or more.", "kept in the data folder"),
    Variable("STAMMIS_HOSTS", "The host names under which it is reached.", "127.0.0.1,localhost,[::1]"),
    Variable("STAMMIS_ORIGINS", "Other origins whose forms are accepted, as https://shop.example."),
    Variable("STAMMIS_URL", "The address in links that the command line makes.", "http://127.0.0.1:8000"),
    Variable(
        "STAMMIS_LANGUAGE",
        "The language of the command line: en, fi, sv or pl.",
        "that of LC_ALL, LC_MESSAGES or LANG, else en",
    ),
    Variable(
        "STAMMIS_BACKTESTS_KEPT",
        "So many back-tests of each programme are kept, besides pinned ones and those of open drafts, and the files of "
        "so many corrections of which nothing is posted any more.",
        "50",
    ),
    Variable("STAMMIS_MAIL_URL", "The mail server: smtp://user:password@host:587; smtps:// for port 465.", "no mail"),
    Variable("STAMMIS_MAIL_FROM", "The sender of mails.", "stammis@localhost"),
    Variable("STAMMIS_LOG_LEVEL", "The least that «serve» logs: DEBUG, INFO, WARNING or ERROR.", "INFO"),
    Variable("STAMMIS_LOG_FORMAT", "json or text.", "text on a terminal, else json"),
    Variable("STAMMIS_STATIC", "Where collected static files lie.", "inside the package"),
    Variable("STAMMIS_DEBUG", "1: error pages and commands show where an error arose. Not in production.", "0"),
)
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_NAMES = frozenset(variable.name for variable in VARIABLES)


def read(name: str, default: str = "") -> str:
    """Give what a variable of the list is set to, or ``default``."""
    assert name in _NAMES, f"{name} is not in the list of variables"
    return os.environ.get(name, "").strip() or default


def is_on(name: str) -> bool:
    """Whether a variable of the list is on; what is neither on nor off is refused, so that nobody only believes it."""
    said = read(name, "0")
    if said.lower() not in {*ON, *OFF}:
        _refuse(name, said, "Write 1 for on, 0 for off.")
    return said.lower() in ON


def number(name: str, default: int) -> int:
    """Give the whole number, 1 or more, that a variable of the list is set to, or ``default``; refuse anything else."""
    said = read(name, str(default))
    if not re.fullmatch("0*[1-9][0-9]{0,5}", said):
        _refuse(name, said, "Write a whole number, 1 or more.")
    return int(said)


def workers() -> int:
    """Give how many processes answer requests, and how many others record large batches."""
    return number("STAMMIS_WORKERS", 2)


def one_of(name: str, default: str, words: Collection[str]) -> str:
    """Give which of some words a variable of the list is set to, in capitals or not; refuse anything else."""
    said = read(name, default)
    found = next((word for word in words if word.lower() == said.lower()), None)
    return found or _refuse(name, said, f"Write one of: {', '.join(words)}.")


def _refuse(name: str, said: str, instead: str) -> NoReturn:
    """End the process: settings are read before there is anything that could tell of a mistake in another way."""
    raise SystemExit(f"{name} is «{said}». {instead}")


def split(name: str, default: str = "") -> list[str]:
    """Give a variable's values, which commas separate."""
    return [value.strip() for value in read(name, default).split(",") if value.strip()]
