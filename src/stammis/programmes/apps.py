"""Programmes as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.programmes"
    label = "programmes"
