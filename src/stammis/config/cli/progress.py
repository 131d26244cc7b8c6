"""Long work on the command line: a bar on a terminal, now and then a line elsewhere. Always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

import click
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.progress import Task as Job
from rich.text import Text

from stammis.console.formats import number

LINE_SECONDS = 5.0
SOONEST_SECONDS = 1.0
"""No speed is told of less than this."""
_MINUTE = 60
_HOUR = 3_600
_SLOWEST = 0.05


class Rate(TextColumn):
    """How many a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Job) -> Text:
        """Write the speed."""
        speed = task.finished_speed or task.speed
        return Text(_a_second(speed or 0), style="progress.data.speed")


class Work:
    """Something long: says what it is, how far it is, how fast, and how long it will still take."""

    def __init__(self, what: str, unit: str = "") -> None:
        self.what = what
        self.unit = unit
        self.begun_at = time.monotonic()
        self.told_at = self.begun_at
        self.first: int | None = None
        self.last = 0
        self.bar: Progress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                Rate(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self.bar.start()
            self.bar.add_task(self.what, total=None)
        else:
            click.echo(f"{self.what} …", err=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def at(self, done: int, total: int) -> None:
        """Say how far it is; less than before is the beginning of the next piece of the same work."""
        anew, self.last = done < self.last, done
        if self.bar is not None:
            if anew:
                self.bar.reset(self.bar.task_ids[0])
            self.bar.update(self.bar.task_ids[0], completed=done, total=total)
            return
        now = time.monotonic()
        if self.first is None or anew:  # what was done before does not count for the speed
            self.first, self.begun_at = done, now
        if now - self.told_at < LINE_SECONDS and done < total:
            return
        self.told_at = now
        click.echo(self._line(done, total, now - self.begun_at), err=True)

    def _line(self, done: int, total: int, seconds: float) -> str:
        said = _("%(done)s of %(total)s %(unit)s") % {"done": number(done), "total": number(total), "unit": self.unit}
        said = f"  {said.strip()}"
        rate = (done - (self.first or 0)) / seconds if seconds >= SOONEST_SECONDS else 0
        if rate <= 0:
            return said
        left = _("%(time)s left") % {"time": _clock(round((total - done) / rate))}
        return ", ".join(filter(None, (said, _a_second(rate), left)))


def _a_second(rate: float) -> str:
    """How many a second, with a decimal below one; nothing where that would be 0.0."""
    return f"{number(rate, 0 if rate >= 1 else 1)}/s" if rate >= _SLOWEST else ""


def _clock(seconds: int) -> str:
    minutes = f"{seconds % _HOUR // _MINUTE}:{seconds % _MINUTE:02d}"
    return minutes if seconds < _HOUR else f"{seconds // _HOUR}:{minutes:0>5}"
