"""Console as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.console"
    label = "console"
