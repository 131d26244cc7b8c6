"""Old back-tests are removed with their files; what somebody may still ask for stays."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from stammis.programmes import services as publishing
from stammis.programmes.services import Author
from stammis.simulation import queries, services
from stammis.simulation.models import Run
from stammis.simulation.results import folder_of
from tests.rooms.till import NOW, SHOP, Till, bought, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def till() -> Till:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")))
    return till


def points(till: Till, points: int) -> dict[str, Any]:
    return SHOP | {"programme": till.programme.slug, "earn": [SHOP["earn"][0] | {"points": points}]}


def tried(till: Till, each: int) -> Run:
    return services.work(services.begin(till.programme, by="test", document=points(till, each)).id)


def test_the_newest_stay_and_the_files_of_the_others_go(till: Till) -> None:
    old, middle, new = (tried(till, each) for each in (2, 3, 4))
    assert services.tidy(till.programme, most=2) == 1
    assert not Run.objects.filter(id=old.id).exists()
    assert not folder_of(old).exists()
    assert [queries.compared(run).wallets[0].tried.earned for run in (middle, new)] == [300, 400]


def test_what_is_pinned_or_told_beside_a_draft_stays(till: Till) -> None:
    pinned, of_draft, gone, new = (tried(till, each) for each in (2, 3, 4, 5))
    services.pin(pinned)
    author = Author("ada@example.com", NOW)
    draft = publishing.begin(till.programme, "Three", author)
    publishing.save(draft, points(till, 3), author)
    services.tidy(till.programme, most=1)
    left = set(Run.objects.filter(document__isnull=False).values_list("id", flat=True))
    assert left == {pinned.id, of_draft.id, new.id}
    assert not folder_of(gone).exists()
    services.pin(pinned, pinned=False)
    publishing.discard(draft, author)
    assert services.tidy(till.programme, most=1) == 2


def test_the_run_beside_which_others_lie_stays_and_an_old_one_does_not(till: Till) -> None:
    first = tried(till, 2)
    till.say(bought("b", 5_000, at=day("2026-01-11")))
    second = tried(till, 2)
    assert first.compared_with is not None
    assert second.compared_with is not None
    services.tidy(till.programme, most=1)
    assert not Run.objects.filter(id=first.compared_with.id).exists()
    assert queries.compared(second).today.purchases == 2


def test_a_run_that_waits_is_left_alone_and_so_is_the_last_proof(till: Till) -> None:
    proof = services.work(services.begin_identity(till.programme, by="test").id)
    waiting = services.begin(till.programme, by="test", document=points(till, 2))
    tried(till, 3)
    services.tidy(till.programme, most=1)
    assert Run.objects.filter(id__in=[proof.id, waiting.id]).count() == 2


def test_folders_of_no_run_are_swept_after_a_day(till: Till, folder: Path) -> None:
    places = [folder / "simulations" / str(uuid.uuid4()) for _ in range(2)]
    for place in places:
        place.mkdir(parents=True)
    os.utime(places[0], (0, 0))
    services.tidy(till.programme)
    assert [place.exists() for place in places] == [False, True]
