"""The measured figures in the README: only those that ``python -m benchmarks --record`` has kept."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.reference.markdown import table

PROJECT = Path(__file__).resolve().parent.parent.parent
README = PROJECT / "README.md"
RECORDED = PROJECT / "benchmarks" / "results.json"
BEGIN = "<!-- figures: written by «make docs» from benchmarks/results.json -->"
END = "<!-- /figures -->"
SHOWN = {
    "loading": ("Loading the sample company, decided and posted", "the same rows, replayed by plain SQL"),
    "batches": ("`POST /batch` of 1,000 purchases, 2 clients", "the same rows, replayed by plain SQL"),
    "purchases": ("`POST /purchases`, 64 clients", "pgbench, one small transaction each"),
    "engine": ("Deciding alone, 20 rules, one core", "parsing the same bodies with msgspec"),
}
"""By recorded name: what was measured, and beside what."""


def page(recorded: dict[str, Any] | None = None) -> str:
    """The README with its figures filled in; without recorded figures it says nothing about them."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    assert after, f"{README} has lost the marks between which its figures stand"
    told = block(_read() if recorded is None else recorded)
    return f"{before}{BEGIN}\n{told}{END}{after}"


def block(recorded: dict[str, Any]) -> str:
    """What there is to say about recorded figures, as Markdown."""
    rows = list(_rows(recorded.get("figures", {})))
    if not rows:
        return ""
    machine = recorded["machine"]
    days = sorted({figure["on"] for name, figure in recorded["figures"].items() if name in SHOWN})
    said = (
        f"Measured on {machine['cores']} cores of {machine['processor']} ({days[-1]}), each beside a yardstick in the "
        "same run, medians; `make bench` measures them on yours."
    )
    heads = ("What", "A second", "Yardstick", "A second", "Ratio")
    return f"\n## Figures\n\n{said}\n\n{table(heads, rows)}\n"


def _rows(figures: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, (what, beside) in SHOWN.items():
        if name in figures and figures[name].get("yardstick"):
            ours, yardstick = figures[name]["ours"], figures[name]["yardstick"]
            ratio = f"{figures[name]['value']:.2f} ×"
            yield what, f"{statistics.median(ours):,.0f}", beside, f"{statistics.median(yardstick):,.0f}", ratio


def _read() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    return recorded
