"""Why a balance and a level were what they were at a moment: the member folded again from what had happened by then."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.models import Decision
from stammis.accrual.queries.timeline import sentence_of
from stammis.accrual.records import read_event
from stammis.accrual.sentences import levels
from stammis.accrual.services.deciding import Decided
from stammis.accrual.services.past import MOST_EVENTS, Stored, counting, fold
from stammis.accrual.services.refolding import Refold
from stammis.activity.models import Event
from stammis.core.calendars import instant, moment
from stammis.core.effects import Activated, Posted, TierMoved
from stammis.core.events import AnyEvent
from stammis.core.progress import TierProgress, tier_progress
from stammis.core.rules import Rules
from stammis.core.standing import Purse, Standing
from stammis.core.views import wallet_view
from stammis.kit.errors import Invalid
from stammis.ledger.queries import row_id
from stammis.members import queries as members
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words


class TooFarBack(Invalid):
    """More has happened to this member by then than is folded again."""

    code = "as_of_past"


@dataclass(frozen=True, slots=True)
class Moved:
    """The latest change of a level: what happened, as which event of the member (None: a day that passed)."""

    effect: TierMoved
    event: AnyEvent
    seq: int | None
    after: TierProgress | None


@dataclass(slots=True)
class Moment:
    """A member at a moment.

    Attributes:
        at: the moment in epoch seconds.
        rules: the version in force then.
        sums: by wallet and kind of row, what all rows so far add up to; without those whose points were still pending.
        moved: by tier set, the latest change of the level.
        expired: by wallet, the rows that let points end, oldest first.
        waiting: by the row that brought them, rows whose points are pending.
    """

    member: Member
    at: int
    rules: Rules
    standing: Standing = field(default_factory=Standing)
    sums: dict[str, Counter[str]] = field(default_factory=dict)
    moved: dict[str, Moved] = field(default_factory=dict)
    expired: dict[str, list[Posted]] = field(default_factory=dict)

    waiting: dict[int, list[Posted]] = field(default_factory=dict)

    def purse(self, wallet: str) -> Purse:
        """Give the member's side of a wallet."""
        return self.standing.purses.get(wallet, Purse())

    def balance(self, wallet: str) -> int:
        """Give what its rows add up to, which is what is left in its lots, less debt."""
        purse = self.purse(wallet)
        return purse.balance - purse.held

    def add(self, row: Posted) -> None:
        """Count a row whose points are, or once were, to be had."""
        self.sums.setdefault(row.wallet, Counter())[row.kind] += row.amount


def moment_of(programme: Programme, member: Member, at: dt.datetime) -> Moment:
    """Fold what had happened to a member by a moment; what is to come by itself is let happen. Raises TooFarBack."""
    versions = programmes.versions(programme.id)
    until = instant(at)
    found = Moment(member, until, versions.at(until))
    refold = Refold(versions)
    for seq, step in fold(refold, counting(_events(member, at), until), until):
        _take_in(found, seq, step, versions.number(step.current or step.version))
    found.standing = refold.standing
    return found


def why_moment(programme: Programme, reference: str, at: dt.datetime, language: str | None = None) -> dict[str, Any]:
    """Explain what a member had at a moment, in the contract's form. Raises UnknownMember and TooFarBack."""
    found = moment_of(programme, members.find(programme.id, reference), at)
    with translation.override(language or translation.get_language() or words.ENGLISH):
        return {
            "member": reference,
            "at": at,
            "version": found.rules.version,
            "enrolled": found.standing.enrolled,
            "wallets": {wallet: _wallet(found, wallet) for wallet in found.rules.wallets},
            "tiers": [_tiers(found, progress) for progress in tier_progress(found.standing, found.rules, found.at)],
        }


