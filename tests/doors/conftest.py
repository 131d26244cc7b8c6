"""What the tests of all doors share."""

from __future__ import annotations

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.doors.api.installation import make_template


@pytest.fixture(scope="session")
def template(database_address: str, django_db_blocker: DjangoDbBlocker) -> str:
    """A database with all tables, to be copied."""
    with django_db_blocker.unblock():
        return make_template(database_address)
