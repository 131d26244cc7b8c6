"""Kit as a Django app: it owns the installation's one row."""

from __future__ import annotations

from django.apps import AppConfig


class KitConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.kit"
