"""Acts: sentences of stories that go past the record of events, each with what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from stammis.programmes.models import Programme
from tests.stories.grammar import Row, Story

Act = Callable[[re.Match[str], Row, Story, Programme], str]
"""Lets a sentence happen, and tells what to write for its points: a refusal's code, «waits»; empty: what they were."""


class Acts:
    """Sentences of one kind."""

    def __init__(self) -> None:
        self._known: list[tuple[re.Pattern[str], Act]] = []

    def sentence(self, pattern: str) -> Callable[[Act], Act]:
        """Learn a sentence: what it looks like, and what it does."""

        def learn(act: Act) -> Act:
            self._known.append((re.compile(rf"^{pattern}$"), act))
            return act

        return learn

    def task(self, story: Story, row: Row, programme: Programme) -> Callable[[], str] | None:
        """Give what lets a row happen that is one of these, None for others. Remembers whose points it is about."""
        for pattern, act in self._known:
            if found := pattern.match(row.what):
                told = found.groupdict()
                if "slip" in told:
                    story.who = story.owners.setdefault(told["slip"], told.get("who") or story.who)
                return partial(act, found, row, story, programme)
        return None
