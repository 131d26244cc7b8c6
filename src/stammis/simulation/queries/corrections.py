"""Corrections: those there are, the members whom they concern, and what to tell them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Abs
from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import structs

from stammis.accrual.models import Standing
from stammis.accrual.queries.corrected import pending_of
from stammis.accrual.records import read_standing
from stammis.accrual.sentences.correcting import corrected
from stammis.activity.models import Event
from stammis.core.corrections import Corrected
from stammis.core.document import published
from stammis.core.events import Adjustment
from stammis.core.programme import Programme as Document
from stammis.core.views import wallet_view
from stammis.core.wallets import Wallet
from stammis.kit import clock
from stammis.kit.errors import NotFound
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.simulation import course as courses
from stammis.simulation.models import Correction, CorrectionLine
from stammis.simulation.queries.telling import Told, Why, beside
from stammis.simulation.righting import TOGETHER, Deed, deeds, folder_of, read_unit
from stammis.snapshot.columns import bucket_of

MESSAGE_HEAD = ("member", "name", "amount", "wallet", "sentence")


class UnknownCorrection(NotFound):
    """There is no correction with this id."""

    code = "unknown_correction"


class NotInCorrection(NotFound):
    """This member is not among those whom the correction concerns, or what was reckoned of it is gone."""

    code = "not_in_correction"


class Message(NamedTuple):
    """What to tell a member: the amount is in the wallet's unit, as a decimal number."""

    member: str
    name: str
    amount: str
    wallet: str
    sentence: str


def corrections(programme: Programme) -> QuerySet[Correction]:
    """Give the corrections of a programme, newest first."""
    return Correction.objects.filter(programme=programme).order_by("-id")


def correction(programme: Programme, correction_id: uuid.UUID) -> Correction:
    """Give a correction. Raises UnknownCorrection."""
    found = Correction.objects.filter(programme=programme, id=correction_id).select_related("programme").first()
    if found is None:
        raise UnknownCorrection
    return found


Which = Literal["all", "gains", "losses", "refused", "apart"]
"""Lines that are (to be) posted, those of them by which the member gains or loses, and those that are not posted."""
MOST_LOOKED_AT = 2_000
"""The balances of so many members are looked at while somebody waits."""
ORDERS = {
    "largest": ("-size", "member_id", "wallet"),
    "gains": ("-amount", "member_id", "wallet"),
    "losses": ("amount", "member_id", "wallet"),
}
"""In what order lines may be asked for."""


def lines(found: Correction, *, which: Which = "all", q: str = "") -> QuerySet[CorrectionLine]:
    """Give lines of a correction, the largest first; ``size`` is how much each changes; ``q`` begins a member's id."""
    states = CorrectionLine.State
    conditions = {
        "all": ~Q(state=states.APART),
        "gains": Q(amount__gt=0) & ~Q(state=states.APART),
        "losses": Q(amount__lt=0) & ~Q(state=states.APART),
        "refused": Q(state=states.REFUSED),
        "apart": Q(state=states.APART),
    }
    chosen = CorrectionLine.objects.filter(conditions[which], correction=found).select_related("member")
    if q:
        chosen = chosen.filter(Q(member__reference__istartswith=q) | Q(member__name__istartswith=q))
    return chosen.annotate(size=Abs("amount")).order_by(*ORDERS["largest"])


def why_corrected(found: Correction, member: Member) -> Why:
    """Tell what each event of the period gave a member, and should have given, with the rules; in the active language.

    Told are the events of all accounts that go on in this one. Raises NotInCorrection.
    """
    folder = folder_of(found.id)
    accounts = _gone_into(member)
    try:
        versions = [courses.read(folder / name).versions() for name in ("was", "should")]
    except FileNotFoundError as error:
        raise NotInCorrection from error
    sides: tuple[list[Deed], list[Deed]] = ([], [])
    units = {f"b{bucket_of(account):02d}" for account in accounts} | {TOGETHER}
    for unit in sorted(units):
        for each in read_unit(folder, unit) or ():
            if each.member in accounts:
                for place, found_in in enumerate(deeds(each.told)):
                    sides[place].extend(found_in)
    if not any(sides):
        raise NotInCorrection
    told = beside(member.id, *(Told(*each) for each in zip(versions, sides, strict=True)))
    differing = tuple(each for each in told.moments if _points(each.today.points) != _points(each.tried.points))
    return Why(member=member.id, moments=differing, alike=told.alike + len(told.moments) - len(differing))


