"""What happened between accounts, as a member's story tells it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from stammis.accrual.sentences import between
from stammis.core.events import (
    BroughtBalance,
    Claimed,
    Exchange,
    Merged,
    PoolChanged,
    Received,
    Transfer,
    Unmerged,
)
from stammis.core.programme import Programme as Document
from stammis.programmes.sentences import words


def moved(event: Transfer | Received | Exchange | BroughtBalance, document: Document) -> tuple[str, str]:
    """Say which points moved to or from where, and what else there is to know of it."""
    match event:
        case Transfer() | Received():
            return between.passed(event), event.id if event.purpose in {"transfer", "donation"} else ""
        case Exchange():
            wallets = [words.wallet_of(document, each) for each in (event.wallet, event.to)]
            names = [words.name(each.name, each.id) if each else "" for each in wallets]
            return _("Changed «%(from)s» for «%(to)s»") % {"from": names[0], "to": names[1]}, event.id
        case BroughtBalance():
            return _("Brought points from an older system"), ""


def tied(event: PoolChanged | Merged | Unmerged | Claimed) -> tuple[str, str]:
    """Say which accounts belong together from now on."""
    match event:
        case PoolChanged():
            return between.pooled(event), ", ".join(event.rights) if not event.left else ""
        case Merged():
            return _("Merged into %(member)s") % {"member": event.into}, event.id
        case Unmerged():
            return _("The merge was undone"), event.merge
        case Claimed():
            total = words.minor_money(sum(line.amount for line in event.purchase.lines), event.purchase.currency)
            return _("Purchase for %(total)s, claimed as a guest's") % {"total": total}, event.purchase.id
