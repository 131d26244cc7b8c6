"""The addresses under /api/v1 that Django answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path, register_converter

from stammis.api import fallbacks, reference
from stammis.api.door import api
from stammis.api.paths import IdConverter
from stammis.api.views import (
    backtests,
    between,
    corrections,
    drafts,
    explaining,
    ledger,
    liability,
    lots,
    members,
    numbers,
    pending,
    purchases,
    rates,
    rewards,
    tiers,
    waiting,
    why,
)

VIEWS = (
    backtests,
    between,
    corrections,
    drafts,
    explaining,
    ledger,
    liability,
    lots,
    members,
    numbers,
    pending,
    purchases,
    rates,
    rewards,
    tiers,
    waiting,
    why,
)
"""Importing them hangs their calls into the door."""

register_converter(IdConverter, "ref")

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", reference.openapi, name="openapi"),
    path("docs", reference.docs, name="api_docs"),
    path("", api.urls),
    re_path("", fallbacks.nothing_here),
]
