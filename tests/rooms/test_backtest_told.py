"""What the command line says of a back-test: numbers, costs with their range, and assumptions apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stammis.config.cli import backtest_told as told
from stammis.simulation import queries, services
from stammis.simulation.models import Run
from tests.rooms.till import SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def tried(**supposed: Any) -> Run:
    """A run of twice as many points on what two people bought, of whom one took a bag."""
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 5_000, "ben", at=day("2026-01-11")))
    till.one(redeems("bag", "bag", at=day("2026-02-20")))
    document = SHOP | {"programme": till.programme.slug, "earn": [SHOP["earn"][0] | {"points": 2}]}
    return services.work(services.begin(till.programme, by="test", document=document, **supposed).id)


def test_costs_are_told_with_their_range(capsys: pytest.CaptureFixture[str]) -> None:
    run = tried()
    told.show(run, queries.compared(run))
    said = " ".join(capsys.readouterr().out.split())
    assert "Earned by rules 150 300 150" in said
    # 100.00 and 50.00 more: 150.00 ± 12.706 · 35.355 / √2 · 2
    assert "points €150.00 €300.00 €150.00 95 % interval: −€485.31 to €785.31, fewer than 30 members" in said
    assert "bag €30.00 €30.00 €0.00 95 % interval: €0.00 to €0.00" in said
    assert "Assumptions" not in said


def test_what_is_supposed_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    run = tried(redemption=Run.Redemption.CURVE, response=(0.0, 0.1))
    told.show(run, queries.compared(run))
    numbers, _, assumed = capsys.readouterr().out.partition("Assumptions, not results")
    assert "Redeemed  " in numbers
    # of 150 points 30 were redeemed at the age of one month, the others are seen at that age as well
    assert "of the points given, redeemed by the end at the pace so far: 60 instead of 30" in assumed
    assert "sales rise by 0.1 % for each per cent more points: sales €15.00, cost €180.00" in assumed
    summary = queries.summary_of(run)
    assert summary is not None
    plain = told.plain(run, summary, queries.compared(run))
    assert plain["assumed"]["redemption"][0]["by_end"] == (30, 60)
    assert plain["rewards"][0]["cost_tried"]["value"] == 3_000
