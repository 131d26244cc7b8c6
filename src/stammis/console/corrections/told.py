"""A correction in the reader's words: what it puts right, what that comes to, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.console import formats, pace
from stammis.console.pace import Progress
from stammis.core.programme import Programme as Document
from stammis.core.wallets import Wallet
from stammis.kit import clock
from stammis.programmes import queries as programmes
from stammis.programmes.sentences import lasting, words
from stammis.simulation import queries, services
from stammis.simulation.models import Correction, CorrectionLine

State = Correction.State
LONELY = dt.timedelta(seconds=20)
"""Work that nobody has begun for so long may have been left by a command that was interrupted."""


@dataclass(frozen=True)
class Row:
    """A line of the table of sums: what it is about, for how many members, how many points and how much money."""

    name: str
    members: str
    points: str
    money: str
    strong: bool = False


@dataclass(frozen=True)
class Sums:
    """What a correction comes to in one wallet."""

    id: str
    name: str
    rows: tuple[Row, ...]
    priced: bool


class Told:
    """A correction as lists and its page show it."""

    def __init__(self, correction: Correction) -> None:
        self.correction = correction

    @property
    def document(self) -> Document:
        """What should have decided, read; it knows the wallets of all versions."""
        return queries.document_of(self.correction)

    def period(self) -> str:
        """Say which days, or which hours, are put right."""
        begin, end = self.correction.begins_at, self.correction.ends_at
        zone = ZoneInfo(self.correction.programme.zone)
        begins, ends = begin.astimezone(zone), end.astimezone(zone)
        if begins.time() == ends.time() == dt.time():
            first, last = begins.date(), ends.date() - dt.timedelta(days=1)
            return formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"
        return f"{formats.moment(begin)} – {formats.moment(end)}"

    def instead(self) -> str:
        """Say what should have decided, in place of what."""
        facts = {"wrong": self.correction.wrong, "right": self.correction.version}
        if self.correction.version is None:
            return _("another file in place of version %(wrong)s") % facts if facts["wrong"] else _("another file")
        if self.correction.wrong is None:
            return _("version %(right)s") % facts
        return _("version %(right)s in place of version %(wrong)s") % facts

    def members(self) -> int | None:
        """Give how many members should have had more or less; None as long as it is not known."""
        if self.correction.position is None:
            return None
        return sum(each["gaining"] + each["losing"] for each in queries.totals(self.correction).values())


def progress(correction: Correction) -> Progress:
    """Tell how far the present work on a correction is."""
    waiting = not correction.total and services.unattended(correction)
    return pace.progress(
        correction.id, correction.done, correction.total, waiting=waiting, running=correction.state in services.WORKING
    )


def left(correction: Correction) -> bool:
    """Tell whether work that was asked for a while ago is done by nobody just now."""
    if correction.state not in services.WORKING or not services.unattended(correction):
        return False
    return correction.asked_at is None or clock.real_now() - correction.asked_at > LONELY


def sums(correction: Correction, document: Document) -> list[Sums]:
    """Give by wallet who gains and loses how much, and what was posted and undone of it."""
    moved = queries.posted(correction)
    return [
        Sums(
            wallet,
            (words.name(known.name, wallet) if (known := words.wallet_of(document, wallet)) else wallet).capitalize(),
            tuple(_rows(correction, counts, known, document.currency, moved.get(wallet))),
            known is not None and known.value is not None,
        )
        for wallet, counts in queries.totals(correction).items()
    ]


def _rows(
    correction: Correction, counts: dict[str, int], wallet: Wallet | None, currency: str, moved: tuple[int, int] | None
) -> Iterator[Row]:
    def row(name: str, members: int | None, points: int, *, strong: bool = False) -> Row:
        number = "" if members is None else formats.number(members)
        return Row(name, number, _signed(points, wallet), _money(points, wallet, currency), strong)

    if counts["gaining"]:
        yield row(_("Got too little"), counts["gaining"], counts["gains"])
    if counts["losing"]:
        yield row(_("Got too much"), counts["losing"], counts["losses"])
    if counts["gaining"] and counts["losing"]:
        together = counts["gaining"] + counts["losing"]
        yield row(_("Together"), together, counts["gains"] + counts["losses"], strong=True)
    if moved is not None:
        given, undone = moved
        yield row(_("Posted"), None, given, strong=True)
        if undone or correction.state in {State.UNDOING, State.UNDONE}:
            yield row(_("Undone"), None, undone, strong=True)


def _signed(points: int, wallet: Wallet | None) -> str:
    return formats.signed(points, wallet.decimals if wallet else 0)


def _money(points: int, wallet: Wallet | None, currency: str) -> str:
    if wallet is None or wallet.value is None:
        return ""
    worth = words.smallest(abs(points), wallet) * Decimal(str(wallet.value))
    return formats.with_sign(words.money(round(worth, 2), currency), points)


def verdict(correction: Correction, document: Document) -> list[str]:
    """Say in sentences what the plan came to."""
    wallets = queries.totals(correction)
    facts = {
        "looked": formats.number(correction.totals.get("members", 0)),
        "concerned": formats.number(sum(each["gaining"] + each["losing"] for each in wallets.values())),
    }
    if not wallets:
        return [_("Nobody should have got more or less. There is nothing to post.")]
    first = _("%(looked)s members had something happen in these days. %(concerned)s should have got more or less.")
    told = [first % facts]
    for wallet, counts in wallets.items():
        known = words.wallet_of(document, wallet)
        if counts["gaining"]:
            more = ngettext(
                "%(members)s member should have got %(points)s more.",
                "%(members)s members should have got %(points)s more.",
                counts["gaining"],
            )
            told.append(more % _facts(counts["gaining"], counts["gains"], known))
        if counts["losing"]:
            less = ngettext(
                "%(members)s member should have got %(points)s less.",
                "%(members)s members should have got %(points)s less.",
                counts["losing"],
            )
            told.append(less % _facts(counts["losing"], counts["losses"], known))
    return told


def moves(correction: Correction, document: Document, scope: Correction.Scope) -> list[str]:
    """Say who would get and lose how much if it were posted."""
    told: list[str] = []
    today = programmes.versions(correction.programme_id).at(int(clock.now().timestamp())).programme
    for wallet, counts in queries.totals(correction).items():
        known, now = words.wallet_of(document, wallet), words.wallet_of(today, wallet)
        if scope == Correction.Scope.GAINS and not counts["gaining"]:
            continue
        if now is None:
            name = words.name(known.name, wallet) if known else wallet
            told.append(_("«%(wallet)s» is not in the programme now: nothing is posted there.") % {"wallet": name})
            continue
        if counts["gaining"]:
            sentence = ngettext(
                "%(members)s member gets %(points)s more.",
                "%(members)s members get %(points)s more.",
                counts["gaining"],
            )
            told.append(sentence % _facts(counts["gaining"], counts["gains"], known))
        if counts["losing"] and scope == Correction.Scope.ALL:
            sentence = ngettext(
                "Taken back from %(members)s member: %(points)s.",
                "Taken back from %(members)s members: %(points)s.",
                counts["losing"],
            )
            told.append(sentence % _facts(counts["losing"], counts["losses"], known))
            lacking = queries.lacking(correction, wallet)
            if lacking:
                short = ngettext(
                    "%(members)s of them has less than that now.",
                    "%(members)s of them have less than that now.",
                    lacking,
                )
                told.append(short % {"members": formats.number(lacking)})
            told.append(lasting.negative(now.negative_balance or today.negative_balance))
    late = len(queries.late(correction, scope))
    if late:
        sentence = ngettext(
            "Since it was planned purchases of %(members)s member came back or changed: nothing is posted there."
            " Plan it anew to take them in.",
            "Since it was planned purchases of %(members)s members came back or changed: nothing is posted there."
            " Plan it anew to take them in.",
            late,
        )
        told.append(sentence % {"members": formats.number(late)})
    return told


def _facts(members: int, points: int, wallet: Wallet | None) -> dict[str, str]:
    amount = words.points(words.smallest(abs(points), wallet), wallet)
    return {"members": formats.number(members), "points": amount}


@dataclass(frozen=True)
class Difference:
    """A line of the table of members."""

    line: CorrectionLine
    wallet: str
    was: str
    should: str
    change: str
    posted: str
    gains: bool
    because: str


def differences(lines: list[CorrectionLine], document: Document) -> list[Difference]:
    """Write down what members got, should have got, and what was posted of the difference."""
    return [_difference(line, document) for line in lines]


def _difference(line: CorrectionLine, document: Document) -> Difference:
    known = words.wallet_of(document, line.wallet)
    decimals = known.decimals if known else 0
    moved = {CorrectionLine.State.POSTED, CorrectionLine.State.UNDONE}
    return Difference(
        line,
        words.name(known.name, line.wallet) if known else line.wallet,
        formats.points(sum(before for *_origin, before, _after in line.originals), decimals),
        formats.points(sum(after for *_origin, after in line.originals), decimals),
        _signed(line.amount, known),
        _signed(line.posted, known) if line.state in moved else "",
        line.amount > 0,
        because(line.because),
    )


def because(code: str) -> str:
    """Say why a line is not posted."""
    known = {
        "": "",
        "differs_from_ledger": _(
            "What happened, folded again, does not come to what stands in the ledger. The command «stammis verify» says"
            " more."
        ),
        "came_back_since": _(
            "Purchases of this member came back, or changed, after it was planned. Nothing was posted here: undo the"
            " correction and plan it anew."
        ),
        "unknown_wallet": _("This wallet is not in the programme any more."),
        "no_member": _("This account has no id of its own: a guest."),
    }
    return known.get(code, _("It was refused: %(code)s.") % {"code": code})


def undoing(correction: Correction, document: Document) -> list[str]:
    """Say what undoing would post: the opposite of what was really posted."""
    told: list[str] = []
    for wallet, (gaining, gains, losing, losses) in queries.given_and_taken(correction).items():
        known = words.wallet_of(document, wallet)
        if gaining:
            taken = ngettext(
                "Taken back from %(members)s member: %(points)s.",
                "Taken back from %(members)s members: %(points)s.",
                gaining,
            )
            told.append(taken % _facts(gaining, gains, known))
        if losing:
            given = ngettext(
                "%(members)s member gets back %(points)s.",
                "%(members)s members get back %(points)s.",
                losing,
            )
            told.append(given % _facts(losing, losses, known))
    return told