def _points(points: dict[str, int]) -> dict[str, int]:
    return {wallet: amount for wallet, amount in points.items() if amount}


def _gone_into(member: Member) -> set[bytes]:
    """Give the accounts that go on in a member: its own, and those that were merged into it."""
    found, new = {member.id}, {member.id}
    while new := set(Member.objects.filter(merged_into__in=new).values_list("id", flat=True)) - found:
        found |= new
    return {each.bytes for each in found}


def totals(found: Correction) -> dict[str, dict[str, int]]:
    """Give by wallet how many members gain and lose, and how much; empty as long as it is not planned."""
    wallets: dict[str, dict[str, int]] = found.totals.get("wallets", {})
    return wallets


def lacking(found: Correction, wallet: str) -> int | None:
    """Count who would lose more points of a wallet than there are now; None where that are too many to look at."""
    losing = list(lines(found, which="losses").filter(wallet=wallet)[: MOST_LOOKED_AT + 1])
    if len(losing) > MOST_LOOKED_AT:
        return None
    at = int(clock.now().timestamp())
    rules = programmes.versions(found.programme_id).at(at)
    members = {line.member_id for line in losing}
    pending, active = pending_of(members, found.programme.zone), dict.fromkeys(members, 0)
    for member, state in Standing.objects.filter(member_id__in=members).values_list("member_id", "state"):
        active[member] = wallet_view(read_standing(state), rules, at).get(wallet, {"active": 0})["active"]
    count = 0
    for line in losing:
        waiting = sum(
            min(max(0, before - after), sum(pending.get((line.member_id, wallet, (kind, id)), {}).values()))
            for kind, id, before, after in line.originals
        )
        count += active[line.member_id] + waiting < -line.amount
    return count


def document_of(found: Correction) -> Document:
    """Give the document that should have decided, with the wallets that only published versions have beside its own."""
    document = published(found.document)
    wallets = {each.id: each for each in document.wallets}
    versions = programmes.versions(found.programme_id)
    for _starts_at, number in reversed(versions.starts):
        for each in versions.document(number).wallets:
            wallets.setdefault(each.id, each)
    return structs.replace(document, wallets=tuple(wallets.values()))


def outdated(found: Correction, asked: Iterable[CorrectionLine]) -> set[tuple[uuid.UUID, str]]:
    """Give those of the lines, by member and wallet, of which a purchase came back or changed since the plan."""
    bought = {
        (line.member_id, line.wallet): {name for kind, name, *_sums in line.originals if kind == "purchase"}
        for line in asked
    }
    assert found.position is not None, "what has lines was planned"
    accounts = new = {member for member, _wallet in bought}
    while new := set(Member.objects.filter(merged_into__in=new).values_list("id", flat=True)) - accounts:
        accounts = accounts | new
    changed = set(
        Event.objects.filter(
            member_id__in=accounts,
            kind__in=[Event.Kind.RETURN, Event.Kind.STATUS],
            recorded_at__gt=found.position["at"],
            purchase_id__in=set().union(*bought.values()),
        ).values_list("purchase_id", flat=True)
    )
    return {line for line, purchases in bought.items() if purchases & changed}


def late(found: Correction, scope: Correction.Scope) -> set[uuid.UUID]:
    """Give to whom nothing would be posted as purchases changed since; nobody where too many would be looked at."""
    asked = lines(found, which="gains" if scope == Correction.Scope.GAINS else "all")[: MOST_LOOKED_AT + 1]
    found_lines = list(asked)
    return set() if len(found_lines) > MOST_LOOKED_AT else {member for member, _ in outdated(found, found_lines)}


