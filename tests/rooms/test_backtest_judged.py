"""Back-tests as somebody tries them who doubts them: what a point is worth, what is told of returns, two at once."""

from __future__ import annotations

import csv
import datetime as dt
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from stammis.core.document import parse
from stammis.members.queries import find
from stammis.programmes.services import FixedForGood
from stammis.simulation import queries, sentences, services
from stammis.simulation.folders import alone
from stammis.simulation.models import Run
from stammis.simulation.results import folder_of
from stammis.simulation.services import working
from stammis.simulation.units import Results
from tests.rooms.till import SHOP, Till, bought, day, gives, redeems, returned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def draft(till: Till, **changes: Any) -> dict[str, Any]:
    return SHOP | {"programme": till.programme.slug} | changes


def run_of(till: Till, **changes: Any) -> Run:
    return services.work(services.begin(till.programme, by="test", document=draft(till, **changes), name="d").id)


def said(till: Till, run: Run, **changes: Any) -> list[str]:
    return sentences.verdict(queries.compare(run), parse(draft(till, **changes)))


HALF = [SHOP["wallets"][0] | {"value": "0.50"}]
MORE = [{"id": "spend", "kind": "amount", "points": 3, "each": "2.00"}]


def test_points_are_worth_on_each_side_what_its_own_programme_says(tmp_path: Path) -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 1_000, "ben", at=day("2026-01-11")))
    till.one(redeems("bag", "bag", at=day("2026-01-12")))
    run = run_of(till, wallets=HALF, earn=MORE)
    found = queries.compare(run)
    (wallet,) = found.wallets
    # 110 points of 1.00 today; half as many again of 0.50 as tried: 82.50
    assert wallet.change.value == 55
    assert [each and each.value for each in (wallet.cost_today, wallet.cost_tried, wallet.cost_minor)] == [
        11_000,
        8_250,
        -2_750,
    ]
    assert wallet.outstanding_minor == (8_000, 6_750)
    assert wallet.revalued
    assert (found.spread.better, found.spread.worse) == (0, 2)
    (reward,) = found.rewards
    assert reward.cost_minor is not None
    assert reward.cost_minor.value == 1_500 - 3_000
    told = said(till, run, wallets=HALF, earn=MORE)[0]
    assert told == (
        "It would have given 55 points more (+50%). As a point would be worth something else, all that is given"
        " would be worth €27.50 less."
    )
    queries.export(run, "members", "csv", tmp_path / "members.csv")
    with (tmp_path / "members.csv").open(encoding="utf-8") as file:
        assert sorted(int(row["change_minor"]) for row in csv.DictReader(file)) == [-2_500, -250]


def test_a_draft_that_would_count_points_in_other_units_is_not_tried() -> None:
    till = Till()
    with pytest.raises(FixedForGood):
        run_of(till, wallets=[SHOP["wallets"][0] | {"decimals": 2}])


def test_as_many_points_of_another_worth_cost_something_else() -> None:
    till = Till()
    till.one(bought("a", 10_000, at=day("2026-01-10")))
    told = said(till, run_of(till, wallets=HALF), wallets=HALF)
    assert told[0] == (
        "It would have given as many Points as it did. As a point would be worth something else, all that is given"
        " would be worth €50.00 less."
    )


def test_where_only_one_side_says_what_a_point_is_worth_both_are_held_to_it() -> None:
    plain = [{name: value for name, value in SHOP["wallets"][0].items() if name not in {"value", "pays"}}]
    till = Till(wallets=plain)
    till.one(bought("a", 10_000, at=day("2026-01-10")))
    (wallet,) = queries.compare(run_of(till, earn=MORE)).wallets
    assert wallet.cost_minor is not None
    assert (wallet.cost_minor.value, wallet.revalued) == (5_000, False)


def test_a_limit_that_rules_share_counts_once_for_each_purchase() -> None:
    earn = [{"id": name, "kind": "amount", "points": 1, "each": "1.00"} for name in ("a", "b", "c")]
    changes: dict[str, Any] = {"earn": earn, "caps": [{"id": "d", "name": "daily", "per": "day", "points": 140}]}
    till = Till()
    till.say(bought("one", 10_000, at=day("2026-01-10")), bought("two", 10_000, at=day("2026-01-11")))
    till.one(bought("three", 10_000, at=day("2026-01-11", "13:00")))
    run = run_of(till, **changes)
    summary = queries.summary_of(run)
    assert summary is not None
    assert {(each.because, each.times) for each in summary.limits} == {("capped", 2), ("cap_reached", 1)}
    told = [sentence for sentence in said(till, run, **changes) if "limit" in sentence]
    assert told == ["The limit of daily would have been reached 3 times, first on 10 January 2026."]


