"""Why: of a row, of an event with the purchase it belongs to, and of what a member had at a moment."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from stammis.accrual import queries
from stammis.accrual.queries import causes
from stammis.accrual.queries.causes import Cause
from stammis.accrual.queries.moments import Moment, balance_sentence
from stammis.accrual.sentences import levels
from stammis.console import balances, reasons
from stammis.console.access import may
from stammis.console.forms.members import MomentForm
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.console.views.member import find
from stammis.core.calendars import moment as moment_at
from stammis.core.progress import tier_progress
from stammis.kit import clock
from stammis.ledger import queries as ledger
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission


@may(Permission.SEE)
@require_GET
def why(request: StaffRequest, row: str) -> HttpResponse:
    """Explain a ledger row: a sentence, the parts that add up to it, and what did not apply."""
    entry = ledger.row(row)
    programme, shown = find(request, entry.member_id)
    reason = queries.explain(entry)
    wallet = next((one for one in reason.document.wallets if one.id == entry.wallet), None)
    context = {
        "programme": programme,
        "member": shown,
        "reason": reason,
        "decimals": wallet.decimals if wallet else 0,
        "parts": [(part, reasons.place(part.rule, reason.document)) for part in reason.why.parts],
    }
    return draw(request, "console/members/why.html", context)


@may(Permission.SEE)
@require_GET
def cause(request: StaffRequest, member_id: uuid.UUID, seq: int) -> HttpResponse:
    """Explain an event: every rule with what it gave; where it is about a purchase, all that happened to that."""
    programme, shown = find(request, member_id)
    asked = causes.cause(shown.id, seq)
    found = _of_purchase(programme, asked)
    context = {
        "programme": programme,
        "member": shown,
        "asked": seq,
        "events": [reasons.told(each, programme) for each in found],
        "lead": causes.purchase_sentence(found) if len(found) > 1 else "",
        "totals": reasons.in_all(causes.totals(found), found[-1].case.document) if len(found) > 1 else [],
    }
    return draw(request, "console/members/cause.html", context)


@may(Permission.SEE)
@require_GET
def moment(request: StaffRequest, member_id: uuid.UUID) -> HttpResponse:
    """Explain what a member had at a moment: rows so far, what was left of which lots, what had expired, the levels."""
    programme, shown = find(request, member_id)
    now = clock.now()
    form = MomentForm(request.GET or None, initial=MomentForm.of(now))
    at = form.at() if form.is_valid() else now
    found = queries.moment_of(programme, shown, at)
    context: dict[str, Any] = {
        "programme": programme,
        "member": shown,
        "form": form,
        "at": at,
        "version": found.rules.version,
        "wallets": [_wallet(found, wallet) for wallet in balances.wallets(found.standing, found.rules, found.at)],
        "climbs": _climbs(found) if found.standing.enrolled else [],
    }
    return draw(request, "console/members/moment.html", context)


def _of_purchase(programme: Programme, asked: Cause) -> list[Cause]:
    stored = asked.stored
    purchase = stored.external_id if stored.kind == "purchase" else stored.purchase_id
    return [asked] if purchase is None else causes.causes_of_purchase(programme, purchase) or [asked]


def _wallet(found: Moment, wallet: balances.WalletBalance) -> dict[str, Any]:
    member = found.member.id
    return {
        "wallet": wallet,
        "sentence": balance_sentence(found, wallet.id),
        "lots": [
            (ledger.row_id(member, lot.row), lot.left, None if lot.ends_at is None else moment_at(lot.ends_at))
            for lot in found.purse(wallet.id).lots
        ],
        "expired": [
            (ledger.row_id(member, row.row), row.amount, moment_at(row.at)) for row in found.expired.get(wallet.id, [])
        ],
    }


def _climbs(found: Moment) -> list[dict[str, Any]]:
    document = found.rules.programme
    names = {tiers.id: words.name(tiers.name, tiers.id) for tiers in document.tiers}
    climbs = []
    for progress in tier_progress(found.standing, found.rules, found.at):
        moved = found.moved.get(progress["set"])
        climbs.append(
            {
                "name": names[progress["set"]],
                "level": levels.level_name(progress["set"], progress["level"], document),
                "counted": levels.counted_text(progress, document),
                "why": moved and levels.moved(moved.effect, moved.event, moved.after, document),
                "seq": moved and moved.seq,
            }
        )
    return climbs
