"""What a story says is owed for its points is what the report of that day says, and what the snapshot gives again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from stammis.insight import services as insight
from stammis.insight.liability.report import MoneyMonth
from stammis.kit import clock
from tests.stories.grammar import read
from tests.stories.living import lived

PAGE = Path("docs/stories/what-is-owed.md")
PARTS = ("opening", "issued", "redeemed", "expired", "estimate", "closing")


def told(page: Path) -> list[tuple[str, ...]]:
    """The page's table of what is owed: a month, and its parts in units of money."""
    heads: list[str] = []
    found: list[tuple[str, ...]] = []
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells[:1] == ["At the end of"]:
            heads = cells
        elif heads and cells and not set(line) <= set("|- :"):
            found.append(tuple(cells[: len(PARTS) + 1]))
    return found


def written(month: MoneyMonth) -> tuple[str, ...]:
    """A month of a report as a page writes it."""
    return (month.month, *(f"{Decimal(getattr(month, part)) / 100:.2f}" for part in PARTS))


@pytest.mark.django_db
def test_what_a_story_says_is_owed_is_what_the_report_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    programme = lived(PAGE)
    last = read(PAGE).rows[-1].at
    clock.begin(last + dt.timedelta(days=30))
    report = insight.liability(programme, dt.date(2026, 4, 30))
    assert [written(month) for month in report.contract] == told(PAGE)
    assert len(told(PAGE)) == 4
    (wallet,) = report.wallets
    assert (wallet.outstanding, wallet.debts) == (0, 0)
