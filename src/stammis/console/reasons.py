"""Why, as pages show it: an event's parts by wallet with their sums, and what gave nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from stammis.accrual.queries.causes import Cause, Total
from stammis.accrual.queries.moments import TooFarBack, kind_name, moment_of
from stammis.accrual.sentences import levels
from stammis.core.effects import TierMoved
from stammis.core.programme import Programme as Document
from stammis.core.progress import TierProgress
from stammis.programmes.models import Programme
from stammis.programmes.sentences import words


@dataclass(frozen=True)
class Given:
    """A line of a sum: whose it is, why, how much in the wallet's smallest unit, and where its rule stands."""

    name: str
    sentence: str
    amount: int
    place: str = ""


@dataclass
class Sum:
    """A wallet's lines, and what they add up to."""

    unit: str
    decimals: int
    lines: list[Given] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """What they add up to."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Told:
    """An event as a page tells it."""

    seq: int
    at: dt.datetime
    recorded_at: dt.datetime
    version: int
    sentence: str
    sums: list[Sum]
    idle: list[str]
    moves: list[str]

    @property
    def silent(self) -> bool:
        """Whether it moved no points: then what the rules say of it is all that there is to read."""
        return not self.sums


def told(cause: Cause, programme: Programme) -> Told:
    """Tell an event with what it gave; a level that it moved with what counted then."""
    case = cause.case
    lines = [
        (
            looked.step.wallet or "",
            Given(
                looked.part.name or kind_name(looked.step.because),
                looked.part.sentence,
                looked.step.points,
                place(looked.step.rule, case.document),
            ),
        )
        for looked in case.parts()
    ]
    return Told(
        seq=cause.stored.seq,
        at=cause.stored.occurred_at,
        recorded_at=cause.stored.recorded_at,
        version=case.version,
        sentence=case.sentence(),
        sums=_summed(lines, case.document),
        idle=[looked.part.sentence for looked in case.not_applied()],
        moves=[levels.moved(move, case.event, _after(cause, move, programme), case.document) for move in case.moves],
    )


def _after(cause: Cause, move: TierMoved, programme: Programme) -> TierProgress | None:
    """Give what counted once a level had moved; None where that is too far back to be folded again."""
    try:
        found = moment_of(programme, cause.stored.member, cause.stored.occurred_at)
    except TooFarBack:
        return None
    moved = found.moved.get(move.set)
    return moved.after if moved is not None and moved.effect == move else None


def in_all(totals: Iterable[Total], document: Document) -> list[Sum]:
    """Tell what stands of a purchase, by wallet and rule."""
    return _summed(
        [(each.wallet, Given(each.name or kind_name(each.because), "", each.amount)) for each in totals], document
    )


def place(rule: str, document: Document) -> str:
    """Give where a rule stands on the programme's page; empty for what belongs to no rule."""
    at = next((at for at, each in enumerate(document.earn) if each.id == rule), None)
    return "" if at is None else f"part-earn-{at}"


def _summed(lines: Iterable[tuple[str, Given]], document: Document) -> list[Sum]:
    sums: dict[str, Sum] = {}
    for wallet, line in lines:
        named = words.wallet_of(document, wallet)
        unit, decimals = (words.name(named.name, wallet), named.decimals) if named else (wallet, 0)
        sums.setdefault(wallet, Sum(unit, decimals)).lines.append(line)
    return list(sums.values())
