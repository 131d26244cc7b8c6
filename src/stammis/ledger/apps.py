"""Ledger as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What Django needs to know."""

    name = "stammis.ledger"
    label = "ledger"
