"""Problems, and the outcomes of a batch."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from stammis.api.shapes.decisions import DecisionAnswer


class FaultAnswer(Struct, kw_only=True):
    """What is wrong, and where: a JSON pointer into the body, or ``/?name`` for a parameter of the address."""

    pointer: str
    code: str
    message: str


class ProblemAnswer(Struct, kw_only=True):
    """An error (RFC 9457): ``code`` is stable, ``detail`` is for people."""

    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultAnswer] | UnsetType = UNSET


class BatchOutcome(Struct, kw_only=True):
    """What became of an item: its status as by itself, and the answer or the problem."""

    status: int
    replay: bool | UnsetType = UNSET
    answer: DecisionAnswer | UnsetType = UNSET
    problem: ProblemAnswer | UnsetType = UNSET


class BatchAnswer(Struct, kw_only=True):
    """An outcome for each item, in order."""

    outcomes: list[BatchOutcome]
