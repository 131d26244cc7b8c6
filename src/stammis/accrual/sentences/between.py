"""What happened between accounts, as sentences of the timeline and of a row's reason; in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _

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
from stammis.core.parcels import Carried
from stammis.core.wording import wording

BetweenEvent = Transfer | Received | Exchange | BroughtBalance | PoolChanged | Merged | Unmerged | Claimed


def told(event: BetweenEvent) -> str:
    """Say in a sentence what happened."""
    match event:
        case Transfer() | Received():
            return _("%(what)s.") % {"what": passed(event)}
        case Exchange():
            return _("Points of one kind were changed for those of another.")
        case BroughtBalance():
            return _("Points came from an older system.")
        case PoolChanged():
            return _("%(what)s.") % {"what": pooled(event)}
        case Merged():
            return _("This account was merged into %(member)s.") % {"member": event.into}
        case Unmerged():
            return _("The merge was undone.")
        case Claimed():
            return _("Purchase %(id)s as a guest became the member's.") % {"id": event.purchase.id}


def reason(event: BetweenEvent) -> str:
    """Say why points moved: what comes after «because»."""
    match event:
        case Transfer(purpose="transfer"):
            return _("you gave them to %(member)s") % {"member": event.to}
        case Transfer(purpose="donation"):
            return _("you donated them to %(member)s") % {"member": event.to}
        case Received(purpose="transfer") | Received(purpose="donation"):
            return _("%(member)s gave them") % {"member": event.from_}
        case Transfer(purpose="share"):
            return _("this is what %(pool)s gets of what you earn") % {"pool": event.to}
        case Received(purpose="share"):
            return _("this is the share of what %(member)s earned") % {"member": event.from_}
        case Transfer(purpose="draw"):
            return _("%(member)s spent them") % {"member": event.to}
        case Received(purpose="draw"):
            return _("%(pool)s gave what was missing") % {"pool": event.from_}
        case Transfer(purpose="refund") | Received(purpose="refund"):
            return _("what they were spent on came back")
        case Transfer(purpose="back") | Received(purpose="back"):
            return _("goods came back for which this share had been earned")
        case Transfer(purpose="merge") | Received(purpose="merge"):
            return _("two accounts were merged")
        case Transfer() | Received() | Unmerged():
            return _("a merge was undone")
        case Exchange():
            return _("points of one kind were changed for those of another")
        case BroughtBalance():
            return _("they came from an older system")
        case Claimed():
            return _("purchase %(id)s became yours") % {"id": event.purchase.id}
        case PoolChanged() | Merged():
            return _("accounts were tied to each other")


def passed(event: Transfer | Received) -> str:
    """Say between whom points passed."""
    match event:
        case Transfer(purpose="donation"):
            return _("Donated points to %(member)s") % {"member": event.to}
        case Transfer(purpose="share"):
            return _("Share for %(pool)s") % {"pool": event.to}
        case Received(purpose="share"):
            return _("Share of what %(member)s earned") % {"member": event.from_}
        case Transfer(purpose="draw"):
            return _("Points for what %(member)s spends") % {"member": event.to}
        case Received(purpose="draw"):
            return _("Points from %(pool)s") % {"pool": event.from_}
        case Transfer(purpose="refund"):
            return _("Points back to %(pool)s") % {"pool": event.to}
        case Received(purpose="refund"):
            return _("Points back from %(member)s") % {"member": event.from_}
        case Transfer(purpose="back"):
            return _("Share given back to %(member)s") % {"member": event.to}
        case Received(purpose="back"):
            return _("Share back from %(pool)s") % {"pool": event.from_}
        case Received(purpose="merge", carried=Carried()):
            return _("What counted in a merged account counts here")
        case Received(purpose="unmerge", carried=Carried()):
            return _("What counted in the other account counts there again")
        case Transfer(purpose="merge") | Received(purpose="merge"):
            return _("Points of a merged account")
        case Transfer(purpose="unmerge") | Received(purpose="unmerge"):
            return _("Points back after a merge")
        case Transfer():
            return _("Gave points to %(member)s") % {"member": event.to}
        case Received():
            return _("Got points from %(member)s") % {"member": event.from_}


def pooled(event: PoolChanged) -> str:
    """Say what a member's part in a pool is from now on."""
    if event.left:
        return _("Left %(pool)s") % {"pool": event.pool}
    return _("Takes part in %(pool)s with a share of %(share)s%%") % {"pool": event.pool, "share": event.share}


REFUSALS = {
    "already_ended": wording("These points have ended before they came."),
    "already_merged": wording("This account was merged before."),
    "below_minimum": wording("The programme asks for more points at once."),
    "contact_taken": wording("Another member has proven this address."),
    "id_in_use": wording("There is an account of another kind with this id."),
    "in_a_pool": wording("The member takes part in a pool and has to leave it first."),
    "merged_further": wording("The other account was merged as well; that has to be undone first."),
    "no_exchange": wording("The programme has no rate between these wallets."),
    "no_person": wording("Only members can do this, no pools or charities."),
    "no_pool": wording("This account is neither a household nor a company."),
    "no_whole_steps": wording("Only whole steps of the rate are changed."),
    "not_in_pool": wording("The member does not take part in this pool."),
    "not_merged": wording("There is nothing to undo: the account is not merged."),
    "same_member": wording("Both are the same account."),
    "share_limit": wording("All shares of a member together are at most 100 per cent."),
    "transfer_limit": wording("This is more than the programme lets members give away in this time."),
    "transfers_off": wording("The programme does not allow this transfer."),
    "unknown_merge": wording("There is no merge with this id."),
    "unknown_receiver": wording("There is no account with this id to which it could go."),
}
"""By code, why an act between accounts is refused."""
