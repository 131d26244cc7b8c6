"""What all tests share."""

import os
from collections.abc import Iterator

import pytest
from django.utils import translation

# Whoever runs the tests, the command line speaks English in them unless a test says otherwise.
os.environ["LC_ALL"] = "C.UTF-8"

pytest_plugins = ("tests.plugins.debian", "tests.plugins.laws", "tests.plugins.database", "pytester")


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Each test begins in the language of the settings, whatever a page of the one before it was asked in."""
    yield
    translation.deactivate()
