"""People: invited, given a role, shut out and let in again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stammis.console.access import may
from stammis.console.forms.staff import InvitationForm, RoleForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.doors import welcome_address
from stammis.kit.errors import Problem
from stammis.staff import services
from stammis.staff.models import Person, Role
from stammis.staff.roles import Permission
from stammis.staff.services import Invitation

Text = str | Promise


@may(Permission.OWN)
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """List everybody who may sign in, or might once."""
    return draw(request, "console/people/list.html", {"people": _listed(), "roles": _roles()})


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    """Add somebody and mail them a link."""
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            invitation = services.invite(
                **form.cleaned_data, by=request.user.email, address=lambda token: welcome_address(request, token)
            )
        except Problem as error:
            form.add_error("email", error.told())
        else:
            return _sent(request, invitation)
    return draw(request, "console/people/invite.html", {"form": form, "roles": _roles()})


@may(Permission.OWN)
@require_POST
def link(request: StaffRequest, email: str) -> HttpResponse:
    """Mail somebody a new link: an invitation where they never signed in, else for a new password."""
    person = get_object_or_404(Person, email=email, is_active=True)

    def address(token: str) -> str:
        return welcome_address(request, token)

    if person.has_usable_password():
        sent = services.reset(email=email, by=request.user.email, address=address)
        assert sent is not None
        return _sent(request, sent)
    again = services.invite(email=email, name=person.name, role=person.role, by=request.user.email, address=address)
    return _sent(request, again)


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def person(request: StaffRequest, email: str) -> HttpResponse:
    """Show somebody, and give them another role."""
    shown = get_object_or_404(Person, email=email)
    form = RoleForm(request.POST or None, initial={"role": shown.role})
    if form.is_valid():
        try:
            services.change_role(email, form.cleaned_data["role"], by=request.user.email)
        except Problem as error:
            form.add_error("role", error.told())
        else:
            messages.success(request, _("%(name)s has a new role.") % {"name": shown.name})
            return redirect("console:people")
    return draw(request, "console/people/person.html", {"person": shown, "form": form, "roles": _roles()})


@may(Permission.OWN)
@require_POST
def shut_out(request: StaffRequest, email: str) -> HttpResponse:
    """End somebody's access."""
    shown = services.disable(email, by=request.user.email)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": shown.name})
    return redirect("console:person", email)


@may(Permission.OWN)
@require_POST
def let_in(request: StaffRequest, email: str) -> HttpResponse:
    """Give somebody their access back."""
    shown = services.enable(email, by=request.user.email)
    messages.success(request, _("%(name)s can sign in again.") % {"name": shown.name})
    return redirect("console:person", email)


def _sent(request: StaffRequest, invitation: Invitation) -> HttpResponse:
    return draw(request, "console/people/sent.html", {"invitation": invitation})


def _listed() -> list[Person]:
    rank = {role: place for place, role in enumerate(Role.values)}
    return sorted(Person.objects.all(), key=lambda one: (not one.is_active, rank.get(one.role, 9), one.name))


def _roles() -> list[tuple[Text, Text]]:
    """Say what each role may do."""
    return [
        (Role.OWNER.label, _("everything, with people, API keys, audit and settings")),
        (Role.MANAGER.label, _("what an agent may, and publishes programmes, imports and exports")),
        (Role.AGENT.label, _("sees everything about members, gives and takes points and rewards")),
        (Role.VIEWER.label, _("sees members, programme and numbers")),
    ]