def balance_sentence(found: Moment, wallet: str) -> str:
    """Say what was in a wallet and what it came of, in the active language."""
    document = found.rules.programme
    named = words.wallet_of(document, wallet)
    local = moment(found.at).astimezone(found.rules.calendar.zone)
    facts = {
        "points": words.points(words.smallest(found.balance(wallet), named), named),
        "day": words.day(local.date()),
        "time": f"{local:%H:%M}",
    }
    parts = [
        f"{words.signed(words.smallest(amount, named))} {kind_name(kind)}"
        for kind, amount in found.sums.get(wallet, {}).items()
        if amount
    ]
    if not parts:
        return _("%(points)s on %(day)s at %(time)s: nothing had moved yet.") % facts
    return _("%(points)s on %(day)s at %(time)s: %(parts)s.") % (facts | {"parts": words.both(parts)})


def kind_name(kind: str) -> str:
    """Say in the active language what a kind of row did with points."""
    names = {
        "earn": _("earned"),
        "spend": _("spent"),
        "return": _("taken back"),
        "restore": _("came back"),
        "expire": _("expired"),
        "adjust": _("by hand"),
        "hold": _("held"),
        "release": _("let go"),
        "transfer_in": _("received"),
        "transfer_out": _("passed on"),
    }
    return names.get(kind, kind)


def _events(member: Member, at: dt.datetime) -> list[Stored]:
    rows = Event.objects.filter(Q(occurred_at__lte=at) | Q(kind=Event.Kind.MEMBER), member_id=member.id)
    found = list(rows.order_by("seq").values_list("seq", "body")[: MOST_EVENTS + 1])
    if len(found) > MOST_EVENTS:
        raise TooFarBack
    decisions = {
        seq: (version, record)
        for seq, version, record in Decision.objects.filter(member_id=member.id).values_list("seq", "version", "record")
    }
    return [Stored(seq, read_event(body), *decisions[seq]) for seq, body in found]


def _take_in(found: Moment, seq: int | None, step: Decided, rules: Rules) -> None:
    for effect in step.decision.effects:
        if isinstance(effect, Posted):
            if effect.awaits is not None:
                brought_by = effect.lots[0].row if effect.lots else effect.row
                found.waiting.setdefault(brought_by, []).append(effect)
                continue
            found.add(effect)
            if effect.kind == "expire":
                found.expired.setdefault(effect.wallet, []).append(effect)
        elif isinstance(effect, Activated):
            for row in found.waiting.pop(effect.row, []):
                found.add(row)
        elif isinstance(effect, TierMoved):
            after = (one for one in tier_progress(step.standing, rules, effect.at) if one["set"] == effect.set)
            found.moved[effect.set] = Moved(effect, step.event, seq, next(after, None))


def _wallet(found: Moment, wallet: str) -> dict[str, Any]:
    purse, member = found.purse(wallet), found.member.id
    return {
        **wallet_view(found.standing, found.rules, found.at)[wallet],
        "sentence": balance_sentence(found, wallet),
        "balance": found.balance(wallet),
        "rows": dict(found.sums.get(wallet, {})),
        "lots": [
            {
                "row": row_id(member, lot.row),
                "left": lot.left,
                "ends_at": None if lot.ends_at is None else moment(lot.ends_at),
            }
            for lot in purse.lots
        ],
        "debt": purse.debt,
        "expired": [
            {"row": row_id(member, row.row), "amount": -row.amount, "occurred_at": moment(row.at)}
            for row in found.expired.get(wallet, [])
        ],
    }


def _tiers(found: Moment, progress: TierProgress) -> dict[str, Any]:
    document = found.rules.programme
    said: dict[str, Any] = {
        "set": progress["set"],
        "level": progress["level"],
        "counted": progress["counted"],
        "next": progress["next"],
        "missing": progress["missing"],
        "decimals": progress["decimals"],
        "last_day": progress["last_day"],
        "moved": None,
    }
    moved = found.moved.get(progress["set"])
    if moved is not None:
        said["moved"] = {
            "before": moved.effect.before,
            "after": moved.effect.after,
            "occurred_at": moment(moved.effect.at),
            "event": sentence_of(moved.event),
            "sentence": levels.moved(moved.effect, moved.event, moved.after, document),
        }
    return said
