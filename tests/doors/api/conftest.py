"""Installations for the tests that call over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from stammis.kit import clock
from tests.doors.api.installation import BEGINNING, Installation, copy_of, pointed_to


@contextmanager
def serving(template: str, blocker: DjangoDbBlocker, folder: Path, workers: int = 1) -> Iterator[Installation]:
    """Makes an installation that serves, on a clock of its own that begins on 1 April 2026."""
    made = Installation(copy_of(template))
    with blocker.unblock(), pointed_to(made.address), pytest.MonkeyPatch.context() as environment:
        environment.setenv("STAMMIS_DATA", str(folder / "data"))
        clock.begin(BEGINNING)
        try:
            made.start(folder, workers)
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
def installation(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation that the tests of a file share: its clock stays where it is."""
    with serving(template, django_db_blocker, tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture
def fresh(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation of the test's own, whose clock it may move."""
    with serving(template, django_db_blocker, tmp_path_factory.mktemp("web")) as made:
        yield made
