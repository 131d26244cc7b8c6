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
_MINUTE = 60


class Rate(TextColumn):
    """How many a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Job) -> Text:
        """Write the speed."""
        speed = task.finished_speed or task.speed
        return Text("" if not speed else f"{number(speed, 0)}/s", style="progress.data.speed")


class Work:
    """Something long: says what it is, how far it is, how fast, and how long it will still take."""

    def __init__(self, what: str, unit: str = "") -> None:
        self.what = what
        self.unit = unit
        self.begun_at = time.monotonic()
        self.told_at = self.begun_at
        self.first: int | None = None
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
        """Say how far it is."""
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=done, total=total)
            return
        now = time.monotonic()
        if self.first is None:  # what was done before does not count for the speed
            self.first, self.begun_at = done, now
        if now - self.told_at < LINE_SECONDS and done < total:
            return
        self.told_at = now
        click.echo(self._line(done, total, now - self.begun_at), err=True)

    def _line(self, done: int, total: int, seconds: float) -> str:
        said = _("%(done)s of %(total)s %(unit)s") % {"done": number(done), "total": number(total), "unit": self.unit}
        said = f"  {said.strip()}"
        rate = (done - (self.first or 0)) / seconds if seconds > 0 else 0
        if rate <= 0:
            return said
        left = round((total - done) / rate)
        time_left = f"{left // _MINUTE}:{left % _MINUTE:02d}"
        return f"{said}, {number(rate, 0)}/s, {_('%(time)s left') % {'time': time_left}}"
