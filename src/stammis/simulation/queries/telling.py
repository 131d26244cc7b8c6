"""Why a member would have had more or less: both folds of the member beside each other, event by event, in words."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from stammis.accrual import sentences
from stammis.accrual.sentences import Part
from stammis.accrual.services.deciding import Decided
from stammis.core.calendars import instant
from stammis.core.effects import Posted, Step, TierMoved
from stammis.core.events import AnyEvent, DayPassed, Purchase, Received
from stammis.core.explain import full_steps
from stammis.kit.errors import NotFound
from stammis.programmes.queries import Versions
from stammis.simulation.models import Explanation, Run
from stammis.simulation.queries.comparing import NotComparable, kept_course
from stammis.simulation.results import folder_of
from stammis.simulation.righting import Deed
from stammis.simulation.shift import Shift

Key = tuple[str, int, str]
FORM = 1
"""The form of what is kept of members; others are reckoned anew."""
_read = msgspec.json.Decoder(list[Deed]).decode


class NotInRun(NotFound):
    """This member is not among those whom the back-test is about."""

    code = "not_in_run"


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What an event came to in one run: points by wallet, what gave them and what gave nothing, and level moves.

    ``version`` is the number of the version that decided; 0 where nothing did.
    """

    version: int = 0
    points: dict[str, int] = {}
    parts: tuple[Part, ...] = ()
    not_applied: tuple[Part, ...] = ()
    tiers: dict[str, str | None] = {}


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """An event that came to something else: what it was, when, and both sides."""

    kind: str
    id: str | None
    at: dt.datetime
    today: Side
    tried: Side


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A member in both runs: the events that differ, oldest first, and how many do not."""

    member: uuid.UUID
    moments: tuple[Moment, ...]
    alike: int


def why(run: Run, member: uuid.UUID, other: Run | None = None) -> Why | None:
    """Tell the events of a member that came to something else in one run than in the other; in the active language.

    A member who shares nothing is folded again here and now. Where others have to be folded as well, what
    ``services.explain`` kept is told; None as long as there is nothing. Raises NotComparable, NotInRun and Outdated.
    """
    sides = sides_of(member, run, other)
    told = [_told(folder_of(each), shift, member.bytes) for each, shift in zip(_both(run, other), sides, strict=True)]
    return None if told[0] is None or told[1] is None else beside(member, told[0], told[1])


def under_way(run: Run, member: uuid.UUID, other: Run) -> Explanation | None:
    """Give what the worker is finding out, or will find out, about a member in two runs; None where it is not asked.

    It costs one row: who asks again and again until it is done is not to have the history read each time.
    """
    asked = Explanation.objects.filter(member_id=member, run=run, other=other)
    return asked.filter(state__in=[Explanation.State.QUEUED, Explanation.State.RUNNING]).first()


def sides_of(member: uuid.UUID, run: Run, other: Run | None = None) -> tuple[Shift, Shift]:
    """Give what can fold a member again as both runs did, that beside it first.

    Raises NotComparable, NotInRun and Outdated.
    """
    before, tried = (_shift(each) for each in _both(run, other))
    if not (before.has(member.bytes) and tried.has(member.bytes)):
        raise NotInRun
    return before, tried


def keep(folder: Path, told: Mapping[bytes, Iterable[Decided]]) -> None:
    """Write down what was decided of members in a run, beside its results."""
    place = folder / f"told-{FORM}"
    place.mkdir(mode=0o700, exist_ok=True)
    for member, decided in told.items():
        part = place / f"{member.hex()}.{os.getpid()}.part"
        deeds = [Deed(step.event, step.version, step.decision) for step in decided]
        part.write_bytes(msgspec.json.encode(deeds))
        part.replace(place / member.hex())


def kept(folder: Path, member: bytes) -> list[Deed] | None:
    """Read what was decided of a member; None where nothing was written down."""
    try:
        return _read((folder / f"told-{FORM}" / member.hex()).read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def beside(member: uuid.UUID, today: Told, tried: Told) -> Why:
    """Lay what was decided of a member in two folds side by side, in the active language."""
    keys = sorted(today.steps.keys() | tried.steps.keys(), key=lambda key: (key[1], key[0], key[2]))
    moments: list[Moment] = []
    for key in keys:
        sides = _side(today, key), _side(tried, key)
        if _come_to(sides[0]) != _come_to(sides[1]):
            event = (tried.steps.get(key) or today.steps[key])[0].event
            moments.append(
                Moment(
                    kind=str(event.__struct_config__.tag),
                    id=getattr(event, "id", None) or getattr(event, "purchase", None),
                    at=event.occurred_at,
                    today=sides[0],
                    tried=sides[1],
                )
            )
    return Why(member=member, moments=tuple(moments), alike=len(keys) - len(moments))


class Told:
    """What was decided of one member, by what is the same in both runs: kind, instant and id."""

    def __init__(self, versions: Versions, decided: Iterable[Decided | Deed]) -> None:
        self.versions = versions
        self.steps: dict[Key, list[Decided | Deed]] = {}
        times: Counter[Key] = Counter()
        for step in decided:
            event = step.event
            kind = str(event.__struct_config__.tag)
            named = "" if isinstance(event, DayPassed) else str(getattr(event, "id", getattr(event, "purchase", "")))
            key = (kind, instant(event.occurred_at), named)
            times[key] += 1
            self.steps.setdefault(key, []).append(step)


def _both(run: Run, other: Run | None) -> tuple[Run, Run]:
    other = other or run.compared_with
    if other is None or run.summary is None or other.summary is None:
        raise NotComparable
    return other, run


def _shift(run: Run) -> Shift:
    kept_course(run)
    return Shift(folder_of(run))


def _told(folder: Path, shift: Shift, member: bytes) -> Told | None:
    known: Iterable[Decided | Deed] | None = None
    known = kept(folder, member) if shift.together(member) else shift.tell([member])[member]
    return None if known is None else Told(shift.versions, known)


def _side(told: Told, key: Key) -> Side:
    steps = told.steps.get(key, ())
    points: Counter[str] = Counter()
    tiers: dict[str, str | None] = {}
    given: list[Part] = []
    idle: list[Part] = []
    for each in steps:
        for effect in each.decision.effects:
            if isinstance(effect, Posted) and effect.kind not in {"hold", "release"}:
                points[effect.wallet] += effect.amount
            elif isinstance(effect, TierMoved):
                tiers[effect.set] = effect.after
        for applied, part in _parts(each, told.versions):
            (given if applied else idle).append(part)
    return Side(
        version=steps[-1].version if steps else 0,
        points=dict(points),
        parts=tuple(given),
        not_applied=tuple(idle),
        tiers=tiers,
    )


def _parts(each: Decided | Deed, versions: Versions) -> Iterator[tuple[bool, Part]]:
    rules = versions.number(each.version)
    event: AnyEvent = each.event
    steps: Iterable[Step] = (
        full_steps(event, each.decision, rules) if isinstance(event, Purchase) else each.decision.steps
    )
    if isinstance(event, Received):
        return
    for step in steps:
        if step.points or not step.applied:
            yield step.applied, sentences.part(step, rules.programme)


def _come_to(side: Side) -> tuple[dict[str, int], dict[str, str | None]]:
    return {wallet: points for wallet, points in side.points.items() if points}, side.tiers
