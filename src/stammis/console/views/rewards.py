"""Rewards: the catalogue with its stock, and what members took."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from stammis.console import programmes
from stammis.console.access import may
from stammis.console.frame import draw
from stammis.console.requests import StaffRequest
from stammis.core.programme import Programme as Document
from stammis.kit import clock
from stammis.kit.pages import page
from stammis.programmes import queries
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.rewards.models import Issued, Stock
from stammis.staff.roles import Permission


@may(Permission.SEE)
@require_GET
def rewards(request: StaffRequest) -> HttpResponse:
    """Show what members can take for points now, and what they took; filters live in the address."""
    programme = programmes.required(request)
    document = in_force(programme)
    names = {reward.id: words.name(reward.name, reward.id) for reward in document.rewards} if document else {}
    reward, state, code = (request.GET.get(name, "").strip() for name in ("reward", "state", "code"))
    issued = Issued.objects.filter(programme=programme).select_related("member")
    if reward:
        issued = issued.filter(reward=reward)
    if state in Issued.State.values:
        issued = issued.filter(state=state)
    if code:
        issued = issued.filter(code=code.upper())
    listed = page(issued, order=("-issued_at", "member_id", "redemption"), cursor=request.GET.get("cursor") or None)
    context = {
        "programme": programme,
        "catalogue": catalogue(programme, document) if document else [],
        "page": listed,
        "rows": [{"issued": one, "name": names.get(one.reward, one.reward)} for one in listed.rows],
        "names": names,
        "reward": reward,
        "state": state,
        "code": code,
        "states": Issued.State.choices,
        "filtered": bool(reward or state or code),
    }
    return draw(request, "console/rewards/rewards.html", context)


def in_force(programme: Programme) -> Document | None:
    """Give the document that decides now, or None before the first version begins."""
    rules = queries.versions(programme.id).at(int(clock.now().timestamp()))
    return rules.programme if rules else None


def catalogue(programme: Programme, document: Document) -> list[dict[str, Any]]:
    """Give the rewards of a document with their price, and how many are left of those that have an end."""
    gone = dict(Stock.objects.filter(programme=programme).values_list("reward", "issued"))
    wallets = {wallet.id: wallet for wallet in document.wallets}
    return [
        {
            "id": reward.id,
            "name": words.name(reward.name, reward.id),
            "text": words.name(reward.description),
            "price": reward.price * 10 ** wallets[reward.wallet].decimals,
            "wallet": wallets[reward.wallet],
            "wallet_name": words.name(wallets[reward.wallet].name, reward.wallet),
            "stock": reward.stock,
            "left": None if reward.stock is None else max(0, reward.stock - gone.get(reward.id, 0)),
            "issued": gone.get(reward.id, 0),
        }
        for reward in document.rewards
    ]