def posted(found: Correction) -> dict[str, tuple[int, int]]:
    """Give by wallet what was really posted, and what was posted to undo it."""
    sums = CorrectionLine.objects.filter(correction=found).values_list("wallet").annotate(Sum("posted"), Sum("undone"))
    return {wallet: (given, undone) for wallet, given, undone in sums.order_by("wallet") if given or undone}


def given_and_taken(found: Correction) -> dict[str, tuple[int, int, int, int]]:
    """Give by wallet to how many members something was given and how much, and from how many how much was taken."""
    some = CorrectionLine.objects.filter(correction=found, state=CorrectionLine.State.POSTED)
    sums = some.values_list("wallet").annotate(
        gaining=Count("member_id", filter=Q(posted__gt=0)),
        gains=Sum("posted", filter=Q(posted__gt=0), default=0),
        losing=Count("member_id", filter=Q(posted__lt=0)),
        losses=Sum("posted", filter=Q(posted__lt=0), default=0),
    )
    return {
        wallet: (gaining, gains, losing, losses) for wallet, gaining, gains, losing, losses in sums.order_by("wallet")
    }


def messages(found: Correction) -> Iterator[Message]:
    """Give what to tell whom, by the members' ids and in their languages: what was posted, else what is planned.

    Once it is undone they are told of that, each of what undoing moved.
    """
    document = document_of(found)
    undone = found.state == Correction.State.UNDONE
    chosen = lines(found).exclude(state__in=[CorrectionLine.State.REFUSED, CorrectionLine.State.UNDONE])
    if undone:
        chosen = lines(found).filter(state=CorrectionLine.State.UNDONE)
    if found.scope == Correction.Scope.GAINS:
        chosen = chosen.filter(amount__gt=0)
    for line in chosen.order_by("member__reference", "wallet").iterator(chunk_size=1_000):
        amount = line.undone if undone else line.posted if line.state == CorrectionLine.State.POSTED else line.amount
        if amount:
            with translation.override(line.member.locale or translation.get_language()):
                wallet = words.wallet_of(document, line.wallet)
                yield Message(
                    line.member.reference or "",
                    line.member.name or "",
                    str(words.smallest(amount, wallet)),
                    line.wallet,
                    _undone(found, amount, wallet) if undone else sentence(found, line, amount, document),
                )


def _undone(found: Correction, amount: int, wallet: Wallet | None) -> str:
    facts = {"points": words.points(words.smallest(abs(amount), wallet), wallet), "name": found.name}
    if amount > 0:
        return _("You get back %(points)s. The correction «%(name)s» was undone.") % facts
    return _("Taken back: %(points)s. The correction «%(name)s» was undone.") % facts


def sentence(found: Correction, line: CorrectionLine, amount: int, document: Document | None = None) -> str:
    """Say what a member gets or loses and why, in the active language; ``document`` saves reading it again."""
    document = document or document_of(found)
    wallet = words.wallet_of(document, line.wallet)
    facts = {
        "points": words.points(words.smallest(abs(amount), wallet), wallet),
        "name": found.name,
        "events": explain(found, line, document),
    }
    if amount > 0:
        return _("You get %(points)s. «%(name)s» puts right %(events)s.") % facts
    return _("Taken back: %(points)s. «%(name)s» puts right %(events)s.") % facts


def explain(found: Correction, line: CorrectionLine, document: Document | None = None) -> str:
    """Name the events that a line puts right, with what they gave and should have given."""
    event = Adjustment(
        occurred_at=clock.real_now(),
        id="",
        member="",
        wallet=line.wallet,
        amount=line.amount,
        reason="",
        corrects=tuple(Corrected(*each) for each in line.originals),
    )
    return corrected(event, document or document_of(found))
