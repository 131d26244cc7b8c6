"""A vocabulary: sentences that stories know, each with what it says has happened."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from stammis.accrual.outcomes import MemberFields, Proof
from stammis.core import events

Said = events.AnyEvent | MemberFields | Proof
Act = tuple[str, Said]
"""Whose balance the row tells, and what happened."""
Make = Callable[[re.Match[str], dt.datetime], Act]


class Vocabulary:
    """Sentences of one kind."""

    def __init__(self) -> None:
        self._known: list[tuple[re.Pattern[str], Make]] = []

    def sentence(self, pattern: str) -> Callable[[Make], None]:
        """Learn a sentence: what it looks like, and what it makes."""

        def learn(make: Make) -> None:
            self._known.append((re.compile(rf"^{pattern}$"), make))

        return learn

    def understand(self, what: str, at: dt.datetime) -> Act | None:
        """Turn a sentence into what happened; None where it is not one of these."""
        for pattern, make in self._known:
            found = pattern.match(what)
            if found is not None:
                return make(found, at)
        return None
