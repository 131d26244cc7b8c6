"""Two runs side by side: totals, money, rules, levels, who has more, and why; and all of it as files."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stammis.members.queries import find
from stammis.simulation import queries, services
from stammis.simulation.estimates import Counted, number, student, total
from stammis.simulation.models import Run
from stammis.simulation.queries.comparing import Comparison
from tests.rooms.till import SHOP, Till, bought, day, gives_back, happened, redeems

pytestmark = pytest.mark.django_db

EXTRA = {"id": "extra", "kind": "purchase", "points": 10, "when": {"kind": "total", "at_least": "50.00"}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def shop() -> Till:
    till = Till()
    till.say(bought("a", 60_000, "anna", at=day("2026-01-10")), bought("b", 3_000, "ben", at=day("2026-01-11")))
    till.say(bought("c", 50_000, "anna", at=day("2026-02-10")), happened("r", member="ben", at=day("2026-02-11")))
    return till


def run_of(till: Till, **changes: Any) -> Run:
    document = SHOP | {"programme": till.programme.slug} | changes
    return services.work(services.begin(till.programme, by="test", document=document, name="draft").id)


def compared(till: Till, **changes: Any) -> Comparison:
    return queries.compare(run_of(till, **changes))


MORE = [*SHOP["earn"], EXTRA]


def test_totals_and_money_of_both_are_told() -> None:
    (wallet,) = compared(shop(), earn=MORE).wallets
    # anna gets 10 more for each purchase; a point is worth 1.00
    assert (wallet.today.earned, wallet.tried.earned) == (600 + 30 + 500 + 10, 600 + 30 + 500 + 10 + 20)
    assert (wallet.change.value, wallet.change.n, wallet.change.few) == (20, 2, True)
    assert wallet.cost_minor is not None
    assert wallet.cost_minor.value == 2_000
    assert wallet.outstanding_minor == (114_000, 116_000)


def test_what_rewards_cost_is_told_with_its_interval() -> None:
    till = shop()
    till.one(redeems("r-1", "bag", "anna", at=day("2026-02-12")))
    till.one(redeems("r-2", "mug", "anna", at=day("2026-02-13")))
    till.one(redeems("r-3", "bag", "ben", at=day("2026-02-14")))
    till.one(gives_back("r-3", at=day("2026-02-15")))
    till.one(redeems("r-4", "bag", "ben", at=day("2026-02-16")))
    bag = SHOP["rewards"][1] | {"cost": "12.50"}
    dear = {"id": "mug", "name": "Mug", "price": 2_000, "stock": 1}
    bag_told, mug_told = compared(till, rewards=[dear, bag]).rewards
    # a bag costs 12.50 as tried, and the 30.00 that its points are worth today; one of ben's came back
    assert (bag_told.taken_today, bag_told.taken_tried, bag_told.points_tried) == (2, 2, 60)
    assert (bag_told.each_minor, bag_told.wallet) == ((None, 1_250), "points")
    told = [bag_told.cost_today, bag_told.cost_tried, bag_told.cost_minor]
    assert [each and each.value for each in told] == [6_000, 2_500, -3_500]
    # both members took one: no luck in it
    assert bag_told.cost_minor is not None
    assert (bag_told.cost_minor.interval, bag_told.cost_minor.few) == ((-3_500, -3_500), True)
    # the mug for 2,000 points is too dear: a half of 50.00 ± 12.706 · 35.355 / √2 · 2
    assert (mug_told.taken_today, mug_told.taken_tried) == (1, 0)
    assert mug_told.cost_minor is not None
    assert (mug_told.cost_minor.value, mug_told.cost_minor.interval) == (-5_000, (-68_531, 58_531))


def test_rules_and_months_are_told() -> None:
    found = compared(shop(), earn=MORE)
    rules = {rule.rule: rule for rule in found.rules}
    assert (rules["extra"].points_tried, rules["extra"].purchases_tried) == (20, 2)
    assert (rules["extra"].points_today, rules["spend"].purchases_today) == (0, 3)
    assert [(month.month, month.today["earned"], month.tried["earned"]) for month in found.months] == [
        ("2026-01", 630, 640),
        ("2026-02", 510, 520),
    ]


def test_levels_and_how_members_went_between_them() -> None:
    tiers = [SHOP["tiers"][0] | {"levels": [{"id": "basic", "name": "Basic", "at": 0}, GOLD]}]
    found = compared(shop(), tiers=tiers)
    stands = {(each.month, each.level): (each.today, each.tried) for each in found.levels}
    assert stands["2026-01", "gold"] == (0, 1)
    assert stands["2026-01", "basic"] == (2, 1)
    assert stands["2026-02", "gold"] == (1, 1)
    flows = {(each.month, each.before, each.after): (each.today, each.tried) for each in found.flows}
    assert flows["2026-02", "basic", "gold"] == (1, 0)


GOLD = {"id": "gold", "name": "Gold", "at": "500.00"}


def test_who_has_more_is_told_by_level_and_by_name() -> None:
    found = compared(shop(), earn=MORE)
    assert (found.spread.better, found.spread.same, found.spread.worse) == (1, 1, 0)
    assert [(each.name, each.members, each.better) for each in found.groups] == [("basic", 1, 0), ("gold", 1, 1)]
    (largest,) = found.largest
    assert (largest.reference, largest.change, largest.points) == ("anna", 2_000, {"points": (1_100, 1_120)})


def test_why_a_member_has_more_is_told_event_by_event() -> None:
    till = shop()
    run = run_of(till, earn=MORE)
    found = queries.why(run, find(till.programme.id, "anna").id)
    assert found is not None
    assert [(each.kind, each.id, each.today.points, each.tried.points) for each in found.moments] == [
        ("purchase", "a", {"points": 600}, {"points": 610}),
        ("purchase", "c", {"points": 500}, {"points": 510}),
    ]
    assert [part.rule for part in found.moments[0].tried.parts] == ["spend", "extra"]
    assert "10" in found.moments[0].tried.parts[1].sentence
    same = queries.why(run, find(till.programme.id, "ben").id)
    assert same is not None
    assert same.moments == ()


def test_results_are_written_as_files(tmp_path: Path) -> None:
    till = shop()
    till.one(redeems("r-1", "bag", "anna", at=day("2026-02-12")))
    run = run_of(till, earn=MORE)
    queries.export(run, "members", "csv", tmp_path / "members.csv")
    rows = list(csv.DictReader((tmp_path / "members.csv").read_text("utf-8").splitlines()))
    anna = find(till.programme.id, "anna").id
    assert {row["member_id"]: (row["member"], row["change"]) for row in rows}[str(anna)] == ("anna", "20")
    for table in queries.TABLES:
        queries.export(run, table, "parquet", tmp_path / f"{table}.parquet")
    counts = {table: pq.read_table(tmp_path / f"{table}.parquet").num_rows for table in queries.TABLES}
    assert counts == {"members": 2, "balances": 2, "rewards": 1, "costs": 2, "levels": 2}
    called = {
        table: sorted(pq.read_table(tmp_path / f"{table}.parquet").column("member").to_pylist())
        for table in queries.TABLES
        if table != "costs"
    }
    both = ["anna", "ben"]
    assert called == {"members": both, "balances": both, "rewards": ["anna"], "levels": both}
    costs = pq.read_table(tmp_path / "costs.parquet").to_pylist()
    assert [(row["what"], row["id"], row["tried_minor"], row["change_minor"]) for row in costs] == [
        ("wallet", "points", 116_000, 2_000),
        ("reward", "bag", 3_000, 0),
    ]
    with pytest.raises(queries.UnknownTable):
        queries.export(run, "else", "csv", tmp_path / "else.csv")


def test_runs_over_other_stretches_are_not_compared() -> None:
    till = shop()
    other = services.work(services.begin(till.programme, by="test", first=dt.date(2026, 2, 1)).id)
    with pytest.raises(queries.NotComparable):
        queries.compare(run_of(till, earn=MORE), other)


def test_the_run_of_what_is_published_is_used_again() -> None:
    till = shop()
    one, other = run_of(till, earn=MORE), run_of(till, earn=[EXTRA])
    assert one.compared_with_id == other.compared_with_id
    till.say(bought("later", 1_000))
    assert run_of(till, earn=MORE).compared_with_id != one.compared_with_id


def test_intervals_are_those_of_the_tables() -> None:
    assert [round(student(n), 3) for n in (1, 4, 10, 30, 1_000)] == [12.706, 2.776, 2.228, 2.042, 1.962]
    # 1, 2, 3, 4 of eight: mean 2.5, deviation 1.291, so 20 ± 3.182 · 1.291 / 2 · 8
    found = total(10, 30.0, Counted(4, 8))
    assert (found.value, found.interval, found.few) == (20, (4, 36), True)
    # as a sample of eight it misses but half of the variance: 20 ± 16.43 · √½; of four it misses nothing
    assert total(10, 30.0, Counted(4, 8, sampled=True)).interval == (8, 32)
    assert total(10, 30.0, Counted(4, 4, sampled=True)).interval == (10, 10)
    assert number(0, Counted(4, 4, sampled=True)).interval == (0, 0)
    # Wilson's range of none of eight (four of eight are seen, as good as eight of many): 0 to 0.324
    assert number(0, Counted(4, 8, sampled=True)).interval == (0, 3)


def test_the_level_that_everybody_has_counts_from_the_month_in_which_its_set_came() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 200_000, "ben", at=day("2026-03-11")))
    levels = [{"id": "green", "name": "Green", "at": 0}, {"id": "blue", "name": "Blue", "at": "1000.00"}]
    tiers = [*SHOP["tiers"], {"id": "colour", "name": "Colour", "counts": "spend", "levels": levels}]
    document = SHOP | {"programme": till.programme.slug, "tiers": tiers}
    run = services.begin(till.programme, by="test", document=document, first=dt.date(2026, 2, 1))
    stands = {
        (each.month, each.set, each.level): (each.today, each.tried)
        for each in queries.compare(services.work(run.id)).levels
    }
    # nothing happens to anna in these days, and ben comes in March
    assert stands["2026-02", "colour", "green"] == (0, 1)
    assert stands["2026-02", "level", "basic"] == (1, 1)
    assert stands["2026-03", "colour", "green"] == (0, 1)
    assert stands["2026-03", "colour", "blue"] == (0, 1)
    assert ("2026-04", "colour", "green") not in stands  # no level moved then


def test_levels_over_the_very_days_of_the_programme_begin_with_its_first_month() -> None:
    till = Till()
    till.one(bought("a", 10_000, at=day("2025-01-10")))
    run = services.begin(
        till.programme, by="test", document=SHOP | {"programme": till.programme.slug}, first=dt.date(2025, 1, 1)
    )
    stands = {(each.month, each.level): each.tried for each in queries.compare(services.work(run.id)).levels}
    assert stands["2025-01", "basic"] == 1
    assert ("", "basic") not in stands
