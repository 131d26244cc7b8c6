"""The history of every story, folded again by the back-test, gives its ledger to the point and the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammis.accrual.outcomes import Item
from stammis.accrual.services import pass_days, record
from stammis.ledger.models import Entry
from stammis.programmes import queries, services, yaml
from stammis.programmes.models import Programme
from stammis.simulation import queries as simulated
from stammis.simulation import services as simulation
from stammis.simulation.results import Summary
from tests.stories.between import meant
from tests.stories.grammar import event, key, rate, read
from tests.stories.test_stories import PAGES


def lived(page: Path) -> Programme:
    """A story's history in the database."""
    story = read(page)
    queries.forget()
    programme = services.publish(yaml.load(story.programme), by="the story", now=story.rows[0].at).programme
    for row in story.rows:
        said = meant(event(story, row))
        if said is not None:
            record([Item(programme.id, said, key(said))], now=row.at)
            continue
        if (told := rate(row)) is not None:
            services.set_rate(programme, told[0], row.at.date(), told[1], by="the story", now=row.at)
        pass_days(row.at)
    return programme


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
