"""The history of every story, folded again by the back-test, gives its ledger to the point and the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammis.ledger.models import Entry
from stammis.programmes.models import Programme
from stammis.simulation import queries as simulated
from stammis.simulation import services as simulation
from stammis.simulation.results import Summary
from tests.stories.living import lived
from tests.stories.test_stories import PAGES


def proven(programme: Programme) -> Summary:
    """What the identity comes to."""
    run = simulation.work(simulation.begin_identity(programme, by="test").id)
    summary = simulated.summary_of(run)
    assert summary is not None
    return summary


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.django_db
def test_a_story_folds_to_its_ledger(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    programme = lived(page)
    found = proven(programme)
    assert (found.differing, found.differences) == (0, ())
    assert found.compared == Entry.objects.filter(programme=programme).count() > 0
