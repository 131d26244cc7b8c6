"""Staff as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.staff"
    label = "staff"
