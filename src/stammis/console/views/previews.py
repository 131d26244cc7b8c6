"""The live preview: what a cart that is only thought of would get by a draft, beside what it gets today, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stammis.accrual.queries import Trial, drafted, made_up, standing_of, try_out
from stammis.console import programmes
from stammis.console.access import may
from stammis.console.editor import cart, parts
from stammis.console.editor.nodes import layout
from stammis.console.editor.reading import Act, read
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.programme import Programme as Document
from stammis.core.reading import Problem
from stammis.core.standing import Standing
from stammis.core.wording import Worded
from stammis.kit import clock
from stammis.members import queries as members
from stammis.programmes import drafts as reading
from stammis.programmes import queries
from stammis.programmes.models import Draft, Programme
from stammis.programmes.sentences import words
from stammis.staff.roles import Permission

CART = "cart"


@dataclass(frozen=True)
class Column:
    """One side of the preview: its title, what it gives by wallet as text, and the trial itself."""

    title: str
    totals: list[str]
    trial: Trial


@may(Permission.RUN)
@require_http_methods(["GET", "POST"])
def preview(request: StaffRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Decide a cart by the draft, with the part that is being edited as it stands in its form."""
    shown = programmes.required(request)
    draft = reading.find(shown, draft_id)
    document = draft.document
    if request.method == "POST":
        sent = {name: [str(one) for one in values] for name, values in request.POST.lists()}
        request.session[CART] = read(cart.face(), sent, Act.of(request.POST.get("act", "")), root="c")
        pointer = request.POST.get("part")
        if pointer is not None and parts.is_place(pointer):
            document = parts.put(document, pointer, read(parts.face_at(pointer), sent))
    return draw(request, "console/drafts/preview.html", beside(request, shown, draft, document))


def beside(request: StaffRequest, shown: Programme, draft: Draft, document: dict[str, Any]) -> dict[str, Any]:
    """Everything that the preview shows for a document."""
    thought_of: dict[str, Any] = request.session.get(CART, cart.FIRST)
    thought = cart.think(thought_of, shown, clock.now())
    parsed, mistakes = reading.readable(document)
    problems = list(thought.problems)
    columns: list[Column] = []
    if thought.event is not None:
        versions = queries.versions(shown.id)
        sides = [(_("By this draft"), drafted(versions, parsed))] if parsed is not None else []
        sides.append((_("As it is today"), versions))
        for title, side in sides:
            buyer = _standing(shown, thought_of, thought, side)
            if buyer is None:
                problems = [Problem("/member", "unknown_member", Worded("There is no member with this id."))]
                break
            trial = try_out(buyer[0], thought.event, side, before=versions, own=buyer[1])
            told = side.at(int(thought.at.timestamp())).programme
            columns.append(Column(title, _totals(trial, told), trial))
    return {
        "programme": shown,
        "draft": draft,
        "cart": layout(cart.face(), thought_of, problems=problems, root="c"),
        "cart_problems": problems,
        "columns": columns,
        "unreadable": mistakes,
        "preview_here": reverse("console:draft_preview", args=[draft.id]),
    }


def _standing(
    shown: Programme, said: dict[str, Any], thought: cart.Thought, versions: queries.Versions
) -> tuple[Standing, str] | None:
    """Give who buys: a member as they stand and their internal id, or somebody made up; None: no such member."""
    if said.get("member"):
        try:
            member = members.find(shown.id, str(said["member"])).id
            return standing_of(member), member.hex
        except members.UnknownMember:
            return None
    rules = versions.at(int(thought.at.timestamp()))
    labels = tuple(str(one) for one in said.get("labels", ()))
    levels = {str(key): str(one) for key, one in (said.get("levels") or {}).items() if key in rules.tier_sets}
    attributes = dict(said.get("attributes") or {})
    return made_up(rules, thought.at, labels=labels, attributes=attributes, levels=levels), ""


def _totals(trial: Trial, told: Document) -> list[str]:
    """Give what each wallet gets, with the wallet's own word; a wallet that gets nothing is left out unless all do."""
    wallets = {wallet.id: wallet for wallet in told.wallets}
    given = [gain for gain in trial.gains if gain.amount] or list(trial.gains[:1])
    return [
        words.signed_points(words.smallest(gain.amount, wallets.get(gain.wallet)), wallets.get(gain.wallet))
        for gain in given
    ]
