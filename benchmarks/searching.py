"""Searches members in this process and says how long each took: ``python -m benchmarks.searching``."""

from __future__ import annotations

import json
import sys
import time

import django

from benchmarks.crowd import PROGRAMME

ROUNDS = 3


def main() -> None:
    """Read a JSON list of searches, write a JSON list of seconds: the least of three, with the pages in memory."""
    django.setup()
    from stammis.members.queries import search  # noqa: PLC0415 - Django's models exist only once it is set up

    questions = json.load(sys.stdin)
    taken = []
    for question in questions:
        each = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            search(PROGRAMME, question)
            each.append(time.perf_counter() - began)
        taken.append(min(each))
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
