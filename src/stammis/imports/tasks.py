"""What the worker does for imports: reads in the files that were handed over in the console."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from procrastinate.contrib.django import app

from stammis.core.wording import Worded
from stammis.imports.files import BadFile, in_full
from stammis.imports.models import Run
from stammis.imports.services import import_balances, import_members, import_purchases, runs
from stammis.kit import clock
from stammis.programmes.models import Programme

READERS = {
    Run.Kind.MEMBERS.value: import_members,
    Run.Kind.PURCHASES.value: import_purchases,
    Run.Kind.BALANCES.value: import_balances,
}


@app.task(name="imports.read_file", lock="imports.read_file")
def read_file(kind: str, path: str, programme_id: str, by: str) -> None:
    """Read a file in and remove it with its folder; a file that is no table becomes a run that failed."""
    file = Path(path)
    programme = Programme.objects.get(id=uuid.UUID(programme_id))
    try:
        READERS[kind](file, programme, by=by, clock=clock.now)
    except BadFile as error:
        runs.fail(runs.begin(programme, Run.Kind(kind), file.name, by), in_full(error))
    except FileNotFoundError as error:
        runs.fail(runs.begin(programme, Run.Kind(kind), file.name, by), Worded(str(error)))
    shutil.rmtree(file.parent, ignore_errors=True)
