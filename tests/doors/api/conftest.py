"""Installations for the tests that call over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pytest_django.plugin import DjangoDbBlocker

from stammis.kit import clock
from tests.doors.api.installation import BEGINNING, Installation, copy_of, make_template, pointed_to


@pytest.fixture(scope="session")
def template(database_address: str, django_db_blocker: DjangoDbBlocker) -> str:
    """A database with all tables, to be copied."""
    with django_db_blocker.unblock():
        return make_template(database_address)


@pytest.fixture(scope="module")
def install(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Installation]]:
    """Makes an installation that serves, on a clock of its own that begins on 1 April 2026; the last one is used."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())

        def make(workers: int = 1) -> Installation:
            made = Installation(copy_of(template))
            stack.enter_context(pointed_to(made.address))
            clock.begin(BEGINNING)
            stack.callback(made.stop)
            made.start(tmp_path_factory.mktemp("web"), workers)
            return made

        yield make


@pytest.fixture(scope="module")
def installation(install: Callable[[], Installation]) -> Installation:
    """An installation that the tests of a file share."""
    return install()
