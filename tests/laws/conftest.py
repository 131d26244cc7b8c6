"""What the tests of laws share: installations that serve over HTTP, with two processes that answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.doors.api.conftest import serving
from tests.doors.api.installation import Installation
from tests.doors.conftest import template

__all__ = ["template"]


@pytest.fixture(scope="module")
def installation(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation that the tests of a file share."""
    with serving(template, django_db_blocker, tmp_path_factory.mktemp("web"), workers=2) as made:
        yield made
