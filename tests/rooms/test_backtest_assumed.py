"""Assumptions are reckoned from one's own history, and stay apart from results."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from stammis.simulation import queries, services
from stammis.simulation.models import Run
from tests.rooms.till import SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


MORE = {"earn": [SHOP["earn"][0] | {"points": 2}]}


def test_a_curve_tells_how_points_are_redeemed_by_the_age_of_their_lots() -> None:
    till = Till(now=day("2026-04-15"))
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 10_000, "ben", at=day("2026-03-10")))
    till.one(redeems("bag", "bag", at=day("2026-02-20")))
    draft = SHOP | {"programme": till.programme.slug} | MORE
    curve = Run.Redemption.CURVE
    asked = services.begin(till.programme, by="test", document=draft, end=dt.date(2026, 4, 1), redemption=curve)
    run = services.work(asked.id)
    found = queries.supposed(run)
    ages = [(age.months, age.seen, age.redeemed) for age in found.curves[0].ages]
    # january's hundred are seen up to march, march's in their own month only; thirty went at the age of one month
    assert ages[:3] == [(0, 200, 0), (1, 100, 30), (2, 100, 0)]
    (points,) = found.redemption
    # by the end of march: three tenths of january's, nothing of march's; afterwards three tenths of march's as well
    assert (points.wallet, points.by_end, points.in_all) == ("points", (30, 60), (60, 120))
    assert (points.by_end_minor, points.in_all_minor) == ((3_000, 6_000), (6_000, 12_000))
    # what came of it stays as observed
    assert [wallet.tried.redeemed for wallet in queries.compared(run).wallets] == [-30]
    assert queries.supposed(run) == found  # as it is kept


def test_a_response_is_told_for_a_range() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")))
    draft = SHOP | {"programme": till.programme.slug} | MORE
    run = services.work(services.begin(till.programme, by="test", document=draft, response=(0.0, 0.1)).id)
    found = queries.supposed(run)
    # twice as much is given: 100 per cent more; a tenth of that on sales of 100.00, with 2.00 in points for each euro
    told = [(each.sales_minor, each.points_minor, each.cost_minor, each.margin) for each in found.response]
    assert told == [(0, 0, 10_000, None), (1_000, 2_000, 12_000, 12.0)]
    assert found.growth == 1
    assert (found.redemption, found.curves) == ((), ())
    plain = services.work(services.begin(till.programme, by="test", document=draft).id)
    assert queries.supposed(plain).response == ()
    assert plain.id != run.id
    assert queries.compared(plain).wallets == queries.compared(run).wallets


def test_a_range_of_responses_has_an_order() -> None:
    with pytest.raises(services.BadResponse):
        services.begin(Till().programme, by="test", without="spend", response=(0.2, 0.1))
