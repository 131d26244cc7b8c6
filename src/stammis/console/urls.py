"""The console's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from stammis.console.views import doors, overview, specimens

app_name = "console"
urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("members", overview.overview, name="members"),
    path("parts", specimens.parts, name="parts"),
    path("sign-in", doors.sign_in, name="sign_in"),
    path("sign-out", doors.sign_out, name="sign_out"),
    path("forgotten", doors.forgotten, name="forgotten"),
    path("welcome/<str:token>", doors.welcome, name="welcome"),
    path("choose", doors.choose, name="choose"),
]
