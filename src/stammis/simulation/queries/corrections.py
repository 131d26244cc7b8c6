"""Corrections: those there are, the members whom they concern, and what to tell them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Abs
from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.sentences.correcting import corrected
from stammis.core.document import parse
from stammis.core.events import Adjustment, Corrected
from stammis.kit import clock
from stammis.kit.errors import NotFound
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words
from stammis.simulation.models import Correction, CorrectionLine

LARGEST = 50
MESSAGE_HEAD = ("member", "name", "amount", "wallet", "sentence")


class UnknownCorrection(NotFound):
    """There is no correction with this id."""

    code = "unknown_correction"


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


def lines(found: Correction, *, apart: bool = False) -> QuerySet[CorrectionLine]:
    """Give the lines of a correction, the largest first; with ``apart`` those that are listed apart."""
    which = Q(state=CorrectionLine.State.APART)
    chosen = CorrectionLine.objects.filter(which if apart else ~which, correction=found).select_related("member")
    return chosen.order_by(Abs("amount").desc(), "member_id", "wallet")


def posted(found: Correction) -> dict[str, tuple[int, int]]:
    """Give by wallet what was really posted, and what was posted to undo it."""
    sums = CorrectionLine.objects.filter(correction=found).values_list("wallet").annotate(Sum("posted"), Sum("undone"))
    return {wallet: (given, undone) for wallet, given, undone in sums.order_by("wallet") if given or undone}


def messages(found: Correction) -> Iterator[Message]:
    """Give what to tell whom, by the members' ids and in their languages: what was posted, else what is planned."""
    document = parse(found.document)
    chosen = lines(found).exclude(state__in=[CorrectionLine.State.REFUSED, CorrectionLine.State.UNDONE])
    if found.scope == Correction.Scope.GAINS:
        chosen = chosen.filter(amount__gt=0)
    for line in chosen.order_by("member__reference", "wallet").iterator(chunk_size=1_000):
        amount = line.posted if line.state == CorrectionLine.State.POSTED else line.amount
        if amount:
            with translation.override(line.member.locale or translation.get_language()):
                wallet = words.wallet_of(document, line.wallet)
                yield Message(
                    line.member.reference or "",
                    line.member.name or "",
                    str(words.smallest(amount, wallet)),
                    line.wallet,
                    sentence(found, line, amount),
                )


def sentence(found: Correction, line: CorrectionLine, amount: int) -> str:
    """Say what a member gets or loses and why, in the active language."""
    document = parse(found.document)
    wallet = words.wallet_of(document, line.wallet)
    facts = {
        "points": words.points(words.smallest(abs(amount), wallet), wallet),
        "name": found.name,
        "events": explain(found, line),
    }
    if amount > 0:
        return _("You get %(points)s. «%(name)s» puts right %(events)s.") % facts
    return _("%(points)s are taken back. «%(name)s» puts right %(events)s.") % facts


def explain(found: Correction, line: CorrectionLine) -> str:
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
    return corrected(event, parse(found.document))
