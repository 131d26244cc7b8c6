"""Members as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.members"
    label = "members"
