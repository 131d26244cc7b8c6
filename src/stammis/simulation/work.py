"""A process of a run: ``python -m stammis.simulation.work FOLDER``. It asks no database.

It reads names of units, one a line, and says of each when it is done and how many events it folded.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammis.config.settings")


class _WithoutPandas:
    """Arrow would load it, for nothing that is done here: half a second and much memory in each process."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, _WithoutPandas)
django.setup()  # what decides live stands among tables

from stammis.kit import collector  # noqa: E402 - see above
from stammis.simulation.shift import Shift  # noqa: E402 - the same


def main(folder: Path) -> None:
    """Work off the units that are asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    collector.calm()
    shift = Shift(folder)
    for line in sys.stdin:
        unit = line.strip()
        print(unit, shift.do(unit), flush=True)  # noqa: T201 - that is how it answers


if __name__ == "__main__":
    main(Path(sys.argv[1]))
