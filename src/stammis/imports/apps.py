"""Imports as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.imports"
    label = "imports"
