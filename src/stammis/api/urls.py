"""The addresses under /api/v1 that Django answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path, register_converter

from stammis.api import fallbacks
from stammis.api.door import api
from stammis.api.paths import IdConverter

register_converter(IdConverter, "ref")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.urls),
    re_path("", fallbacks.nothing_here),
]
