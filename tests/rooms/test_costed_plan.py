"""What a plan says of the last 90 days, against a pencil."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from stammis.config.cli import costing
from stammis.kit import clock
from stammis.programmes.services import read
from stammis.simulation.models import Run
from tests.rooms.till import NOW, SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db

WEEKEND = {
    "id": "weekend",
    "kind": "multiply",
    "rules": ["spend"],
    "factor": "2",
    "when": {"kind": "weekday", "any_of": ["sat", "sun"]},
}
LEVELS = [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": "1200.00"}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def today(db: None) -> None:
    """The installation's own clock stands on 1 June 2026."""
    clock.begin(NOW)


def lived() -> Till:
    """Anna buys before the 90 days and in them, Ben and Carl at weekends; Ben takes a bag."""
    till = Till()
    till.say(bought("a", 60_000, "anna", at=day("2026-02-01")), bought("b", 50_000, "anna", at=day("2026-04-01")))
    till.say(bought("c", 25_000, "ben", at=day("2026-05-02")))
    till.one(redeems("bag", "bag", "ben", at=day("2026-05-03")))
    till.say(bought("d", 4_000, "carl", at=day("2026-05-10")))
    return till


def document(till: Till) -> dict[str, Any]:
    """Weekends count double, at most 250 points more a month; Gold begins at 1,200.00 instead of 1,000.00."""
    return SHOP | {
        "programme": till.programme.slug,
        "from": "2026-07-01",
        "earn": [*SHOP["earn"], WEEKEND],
        "budgets": [{"id": "spring", "rules": ["weekend"], "points": 250, "per": "month"}],
        "tiers": [SHOP["tiers"][0] | {"levels": LEVELS}],
    }


def test_a_plan_says_what_it_would_have_meant() -> None:
    till = lived()
    asked = document(till)
    told = list(costing.told(read(asked), costing.compare(read(asked), asked, "weekends.yaml")))
    # since 3 March: 500 + 250 + 40 = 790 points; Ben gets 250 more, and nothing of the month's budget is left for Carl
    assert "  It would have given 250 points more (+32%), worth €250.00." in told
    assert "  1 member would have been better off, 0 worse; for 2 nothing would have changed." in told
    # Anna spent 1,100.00
    assert "  Basic at the end: 3 members instead of 2." in told
    assert "  Gold at the end: 0 members instead of 1." in told
    # 600 + 790 - 30, and 250 more
    assert "  Outstanding at the end: 1,610 points instead of 1,360." in told
    assert "  The budget spring would have been used up, first on 10 May 2026." in told
    assert any("just as they did" in line for line in told)
    run = Run.objects.get(name="weekends.yaml")
    assert (run.begins_on, run.ends_on) == (dt.date(2026, 3, 3), None)


def test_a_plan_says_it_to_programs() -> None:
    till = lived()
    asked = document(till)
    plain = costing.plain(read(asked), costing.compare(read(asked), asked, "weekends.yaml"))
    assert plain["days"] == 90
    assert plain["cost_minor"]["value"] == 25_000
    assert (plain["spread"]["better"], plain["spread"]["same"], plain["spread"]["worse"]) == (1, 2, 0)
    assert (plain["wallets"][0]["today"]["earned"], plain["wallets"][0]["tried"]["earned"]) == (790, 1_040)
    assert [limit["id"] for limit in plain["limits"]] == ["spring"]


def test_rewards_that_would_have_been_too_dear_are_told() -> None:
    till = Till()
    till.say(bought("a", 3_000, "ben", at=day("2026-05-02")))
    till.one(redeems("bag", "bag", "ben", at=day("2026-05-03")))
    halved = [{"id": "spend", "kind": "amount", "points": 1, "each": "2.00"}, SHOP["earn"][1]]
    asked = SHOP | {"programme": till.programme.slug, "earn": halved}
    told = list(costing.told(read(asked), costing.compare(read(asked), asked, "half.yaml")))
    assert "  It would have given 15 points less (−50%), worth €15.00." in told
    assert "  1 redemption or payment with points would not have been possible." in told


def test_a_change_of_words_changes_nothing() -> None:
    till = lived()
    asked = SHOP | {"programme": till.programme.slug, "name": "The shop"}
    told = list(costing.told(read(asked), costing.compare(read(asked), asked, "words.yaml")))
    assert "  It would have given exactly what was given: nobody would have more or less." in told


def test_without_a_history_there_is_nobody_to_try_it_on() -> None:
    till = Till()
    asked = document(till)
    told = list(costing.told(read(asked), costing.compare(read(asked), asked, "empty.yaml")))
    assert "  There was nobody in these days to try it on." in told
