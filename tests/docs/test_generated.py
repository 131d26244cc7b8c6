"""The generated pages of the reference say what the code says."""

import re

import pytest

from tools.reference import errors, figures
from tools.reference.__main__ import PAGES, PROJECT


@pytest.mark.parametrize("name", PAGES)
def test_no_generated_page_is_stale(name: str) -> None:
    assert (PROJECT / name).read_text("utf-8") == PAGES[name](), "run «make docs»"


def test_every_code_on_the_page_of_errors_has_a_meaning() -> None:
    silent = [line for line in errors.page().splitlines() if line.startswith("| `") and line.endswith("|  |")]
    assert not silent, "\n".join(silent)


def test_every_code_of_a_bad_row_or_field_is_on_the_page_of_errors() -> None:
    said = re.compile(
        r'(?:\bBad\([^()]*?, "(?:[a-z_]+", ")?|\b_?fault\([^()]*?, "|"code": "(?=[a-z_]+", "message"))([a-z_0-9]+)"'
    )
    sources = "\n".join(path.read_text("utf-8") for path in sorted(errors.SOURCES.rglob("*.py")))
    page = errors.page()
    assert {"wrong_columns", "needs_dry_run", "missing_column", "unknown_column"} <= set(said.findall(sources))
    assert not [name for name in sorted(set(said.findall(sources))) if f"| `{name}` |" not in page]


def test_without_recorded_figures_the_readme_says_nothing_about_them() -> None:
    assert figures.block({}) == ""


def test_recorded_figures_are_told_with_their_yardstick() -> None:
    engine = {"value": 0.5, "on": "2026-03-04", "ours": [5_000.0, 7_000.0, 6_000.0], "yardstick": [12_000.0] * 3}
    told = figures.block({"machine": {"cores": 2, "processor": "a processor"}, "figures": {"engine": engine}})
    assert "| 6,000 |" in told
    assert "| 12,000 | 0.50 × |" in told
