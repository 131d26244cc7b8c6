"""``python -m benchmarks [NAME…] [--rounds N] [--record]``: measures, prints, compares with what was recorded."""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from collections.abc import Callable

from benchmarks import report
from benchmarks.figures import backtests, batches, engine, hundred, loading, purchases, search, starts
from benchmarks.rounds import Figure
from benchmarks.scratch import NotMeasured

FIGURES: dict[str, Callable[[int], list[Figure]]] = {
    "engine": engine.measure,
    "rules": hundred.measure,
    "purchases": purchases.measure,
    "batches": batches.measure,
    "loading": loading.measure,
    "backtests": backtests.measure,
    "search": search.measure,
    "starts": starts.measure,
}
ROUNDS = 5


def main(arguments: list[str]) -> int:
    """Measure what is named, or everything. 1 where something could not be measured or misses its target."""
    options = _options(arguments)
    recorded = report.read()
    found: list[Figure] = []
    failed: list[str] = []
    for name in options.names or FIGURES:
        print(f"── {name} ──", flush=True)
        try:
            figures = FIGURES[name](options.rounds)
        except NotMeasured as reason:
            failed.append(name)
            print(reason, flush=True)
        except Exception:  # noqa: BLE001 - the other figures are measured all the same
            failed.append(name)
            traceback.print_exc()
        else:
            found += figures
            print("\n".join(report.told(figure, recorded) for figure in figures), flush=True)
    if options.record and found:
        report.record(found, options.rounds)
    missed = [figure.name for figure in found if not figure.is_met]
    print(f"{len(found)} figures; missed: {', '.join(missed) or 'none'}; not measured: {', '.join(failed) or 'none'}")
    return 1 if missed or failed else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *FIGURES], help=", ".join(FIGURES))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="keep the figures to compare with later")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped and folders removed
    sys.exit(main(sys.argv[1:]))
