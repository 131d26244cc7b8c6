"""Finding a member by the beginning of a word: among 10,000 and among 1,000,000."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.crowd import Person, fill, people
from benchmarks.rounds import Figure, Target, alternate
from benchmarks.scratch import NotMeasured, scratch, superuser
from stammis.config.postgres import cluster

PROJECT = Path(__file__).resolve().parent.parent.parent
FEW, MANY = 10_000, 1_000_000
ASKED = 60
TIMES = 3
# A page is full in both crowds, or nearly: fifty members take longer to read than two, wherever they come from.
# Of a full name the smaller crowd has but one or two members, and looks for more of them.
KINDS: dict[str, Callable[[Person], str]] = {
    "name": lambda person: person.name.split()[1][:4],
    "full name": lambda person: person.name,
    "mail": lambda person: person.email[:5],
    "phone": lambda person: person.phone[:7],
    "id": lambda person: person.reference[:6],
}


def measure(rounds: int, *, few: int = FEW, many: int = MANY) -> list[Figure]:
    """Ask the same of both crowds; a figure for each kind of word is how many times longer the larger one takes."""
    with scratch() as place, place.database() as server:
        _migrate(server.dsn)
        addresses = []
        for name, count in (("few", few), ("many", many)):
            with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
                connection.execute(f"create database {name} template {cluster.DATABASE}".encode())
            addresses.append(superuser(server, name))
            fill(addresses[-1], count)
        sample = random.Random(5).sample(list(people(few)), min(ASKED, few))  # noqa: S311 - repeatable
        figures = []
        for kind, word in KINDS.items():
            questions = [word(person) for person in sample]
            large, small = alternate(
                rounds, partial(_ask, addresses[1], questions), partial(_ask, addresses[0], questions)
            )
            figures.append(
                Figure(
                    f"search by {kind}",
                    f"one search among {many:,} members, beside one among {few:,}",
                    "ms",
                    large,
                    small,
                    Target(TIMES, at_most=True),
                )
            )
    return figures


def _ask(dsn: str, questions: list[str], _: int) -> float:
    """The median of the searches' times, in milliseconds."""
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.searching"],
        input=json.dumps(questions),
        env=os.environ | {"DATABASE_URL": dsn, "DJANGO_SETTINGS_MODULE": "stammis.config.settings"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise NotMeasured(f"The search failed:\n{ended.stderr[-2000:]}")
    taken: list[float] = json.loads(ended.stdout)
    return statistics.median(taken) * 1000


def _migrate(dsn: str) -> None:
    ended = subprocess.run(
        [sys.executable, PROJECT / "manage.py", "migrate", "--verbosity=0"],
        env=os.environ | {"DATABASE_URL": dsn},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise NotMeasured(f"The tables could not be made:\n{ended.stderr[-2000:]}")