def test_a_limit_that_is_reached_once_is_said_so() -> None:
    changes: dict[str, Any] = {"earn": [SHOP["earn"][0] | {"cap": {"per": "day", "points": 90}}]}
    till = Till()
    till.one(bought("one", 10_000, at=day("2026-01-10")))
    told = said(till, run_of(till, **changes), **changes)
    assert "The limit of spend would have been reached 1 time, first on 10 January 2026." in told


def test_days_in_which_nothing_happened_and_a_label_of_nobody_are_not_told_as_no_change() -> None:
    till = Till()
    till.one(bought("one", 10_000, at=day("2026-01-10")))
    document = draft(till, earn=MORE)
    before = services.work(
        services.begin(till.programme, by="test", document=document, first=dt.date(2026, 3, 1), name="d").id
    )
    assert said(till, before, earn=MORE) == [
        "Nothing happened in these days, so that there is nothing to try it on. Choose other days."
    ]
    nobody = services.work(services.begin(till.programme, by="test", document=document, label="none", name="d").id)
    assert said(till, nobody, earn=MORE) == ["There was nobody in these days to try it on."]


def test_a_sample_says_what_is_estimated_for_all_and_what_is_counted_in_it() -> None:
    till = Till()
    till.say(*(bought(f"p-{number}", 1_000, f"person-{number}", at=day("2026-01-10")) for number in range(40)))
    run = services.work(
        services.begin(till.programme, by="test", document=draft(till, earn=MORE), sample=10, name="d").id
    )
    told = said(till, run, earn=MORE)
    assert told[0] == "It would have given 200 points more (+50%), worth €200.00."
    assert told[1] == "Outstanding at the end: 600 points instead of 400."
    assert told[2].startswith("That is estimated for all 40 members; what follows is counted in the sample of 10 of")
    assert told[3].startswith("10 members would have been better off")


def test_why_tells_of_returns_also_where_members_share_points() -> None:
    till = Till()
    till.say(bought("a", [6_000, 4_000], at=day("2026-01-10")), bought("b", 1_000, "ben", at=day("2026-01-10")))
    till.one(gives("gift", 10, at=day("2026-01-11")))
    till.one(returned("r", "a", "2", at=day("2026-01-12")))
    anna, run = find(till.programme.id, "anna"), run_of(till, earn=MORE)
    assert queries.why(run, anna.id) is None
    assert run.compared_with is not None
    services.explain(anna.id, run, run.compared_with)
    found = queries.why(run, anna.id)
    assert found is not None
    assert [(each.id, each.today.points, each.tried.points) for each in found.moments] == [
        ("a", {"points": 100}, {"points": 150}),
        ("r", {"points": -40}, {"points": -60}),
    ]


def test_a_process_with_the_number_of_a_killed_one_begins_its_part_anew(tmp_path: Path) -> None:
    left = tmp_path / f"b00-07.{os.getpid()}.part"
    left.mkdir()
    (left / "purses.parquet").write_bytes(b"half a file")
    assert Results(tmp_path, "b00-07").close() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b00-07"]


def test_a_sample_says_how_far_it_is_by_those_in_it() -> None:
    till = Till()
    till.say(*(bought(f"p-{number}", 1_000, f"person-{number}", at=day("2026-01-10")) for number in range(40)))
    seen: list[tuple[int, int]] = []
    run = services.begin(till.programme, by="test", sample=10)
    services.work(run.id, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (10, 10)


def asked(till: Till, **changes: Any) -> Run:
    first = dt.date(2026, 1, 1)
    return services.begin(till.programme, by="test", document=draft(till, **changes), name="d", first=first)


def worked_on() -> tuple[Till, Run]:
    """A run of today over some days, on which somebody is still working; its history is that of another one."""
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")))
    run_of(till, earn=MORE)
    today = services.work(asked(till, earn=MORE).id).compared_with
    assert today is not None
    Run.objects.filter(id=today.id).update(state=Run.State.RUNNING)
    return till, today


def test_who_needs_the_run_of_today_on_which_somebody_works_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    till, today = worked_on()
    waited: list[float] = []
    with ExitStack() as somebody:
        somebody.enter_context(alone(folder_of(today), working.RunBusy))  # as another process would hold it

        def end(seconds: float) -> None:
            waited.append(seconds)
            Run.objects.filter(id=today.id).update(state=Run.State.DONE)
            somebody.close()

        monkeypatch.setattr(time, "sleep", end)
        assert services.work(asked(till, wallets=HALF).id).compared_with_id == today.id
    assert len(waited) == 1


def test_who_waits_may_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    till, today = worked_on()
    run = asked(till, wallets=HALF)
    monkeypatch.setattr(time, "sleep", lambda _seconds: services.cancel(run))
    with alone(folder_of(today), working.RunBusy), pytest.raises(services.RunStopped):
        services.work(run.id)
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
