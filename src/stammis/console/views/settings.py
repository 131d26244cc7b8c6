"""Settings: what this installation is, its clock, and how to begin with a programme of one's own."""

from __future__ import annotations

import datetime as dt
import platform
from importlib.metadata import version
from zoneinfo import ZoneInfo

from django.conf import settings as configured
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stammis.console import formats, programmes
from stammis.console.access import may
from stammis.console.forms.settings import ClockForm, RateForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.kit import clock
from stammis.members.models import Member
from stammis.programmes import queries as programme_queries
from stammis.programmes.services import set_rate
from stammis.staff.models import ApiKey, Person
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit


@may(Permission.SEE)
@require_GET
def settings(request: StaffRequest) -> HttpResponse:
    """Show what this installation is and on which clock it runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database())), current_setting('server_version')")
        size, server = cursor.fetchone()
    context = {
        "installation": clock.installation(),
        "now": clock.now(),
        "programmes": programmes.listed(),
        "versions": {"Stammis": version("stammis"), "PostgreSQL": server, "Python": platform.python_version()},
        "size": size,
        "production": configured.PRODUCTION,
        "mail_from": configured.DEFAULT_FROM_EMAIL,
        "mail_works": not configured.EMAIL_BACKEND.endswith("console.EmailBackend"),
    }
    return draw(request, "console/settings/settings.html", context)


@may(Permission.OWN)
@require_http_methods(["GET", "POST"])
def move_clock(request: StaffRequest) -> HttpResponse:
    """Move the installation's own clock forward; the worker then does what falls due."""
    if not clock.installation().own_clock:
        return redirect("console:settings")
    programme = programmes.chosen(request)
    zone = ZoneInfo(programme.zone) if programme else dt.UTC
    now = clock.now().astimezone(zone)
    form = ClockForm(request.POST or None, initial={"to": now.date() + dt.timedelta(days=1)}, now=now)
    if form.is_valid():
        to = dt.datetime.combine(form.cleaned_data["to"], dt.time(), tzinfo=zone)
        clock.move(to)
        record_audit(request.user.email, "installation.move_clock", to=to.isoformat())
        said = _("The clock shows %(moment)s. What fell due until then is being applied.")
        messages.success(request, said % {"moment": formats.moment(to)})
        return redirect("console:settings")
    return draw(request, "console/settings/clock.html", {"form": form, "now": now})


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def rates(request: StaffRequest) -> HttpResponse:
    """List what currencies are worth, and set a rate from a day on."""
    programme = programmes.chosen(request)
    if programme is None:
        return redirect("console:settings")
    today = clock.now().astimezone(ZoneInfo(programme.zone)).date()
    form = RateForm(request.POST or None, initial={"on": today}, currency=programme.currency)
    if form.is_valid():
        told = form.cleaned_data
        rate = set_rate(programme, told["currency"], told["on"], told["rate"], by=request.user.email, now=clock.now())
        record_audit(
            request.user.email, "programme.set_rate", currency=rate.currency, on=rate.on.isoformat(), rate=rate.rate
        )
        said = _("1 %(own)s is %(rate)s %(currency)s from %(day)s on.")
        facts = {"own": programme.currency, "rate": rate.rate, "currency": rate.currency, "day": formats.day(rate.on)}
        messages.success(request, said % facts)
        return redirect("console:rates")
    listed = programme_queries.rates(programme.id)
    return draw(request, "console/settings/rates.html", {"form": form, "rates": listed, "programme": programme})


@may(Permission.SEE)
@require_GET
def first_steps(request: StaffRequest) -> HttpResponse:
    """Say what to do next: a programme, a key, the first purchase, colleagues."""
    programme = programmes.chosen(request)
    steps = {
        "programme": programme is not None,
        "key": ApiKey.objects.filter(revoked_at=None).exists(),
        "member": programme is not None and Member.objects.filter(programme=programme).exists(),
        "people": Person.objects.count() > 1,
    }
    context = {
        "done": steps,
        "programme": programme,
        "templates": [(key, *texts) for key, texts in programmes.TEMPLATES.items()],
        "installation": clock.installation(),
        "occurred_at": clock.now().replace(microsecond=0).isoformat(),
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return draw(request, "console/settings/first_steps.html", context)
