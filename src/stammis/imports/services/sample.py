"""The sample company: its programme published, its year loaded by several processes side by side."""

from __future__ import annotations

import datetime as dt
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlencode

from django.db import connection, transaction

from stammis.imports.models import Run
from stammis.imports.sample import panel, year
from stammis.imports.services import runs
from stammis.kit import children, clock
from stammis.kit.errors import Conflict
from stammis.kit.patience import steadily
from stammis.programmes import services as programmes
from stammis.programmes.models import Programme
from stammis.programmes.yaml import load as read_yaml

CLOCK = dt.datetime(2018, 1, 1, tzinfo=panel.ZONE)
"""When the clock of an installation with the sample company begins: when its year is over."""

PROGRAMME = "journey"
PARTS = 2
BY = "sample"

Told = Callable[[int, int], None]
"""Is told how many purchases are behind, of how many."""


class OtherProgrammes(Conflict):
    """This installation has programmes of its own. Load the sample company into another data folder."""

    code = "other_programmes"


class LoadStopped(Conflict):
    """The sample company was not loaded to its end; the same command goes on where it stopped."""

    code = "load_stopped"


def load_sample(*, now: dt.datetime, told: Told, folder: Path | None = None, parts: int = PARTS) -> Run:
    """Load the sample company, or what of it is not loaded yet; ``parts`` processes share the work.

    ``folder`` holds the panel's files, if they are not those that are installed.
    Raises SampleMissing, OtherProgrammes, and LoadStopped where a process ends before its part is done.
    """
    found = panel.find(folder)
    if Programme.objects.exclude(slug=PROGRAMME).exists():
        raise OtherProgrammes
    programme = _published(now)
    purchases = found.purchases()
    run = runs.resume(programme, Run.Kind.SAMPLE, "Complete Journey", BY, parts, size=purchases // year.PIECE + parts)
    if run.state == Run.State.DONE:
        return run
    clock.mark_sample(loading=True)
    try:
        with children.ended(_start(run, parts, found.folder)) as started:
            _follow(started, lambda behind: told(behind, purchases))
    except LoadStopped:
        steadily(lambda: _stop(run))
        raise
    return steadily(lambda: _end(run))  # the database may have been restarted since this process asked it last


@transaction.atomic
def _end(run: Run) -> Run:
    """End the load, and let days pass again."""
    clock.mark_sample(loading=False)
    return runs.finish(run)


def _stop(run: Run) -> None:
    """Write down that somebody stopped the load, where it did not break off by itself."""
    if Run.objects.values_list("stopping", flat=True).get(id=run.id):
        runs.stop(run)


def is_loaded() -> bool:
    """Whether the sample company is here to its end."""
    return Run.objects.filter(kind=Run.Kind.SAMPLE, state=Run.State.DONE).exists()


def _published(now: dt.datetime) -> Programme:
    known = Programme.objects.filter(slug=PROGRAMME).first()
    if known is not None:
        return known
    text = (files("stammis.programmes") / "templates" / "sample.yaml").read_text("utf-8")
    return programmes.publish(read_yaml(text), by=BY, now=now, note="The sample company").programme


def _start(run: Run, parts: int, folder: Path) -> list[subprocess.Popen[str]]:
    """Start a process for each part."""
    environment = os.environ | {"DATABASE_URL": _address()}
    return [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "stammis.imports.sample", str(run.id), str(part), str(parts), str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for part in range(parts)
    ]


def _follow(started: Sequence[subprocess.Popen[str]], told: Callable[[int], None]) -> None:
    """Read what the processes tell until all are done. Raises LoadStopped."""
    behind = [0] * len(started)
    with selectors.DefaultSelector() as selector:
        for part, process in enumerate(started):
            assert process.stdout is not None
            selector.register(process.stdout, selectors.EVENT_READ, part)
        while selector.get_map():
            for key, _events in selector.select():
                stream: IO[str] = key.fileobj  # type: ignore[assignment] # what was registered above
                line = stream.readline()
                if line:
                    behind[key.data] = int(line)
                    told(sum(behind))
                    continue
                selector.unregister(stream)
                if started[key.data].wait():
                    raise LoadStopped


def _address() -> str:
    """The database that this process speaks to, as in ``DATABASE_URL``."""
    said = connection.get_connection_params()
    names = {"host": "host", "port": "port", "user": "user", "password": "password"}
    options = {name: str(said[key]) for name, key in names.items() if said.get(key)}
    return f"postgresql:///{quote(str(said['dbname']), safe='')}?{urlencode(options)}"
