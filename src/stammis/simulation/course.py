"""The course of a run: which versions decide, over which stretch of history, for whom. A file; no database is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from stammis.core.document import published
from stammis.core.rules import before_first, compile_rules
from stammis.programmes.models import Programme
from stammis.programmes.queries import Versions

FILE = "course.json"
FORM = 7
"""The form of a run's files, and how a fold comes to them; those of another release may have another one."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


class Stage(msgspec.Struct, frozen=True, array_like=True):
    """A version in the run: its number, from when it decides (epoch seconds), and its document."""

    number: int
    starts_at: int
    document: dict[str, object]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What the processes of a run need to know besides the history.

    Attributes:
        stages: the versions, oldest first.
        kept: numbers of those that were published and are as they were.
        changes_at: from when other versions decide than in truth (epoch seconds); None: never.
        begins_at, ends_at: what happened from here on counts, and before there (epoch seconds); None: everything.
        until: days pass up to and including this instant; None: only those that are recorded, for the identity.
        empty: whether everybody begins the stretch without points.
        exact: whether every row is compared with the ledger.
        form: that of the files of the run.
        share: of the members these are so many, as (part, whole); budgets are held to the same part.
    """

    programme: uuid.UUID
    slug: str
    name: str
    currency: str
    zone: str
    stages: tuple[Stage, ...]
    kept: tuple[int, ...]
    changes_at: int | None = None
    begins_at: int | None = None
    ends_at: int | None = None
    until: int | None = None
    empty: bool = False
    exact: bool = False
    form: int = 0
    share: tuple[int, int] = (1, 1)

    def versions(self) -> Versions:
        """Compile the versions."""
        rules = {stage.number: compile_rules(published(stage.document), stage.number) for stage in self.stages}
        rules[0] = before_first(published(self.stages[0].document))
        programme = Programme(id=self.programme, slug=self.slug, name=self.name, currency=self.currency, zone=self.zone)
        starts = tuple((stage.starts_at, stage.number) for stage in self.stages)
        return Versions(programme, (self.stages[-1].number, 0), starts, rules)

    @property
    def first_day(self) -> dt.date:
        """The local day on which the stretch begins, where it has a beginning."""
        assert self.begins_at is not None, "a stretch of everything has no first day"
        return dt.datetime.fromtimestamp(self.begins_at, ZoneInfo(self.zone)).date()

    @property
    def part(self) -> Fraction:
        """The part of the members that is looked at."""
        return Fraction(*self.share)


def write(folder: Path, course: Course) -> None:
    """Keep a course in a run's folder."""
    (folder / FILE).write_bytes(msgspec.json.encode(course))


def read(folder: Path) -> Course:
    """Read the course of a run."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Course)


def kept(folder: Path) -> Course | None:
    """Read the course of a run whose files are of this form; None where there are none, or of another release."""
    try:
        found = read(folder)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return found if found.form == FORM else None


@lru_cache(maxsize=8)
def months(zone: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Give the instants at which months begin in a zone, and their names (``2017-03``)."""
    where = ZoneInfo(zone)
    firsts = list(_firsts())
    return (
        tuple(int(dt.datetime(*first, 1, tzinfo=where).timestamp()) for first in firsts),
        tuple(f"{year}-{month:02d}" for year, month in firsts),
    )


def month_of(at: int, zone: str) -> str:
    """Give the local month in which an instant lies."""
    begins, names = months(zone)
    return names[max(0, bisect_right(begins, at) - 1)]


def _firsts() -> Iterator[tuple[int, int]]:
    for year in range(_FIRST_YEAR, _LAST_YEAR):
        for month in range(1, 13):
            yield year, month
