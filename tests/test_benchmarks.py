"""The measurements can be run; how fast anything is, no test says."""

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from benchmarks import report
from benchmarks.__main__ import main
from benchmarks.figures import engine, hundred
from benchmarks.processes import pss_bytes, tree
from benchmarks.programme import rules
from benchmarks.purchases import batches, member
from benchmarks.rounds import Figure, Target, alternate
from stammis.intake.bodies import BatchBody


def test_the_cheapest_figure_can_be_measured() -> None:
    [figure] = engine.measure(1, members=2, each=3)
    assert figure.value > 0
    assert "yardstick" in report.told(figure, {})


def test_a_hundred_rules_can_be_measured() -> None:
    [figure] = hundred.measure(1, members=2, each=2)
    assert figure.value > 0
    assert len(hundred.rules().programme.earn) == 100
    assert len(hundred.rules().programme.wallets) == 10


def test_the_measured_programme_has_twenty_rules() -> None:
    assert len(rules().programme.earn) == 20


def test_made_up_batches_are_what_the_api_reads() -> None:
    [body] = batches(1, 3, prefix="t-", seed=1, members=5, now=dt.datetime.now(dt.UTC))
    assert len(msgspec.json.decode(body, type=BatchBody).items) == 3
    assert member(3) == "m-000003"


def test_rounds_take_turns() -> None:
    order: list[str] = []

    def giving(name: str, value: float) -> Callable[[int], float]:
        def measure(number: int) -> float:
            order.append(f"{name} {number}")
            return value

        return measure

    ours, yardstick = alternate(2, giving("ours", 4.0), giving("yardstick", 2.0))
    assert order == ["ours 1", "yardstick 1", "ours 2", "yardstick 2"]
    assert Figure("x", "x", "x/s", ours, yardstick, Target(2.0)).is_met
    assert not Figure("x", "x", "x/s", ours, yardstick, Target(2.1)).is_met
    assert not Figure("x", "x", "s", [5.0], target=Target(4, at_most=True)).is_met


def test_a_process_has_memory() -> None:
    assert pss_bytes(os.getpid()) > 1_000_000
    assert os.getpid() in {process.pid for process in tree(os.getppid())}


def test_an_unknown_figure_is_a_mistake_in_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["speed"])
    assert ended.value.code == 2
    assert "engine" in capsys.readouterr().err


def test_recorded_figures_are_told_beside_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RECORDED", tmp_path / "results.json")
    report.record([Figure("x", "x", "s", [2.0])], rounds=1)
    assert json.loads(report.RECORDED.read_text())["figures"]["x"]["value"] == 2.0
    assert "(+50%)" in report.told(Figure("x", "x", "s", [3.0]), report.read())
