"""Rewards as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RewardsConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.rewards"
    label = "rewards"
