"""Who may open a page: every view says it with ``may`` or ``everybody``; a test walks all addresses and asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from stammis.console import programmes
from stammis.console.frame import draw
from stammis.console.programmes import NoProgramme
from stammis.console.requests import StaffRequest
from stammis.kit.errors import NotFound, Problem
from stammis.staff import roles
from stammis.staff.models import Person
from stammis.staff.roles import Permission

Rest = ParamSpec("Rest")
Page = Callable[Concatenate[StaffRequest, Rest], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def may(permission: Permission) -> Callable[[Page[Rest]], View[Rest]]:
    """Let in whoever may do this; others are asked to sign in, or told who may."""

    def decorate(page: Page[Rest]) -> View[Rest]:
        @wraps(page)
        def view(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Person):
                return redirect_to_login(request.get_full_path())
            if not roles.may(request.user, permission):
                raise PermissionDenied
            programmes.activate_zone(request, programmes.chosen(request))
            try:
                return page(cast("StaffRequest", request), *args, **kwargs)
            except NoProgramme:
                return redirect("console:first_steps")
            except NotFound as error:
                raise Http404(error.told()) from error
            except Problem as error:
                return draw(request, "console/problem.html", {"problem": error}, status=error.status)

        view.permission = permission  # type: ignore[attr-defined] # read by the test that walks all addresses
        return cast("View[Rest]", view)

    return decorate


def everybody(page: View[Rest]) -> View[Rest]:
    """Let everybody in: the doors themselves, and choices about how a page looks."""
    page.permission = None  # type: ignore[attr-defined] # read by the test that walks all addresses
    return page
