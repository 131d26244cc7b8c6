"""Activity as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.activity"
    label = "activity"
