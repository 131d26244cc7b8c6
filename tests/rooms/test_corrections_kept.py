"""Files of corrections that nobody needs are removed; those somebody may still ask for, or is writing, stay."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path

import pytest

from stammis.kit import clock
from stammis.kit.errors import Conflict
from stammis.members.queries import find
from stammis.simulation import queries, results, services
from stammis.simulation.folders import alone
from stammis.simulation.models import Correction
from stammis.simulation.righting import folder_of
from tests.rooms.test_corrections import begun, history, planned, posted, shop
from tests.rooms.till import NOW, SHOP, Till

pytestmark = pytest.mark.django_db
State = Correction.State


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    return tmp_path


@pytest.fixture
def till() -> Till:
    till = shop()
    history(till)
    return till


def undone(till: Till) -> Correction:
    correction = posted(till, planned(till))
    services.begin_undoing(till.programme, correction.id, by="test")
    return services.post(correction.id)


def put_away(till: Till) -> Correction:
    return services.drop_correction(till.programme, planned(till).id, by="test")


def there(*corrections: Correction) -> list[bool]:
    return [folder_of(each.id).exists() for each in corrections]


def test_of_what_is_over_the_newest_keep_their_files_and_all_stay_in_the_list(till: Till) -> None:
    old, middle, new = undone(till), put_away(till), undone(till)
    services.tidy(till.programme, most=2)
    assert there(old, middle, new) == [False, True, True]
    assert list(queries.corrections(till.programme)) == [new, middle, old]
    anna = find(till.programme.id, "anna")
    assert queries.why_corrected(new, anna).moments
    with pytest.raises(queries.NotInCorrection):
        queries.why_corrected(old, anna)


def test_what_is_planned_or_posted_stays_and_can_be_told(till: Till) -> None:
    kept = posted(till, planned(till))
    waiting = planned(till)
    newer = [put_away(till) for _ in range(2)]
    services.tidy(till.programme, most=1)
    assert there(kept, waiting, *newer) == [True, True, False, True]
    for each in (kept, waiting):
        assert queries.why_corrected(each, find(till.programme.id, "anna")).moments


def test_one_that_is_being_planned_or_has_somebody_at_it_stays(till: Till) -> None:
    planning = begun(till, name="Another")
    folder_of(planning.id).mkdir(parents=True)
    busy = put_away(till)
    put_away(till)
    with alone(folder_of(busy.id), Conflict):
        services.tidy(till.programme, most=1)
        assert there(planning, busy) == [True, True]
    services.tidy(till.programme, most=1)
    assert there(planning, busy) == [True, False]


def test_one_whose_files_went_is_planned_anew(till: Till) -> None:
    correction = begun(till, name="Another")
    services.stop_correction(till.programme, correction.id, by="test")
    folder_of(correction.id).mkdir(parents=True)
    (folder_of(correction.id) / "b00.json").write_bytes(b"[]")
    put_away(till)
    services.tidy(till.programme, most=1)
    assert there(correction) == [False]
    services.resume_correction(till.programme, correction.id, by="test")
    assert services.plan(correction.id).state == State.DRAFT
    assert correction.lines.exists()


def test_a_history_that_was_left_beside_a_planned_one_goes(till: Till) -> None:
    correction = planned(till)
    left = folder_of(correction.id) / "snapshot"
    left.mkdir()
    services.tidy(till.programme)
    assert not left.exists()
    assert there(correction) == [True]


def test_folders_of_no_correction_are_swept_after_a_day(till: Till, folder: Path) -> None:
    places = [folder / "corrections" / str(uuid.uuid4()) for _ in range(2)]
    for place in places:
        place.mkdir(parents=True)
    os.utime(places[0], (0, 0))
    services.tidy(till.programme)
    assert [place.exists() for place in places] == [False, True]


def test_what_was_not_written_to_its_end_is_swept_after_a_day(till: Till) -> None:
    document = SHOP | {"programme": till.programme.slug}
    run = services.work(services.begin(till.programme, by="test", document=document).id)
    places = (results.folder_of(run), folder_of(planned(till).id))
    old, young, written = ([place / f"b00.{number}.part" for place in places] for number in (1, 2, 3))
    for each in (*old, *young, *written):
        each.mkdir()
        (each / "people.parquet").write_bytes(b"half")
        if each not in young:
            os.utime(each / "people.parquet", (0, 0))
            os.utime(each, (0, 0))
    for each in written:  # its folder is as old, but something is still written into it
        os.utime(each / "people.parquet")
        os.utime(each, (0, 0))
    telling = places[0] / "told-1"
    telling.mkdir()
    (telling / "aa.1.part").write_bytes(b"half")
    os.utime(telling / "aa.1.part", (0, 0))
    services.tidy(till.programme)
    assert [each.exists() for each in (*old, telling / "aa.1.part")] == [False] * 3
    assert [each.exists() for each in (*young, *written)] == [True] * 4
    assert queries.compared(run).wallets
