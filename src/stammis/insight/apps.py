"""Insight as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.insight"
    label = "insight"
