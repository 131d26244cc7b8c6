"""All addresses: each door has its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="console:overview")),
    path("console/", include("stammis.console.urls")),
]

handler400 = "stammis.console.views.errors.bad_request"
handler403 = "stammis.console.views.errors.forbidden"
handler404 = "stammis.console.views.errors.not_found"
handler500 = "stammis.console.views.errors.failed"
