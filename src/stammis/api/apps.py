"""The API as a Django app: it owns what it remembers of its callers, and its reference page."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.api"
