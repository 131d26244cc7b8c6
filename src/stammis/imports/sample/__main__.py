"""Loads a part of the sample company by itself: ``python -m stammis.imports.sample RUN PART PARTS FOLDER``.

It writes a line for each piece: how many purchases are behind. It ends with the process that started it.
"""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")
django.setup()

from stammis.imports.models import Run  # noqa: E402 - Django must be set up before its tables are imported
from stammis.imports.sample import panel  # noqa: E402 - the same
from stammis.imports.sample.loading import Loader, WantedToStop  # noqa: E402 - the same
from stammis.kit import collector  # noqa: E402 - the same


def main(run: str, part: str, parts: str, folder: str) -> None:
    """Loads the part, until it is done or nobody waits for it any more."""
    collector.calm()
    parent = os.getppid()

    def told(purchases: int) -> None:
        if os.getppid() != parent:
            sys.exit(1)
        print(purchases, flush=True)  # noqa: T201 - its standard output is how it tells

    try:
        Loader(Run.objects.get(id=uuid.UUID(run)), int(part), int(parts), panel.Panel(Path(folder))).load(told)
    except WantedToStop:
        sys.exit(1)  # whoever started it knows from the run


main(*sys.argv[1:])
