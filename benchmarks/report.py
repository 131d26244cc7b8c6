"""Figures on paper: a table for people, and the last recorded ones to compare with."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.rounds import Figure, spread

RECORDED = Path(__file__).parent / "results.json"
NOTICED = 0.2
"""A change of a figure by this part is worth a word."""


def told(figure: Figure, recorded: dict[str, Any]) -> str:
    """One figure in a few lines."""
    digits = 0 if min(figure.ours) >= 100 else 2  # noqa: PLR2004 - three digits say enough
    ours = f"{spread(figure.ours, digits)} {figure.unit}"
    lines = [f"{figure.name}: {figure.title}"]
    if figure.yardstick:
        lines.append(f"    {ours}, yardstick {spread(figure.yardstick, digits)}: {spread(figure.ratios, 2)} ×")
    else:
        lines.append(f"    {ours}")
    if figure.target:
        word = "at most" if figure.target.at_most else "at least"
        aim = f", aim {figure.target.aim:g}" if figure.target.aim else ""
        lines[-1] += f"; {word} {figure.target.floor:g}{aim}: {'met' if figure.is_met else 'MISSED'}"
    lines += [f"    {name}: {text}" for name, text in figure.notes.items()]
    if before := recorded.get(figure.name):
        change = figure.value / before["value"] - 1
        noticed = f" ({change:+.0%})" if abs(change) >= NOTICED else ""
        lines.append(f"    recorded {before['on']}: {before['value']:.3g}{noticed}")
    return "\n".join(lines)


def read() -> dict[str, Any]:
    """The recorded figures, by name."""
    if not RECORDED.exists():
        return {}
    recorded: dict[str, Any] = json.loads(RECORDED.read_text("utf-8"))["figures"]
    return recorded


def record(figures: list[Figure], rounds: int) -> None:
    """Keep these figures as the ones to compare with; others that were recorded before stay."""
    now = dt.datetime.now(dt.UTC).date().isoformat()
    kept = read() | {figure.name: _plain(figure, now, rounds) for figure in figures}
    machine = {"processor": _processor(), "cores": os.cpu_count(), "python": platform.python_version()}
    text = json.dumps({"machine": machine, "figures": kept}, indent=2, ensure_ascii=False)
    RECORDED.write_text(text + "\n", "utf-8")


def _plain(figure: Figure, on: str, rounds: int) -> dict[str, Any]:
    plain: dict[str, Any] = {"value": _short(figure.value), "on": on, "rounds": rounds, "unit": figure.unit}
    plain["ours"] = [_short(value) for value in figure.ours]
    if figure.yardstick:
        plain["yardstick"] = [_short(value) for value in figure.yardstick]
    return plain | ({"notes": figure.notes} if figure.notes else {})


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _processor() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()
