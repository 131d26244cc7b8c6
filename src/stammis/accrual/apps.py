"""Accrual as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccrualConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.accrual"
    label = "accrual"
