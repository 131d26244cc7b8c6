"""Assumptions are reckoned from one's own history, and stay apart from results."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from stammis.simulation import queries, services
from tests.rooms.till import SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def test_a_curve_tells_how_points_are_redeemed_by_the_age_of_their_lots() -> None:
    till = Till(now=day("2026-04-15"))
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 10_000, "ben", at=day("2026-03-10")))
    till.one(redeems("bag", "bag", at=day("2026-02-20")))
    draft = SHOP | {"programme": till.programme.slug, "earn": [SHOP["earn"][0] | {"points": 2}]}
    run = services.work(services.begin(till.programme, by="test", document=draft, end=dt.date(2026, 4, 1)).id)
    ages = [(age.months, age.seen, age.redeemed) for age in queries.redemption_curve(run, "points").ages]
    # january's hundred are seen up to march, march's in their own month only; thirty went at the age of one month
    assert ages[:3] == [(0, 200, 0), (1, 100, 30), (2, 100, 0)]
    curve = queries.redemption_curve(run, "points")
    # by the end of march: three tenths of january's, nothing of march's
    assert queries.redeemed_by_curve(queries.compare(run), curve, dt.date(2026, 4, 1)) == (30, 60)


def test_a_response_is_told_for_a_range() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")))
    draft = SHOP | {"programme": till.programme.slug, "earn": [SHOP["earn"][0] | {"points": 2}]}
    run = services.work(services.begin(till.programme, by="test", document=draft).id)
    found = list(queries.responses(queries.compare(run), (0.0, 0.1)))
    # twice as much is given: 100 per cent more; a tenth of that on sales of 100.00, with 2.00 in points for each euro
    assert [(each.sales_minor, each.points_minor) for each in found] == [(0, 0), (1_000, 2_000)]
