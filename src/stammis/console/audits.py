"""What stands in the audit, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from stammis.staff.models import Audit

SENTENCES = {
    "staff.sign_in": _("signed in"),
    "staff.sign_out": _("signed out"),
    "staff.locked": _("was locked out after too many wrong passwords"),
    "staff.found": _("added %(subject)s"),
    "staff.invite": _("invited %(subject)s"),
    "staff.reset": _("asked for a new password for %(subject)s"),
    "staff.choose_password": _("chose a password"),
    "staff.change_role": _("gave %(subject)s another role"),
    "staff.disable": _("shut %(subject)s out"),
    "staff.enable": _("let %(subject)s in again"),
    "staff.set_limits": _("set the limits for points by hand"),
    "staff.create_key": _("made the API key «%(subject)s»"),
    "staff.revoke_key": _("revoked the API key «%(subject)s»"),
    "members.change": _("changed the record of member %(subject)s"),
    "members.export": _("exported a list of members"),
    "members.merge": _("merged member %(subject)s into another"),
    "members.part": _("parted member %(subject)s from another again"),
    "members.verify": _("claimed purchases of a guest for member %(subject)s"),
    "members.put_pool": _("changed the household «%(subject)s»"),
    "members.join_pool": _("let member %(subject)s take part in a household"),
    "members.leave_pool": _("let member %(subject)s leave a household"),
    "levels.give": _("changed the level of member %(subject)s by hand"),
    "points.adjust": _("adjusted the points of member %(subject)s"),
    "points.ask_approval": _("asked for approval of points for member %(subject)s"),
    "points.approve": _("approved points for member %(subject)s"),
    "points.refuse": _("refused points for member %(subject)s"),
    "points.transfer": _("passed points of member %(subject)s on"),
    "points.exchange": _("changed points of member %(subject)s into others"),
    "points.extend": _("let the points of member %(subject)s last longer"),
    "points.free": _("freed points of member %(subject)s that were put aside"),
    "points.settle": _("let go or took away pending points of member %(subject)s"),
    "points.restore": _("brought back pending points of member %(subject)s"),
    "rewards.redeem": _("issued a reward to member %(subject)s"),
    "rewards.cancel": _("took back a reward of member %(subject)s"),
    "programmes.publish": _("published the programme «%(subject)s»"),
    "programme.set_rate": _("set a currency's rate"),
    "programmes.restore": _("asked to go back to an earlier version of the programme «%(subject)s»"),
    "programmes.begin_draft": _("began the draft «%(subject)s»"),
    "programmes.draft_ask": _("sent the draft «%(subject)s» to review"),
    "programmes.draft_approve": _("approved the draft «%(subject)s»"),
    "programmes.draft_send_back": _("sent the draft «%(subject)s» back"),
    "programmes.draft_undo": _("took back a change of the draft «%(subject)s»"),
    "programmes.draft_discard": _("put the draft «%(subject)s» away"),
    "installation.move_clock": _("moved the installation's clock"),
    "imports.start": _("started the import of %(subject)s"),
    "imports.stop": _("stopped the import of %(subject)s"),
    "simulation.begin": _("asked for the back-test «%(subject)s»"),
    "simulation.cancel": _("stopped the back-test «%(subject)s»"),
    "simulation.resume": _("went on with the back-test «%(subject)s»"),
    "simulation.pin": _("pinned the back-test «%(subject)s»"),
    "simulation.unpin": _("let the back-test «%(subject)s» go with the old ones"),
    "simulation.remove": _("removed the back-test «%(subject)s»"),
    "liability.reckon": _("had it reckoned what %(subject)s owes for points"),
    "correction.plan": _("planned the correction «%(subject)s»"),
    "correction.stop": _("stopped planning the correction «%(subject)s»"),
    "correction.resume": _("went on with the correction «%(subject)s»"),
    "correction.drop": _("put the correction «%(subject)s» away"),
    "correction.messages": _("exported the messages of the correction «%(subject)s»"),
    "correction.post": _("posted the correction «%(subject)s»"),
    "correction.undo": _("undid the correction «%(subject)s»"),
}


def sentence(entry: Audit) -> str:
    """Say what was done; an act that has no words yet is shown by its name."""
    if entry.what not in SENTENCES:
        return f"{entry.what} {entry.subject}".strip()
    return str(SENTENCES[entry.what]) % {"subject": entry.subject}
