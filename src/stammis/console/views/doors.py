"""The doors: sign-in and out, a forgotten password, the first password; and the choices of language, theme and zone."""

from __future__ import annotations

import zoneinfo

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stammis.console import programmes
from stammis.console.access import everybody
from stammis.console.forms.staff import ForgottenForm, PasswordForm, SignInForm
from stammis.console.frame import LANGUAGES, THEMES, draw
from stammis.console.requests import origin
from stammis.kit import charts
from stammis.kit.errors import Invalid
from stammis.staff import services
from stammis.staff.models import Person
from stammis.staff.services import LinkEnded, Locked, WrongPassword

YEAR_SECONDS = 365 * 24 * 3600


@everybody
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for mail address and password."""
    if isinstance(request.user, Person):
        return redirect(_onward(request))
    form, status = SignInForm(request.POST or None), 200
    if form.is_valid():
        try:
            person = services.check_password(**form.cleaned_data, origin=origin(request))
        except WrongPassword as error:
            form.add_error(None, _("Mail address and password do not belong together."))
            status = error.status
        except Locked as error:
            form.add_error(
                None,
                _("Too many failed sign-ins. Wait %(minutes)d minutes, or choose a new password.")
                % {"minutes": services.LOCKOUT.seconds // 60},
            )
            status = error.status
        else:
            login(request, person)
            charts.warm_up()
            return _remember_locale(redirect(_onward(request)), person.locale)
    return draw(request, "console/doors/sign_in.html", {"form": form, "next": _onward(request)}, status=status)


@everybody
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, Person):
        services.record_audit(request.user.email, "staff.sign_out")
    logout(request)
    return redirect("console:sign_in")


@everybody
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Mail a link for a new password; the answer is the same whether or not the address is known."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        services.reset(email=email, by=email, address=lambda token: welcome_address(request, token))
        return draw(request, "console/doors/sent.html", {"email": email})
    return draw(request, "console/doors/forgotten.html", {"form": form})


@everybody
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let the owner of a link choose a password, and in."""
    try:
        person = services.link_owner(token)
    except LinkEnded as error:
        return draw(request, "console/doors/link_ended.html", status=error.status)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            person = services.accept(token, form.cleaned_data["password"])
        except Invalid as error:
            form.add_error("password", error.told())
        else:
            login(request, person)
            messages.success(request, _("Your password is set. Welcome!"))
            return redirect("console:overview")
    return draw(request, "console/doors/welcome.html", {"form": form, "person": person})


@everybody
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember how the reader wants pages to look, and go back to where they were."""
    response = redirect(_onward(request))
    theme, locale, zone = (request.POST.get(name, "") for name in ("theme", "locale", "zone"))
    if theme in THEMES:
        _remember(response, "stammis_theme", theme)
    if locale in LANGUAGES and check_for_language(locale):
        _remember_locale(response, locale)
        if isinstance(request.user, Person):
            services.choose_locale(request.user, locale)
    if request.POST.get("programme"):
        request.session[programmes.CHOICE] = request.POST["programme"]
    if zone == "programme":
        response.delete_cookie("stammis_zone")
    elif zone in zoneinfo.available_timezones():
        _remember(response, "stammis_zone", zone)
    return response


def welcome_address(request: HttpRequest, token: str) -> str:
    """Give the full address at which the owner of a link chooses a password."""
    return request.build_absolute_uri(reverse("console:welcome", args=[token]))


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("console:overview")


def _remember_locale(response: HttpResponse, locale: str) -> HttpResponse:
    return _remember(response, "django_language", locale) if locale else response


def _remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    return response
