"""The members: found by the beginning of any word, listed page by page, exported."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from stammis.console import formats, programmes, standings
from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.standings import Listed, Wanted
from stammis.core.amounts import amount_text
from stammis.kit.spreadsheets import Download
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission
from stammis.staff.services import record_audit

COLUMNS = ("id", "name", "email", "phone", "joined_at", "level", "points", "labels")
MOST_COUNTED = 10_000
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@may(Permission.SEE)
@require_GET
def members(request: StaffRequest) -> HttpResponse:
    """List members; what was asked for lives in the address."""
    programme = programmes.required(request)
    wanted = _wanted(request)
    page = standings.listed(programme, wanted, request.GET.get("cursor") or None)
    rules, _at = standings.rules_now(programme)
    wallet = rules.programme.wallets[0] if rules else None
    context = {
        "programme": programme,
        "page": page,
        "wanted": wanted,
        "levels": standings.levels(rules.programme) if rules else {},
        "wallet": wallet,
        "wallet_name": words.name(wallet.name, wallet.id) if wallet else "",
        "count": _count(programme) if not wanted.q and not wanted.picks else "",
        "asked": bool(wanted.q or wanted.picks),
        "kept": request.GET.urlencode(),
    }
    alone = bool(request.htmx) and request.htmx.target == "list"
    return draw(request, "console/members/rows.html" if alone else "console/members/list.html", context)


@may(Permission.RUN)
@require_GET
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the members asked for as CSV, all pages of them, a page at a time."""
    programme = programmes.required(request)
    wanted = _wanted(request)
    record_audit(request.user.email, "members.export", q=wanted.q, level=wanted.level, label=wanted.label)
    chosen = [uuid.UUID(text) for text in request.GET.getlist("member") if UUID.fullmatch(text)]
    rows = standings.of(programme, chosen) if chosen else _all(programme, wanted)
    rules, _at = standings.rules_now(programme)
    decimals = rules.programme.wallets[0].decimals if rules else 0
    return Download(f"{programme.slug}-members", COLUMNS, (_fields(row, decimals) for row in rows))


def _wanted(request: StaffRequest) -> Wanted:
    return Wanted(*(request.GET.get(name, "").strip()[:200] for name in ("q", "level", "label")))


def _count(programme: Programme) -> str:
    """Count the members, or stop where counting would take longer than the page is worth."""
    counted = Member.objects.filter(programme=programme, kind=Member.Kind.MEMBER)[: MOST_COUNTED + 1].count()
    return formats.number(counted) if counted <= MOST_COUNTED else f"{formats.number(MOST_COUNTED)}+"


def _all(programme: Programme, wanted: Wanted) -> Iterator[Listed]:
    cursor: str | None = None
    while True:
        page = standings.listed(programme, wanted, cursor, standings.STRETCH)
        yield from page.rows
        cursor = page.after
        if cursor is None:
            return


def _fields(row: Listed, decimals: int) -> list[str]:
    member = row.member
    joined = member.joined_at.isoformat() if member.joined_at else ""
    return [
        member.reference or "",
        member.name or "",
        member.email or "",
        member.phone or "",
        joined,
        row.level or "",
        amount_text(row.active, decimals),
        " ".join(member.labels),
    ]
