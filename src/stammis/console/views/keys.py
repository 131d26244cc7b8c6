"""API keys: made, shown once, revoked."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.console import programmes
from stammis.console.access import may
from stammis.console.forms.staff import KeyForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.staff import services
from stammis.staff.models import ApiKey
from stammis.staff.roles import Permission


@may(Permission.OWN)
@require_GET
def keys(request: StaffRequest) -> HttpResponse:
    """List the keys, those that work first."""
    listed = ApiKey.objects.select_related("programme").order_by("revoked_at", "-id")
    known = sorted(listed, key=lambda key: key.revoked_at is not None)
    return draw(request, "console/keys/list.html", {"keys": known, "all_scopes": len(services.SCOPES)})


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """Make a key and show it, once."""
    form = KeyForm(request.POST or None, programmes=programmes.listed())
    if form.is_valid():
        asked = form.cleaned_data
        key, plain = services.create_key(
            asked["name"],
            asked["scopes"],
            asked["programme"],
            rate_per_minute=asked["rate_per_minute"],
            by=request.user.email,
        )
        return draw(request, "console/keys/created.html", {"key": key, "plain": plain}, status=201)
    return draw(request, "console/keys/new.html", {"form": form})


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def revoke(request: StaffRequest, key_id: uuid.UUID) -> HttpResponse:
    """Ask whether a key should stop working; then stop it."""
    key = get_object_or_404(ApiKey, id=key_id, revoked_at=None)
    if request.method == "POST":
        services.revoke_key(key.id, by=request.user.email)
        messages.success(request, _("The key «%(name)s» no longer works.") % {"name": key.name})
        return redirect("console:keys")
    return draw(request, "console/keys/revoke.html", {"key": key})
