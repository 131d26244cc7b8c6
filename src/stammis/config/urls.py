"""All addresses: each door has its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from stammis.api import health
from stammis.api.urls import urlpatterns as api_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health),
    path("ready", health.ready),
    path("api/v1/", include(api_patterns)),
    path("console/", include("stammis.console.urls")),
    path("", RedirectView.as_view(pattern_name="console:overview")),
]

handler400 = "stammis.console.views.errors.bad_request"
handler403 = "stammis.console.views.errors.forbidden"
handler404 = "stammis.console.views.errors.not_found"
handler500 = "stammis.console.views.errors.failed"
