"""Long work on the command line says how far it is, how fast, and how long it will still take."""

import pytest

from stammis.config.cli import progress
from stammis.config.cli.progress import Work


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Tell the seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


def told(clock: Clock, capsys: pytest.CaptureFixture[str], *calls: tuple[float, int]) -> list[str]:
    """What is said of calls, each so many seconds after the one before it, of 2,469 members."""
    with Work("Folding", "members") as work:
        for seconds, done in calls:
            clock.now += seconds
            work.at(done, 2_469)
    return [line.strip() for line in capsys.readouterr().err.splitlines()[1:]]


def test_nothing_is_said_of_the_speed_before_there_is_one(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(clock, capsys, (6, 300), (0.1, 2_469)) == ["300 of 2,469 members", "2,469 of 2,469 members"]


def test_the_speed_is_that_of_what_was_done_since_the_first_look(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(clock, capsys, (6, 300), (10, 800))[-1] == "800 of 2,469 members, 50/s, 0:33 left"


def test_the_next_piece_of_the_same_work_has_a_speed_of_its_own(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = (6, 342), (60, 2_469), (30, 350), (10, 700)
    assert told(clock, capsys, *calls)[-2:] == ["350 of 2,469 members", "700 of 2,469 members, 35/s, 0:51 left"]


def test_what_is_slower_than_one_a_second_has_a_decimal(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(clock, capsys, (6, 2_000), (10, 2_004))[-1] == "2,004 of 2,469 members, 0.4/s, 19:22 left"


def test_hours_are_told_as_hours_and_no_speed_as_nothing_a_second(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(clock, capsys, (6, 349), (100, 350))[-1] == "350 of 2,469 members, 58:51:40 left"
