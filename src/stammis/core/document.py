"""The programme document: from a plain dict to a programme and back, with every problem named at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect as shapes

from stammis.core.agreement import Draft, Placed, disagreements
from stammis.core.combination import Budget, Group, SharedCap
from stammis.core.earn import Earn
from stammis.core.event_types import EventType
from stammis.core.programme import STATUSES, Exchanging, Programme, Reward, Transfers
from stammis.core.reading import Problem, below, misfits
from stammis.core.tier_sets import TierSet
from stammis.core.wallets import Wallet

PARTS: Final[dict[str, Any]] = {
    "wallets": Wallet,
    "earn": Earn,
    "groups": Group,
    "caps": SharedCap,
    "budgets": Budget,
    "tiers": TierSet,
    "rewards": Reward,
    "events": EventType,
}
"""The lists of a programme and what they hold."""

__all__ = ["DocumentErrors", "Problem", "as_document", "parse", "published"]


class DocumentErrors(Exception):
    """The programme document cannot be used as it is; ``errors`` names every problem found."""

    def __init__(self, errors: list[Problem]) -> None:
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.message}" for error in errors))
        self.errors = errors


def parse(document: dict[str, Any]) -> Programme:
    """Reads a programme document.

    The parts that fit are checked against each other even where others do not, so that one reading names everything.

    Raises:
        DocumentErrors: All that is wrong with it, at once.
    """
    problems = list(misfits(document, _shape()))
    if isinstance(document, dict):
        problems += disagreements(_draft(document, problems))
    if problems:
        raise DocumentErrors(problems)
    return published(document)


def published(document: dict[str, Any]) -> Programme:
    """Reads a document that was checked when it was published: it stays readable, whatever is refused since then."""
    return msgspec.convert(document, Programme)


def as_document(programme: Programme) -> dict[str, Any]:
    """The document of a programme: what ``parse`` reads back to the same programme."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(programme))
    return document


@cache
def _shape() -> shapes.Type:
    return shapes.type_info(Programme)


def _draft(document: dict[str, Any], problems: list[Problem]) -> Draft:
    """What of a document can be read: the fields and parts that fit by themselves, each with its place."""
    broken = [problem.pointer for problem in problems]

    def fits(pointer: str) -> bool:
        return not any(at == pointer or at.startswith(f"{pointer}/") for at in broken)

    def read(name: str, shape: Any) -> list[Placed]:
        parts = document.get(name)
        if not isinstance(parts, list | tuple):
            return []
        return [
            Placed(below("", name, place), msgspec.convert(part, shape))
            for place, part in enumerate(parts)
            if fits(below("", name, place))
        ]

    def ids(name: str) -> frozenset[str]:
        parts = document.get(name)
        found = parts if isinstance(parts, list | tuple) else ()
        return frozenset(str(part["id"]) for part in found if isinstance(part, dict) and "id" in part)

    statuses: Mapping[str, str] | None = document.get("statuses", STATUSES)
    if "statuses" in document and not fits("/statuses"):
        statuses = None
    return Draft(
        currency=document["currency"] if "currency" in document and fits("/currency") else None,
        timezone=document["timezone"] if "timezone" in document and fits("/timezone") else None,
        holidays=frozenset(document["holidays"]) if isinstance(document.get("holidays"), dict) else frozenset(),
        only_declared=document.get("only_declared_events") is True,
        parts={name: read(name, shape) for name, shape in PARTS.items()},
        exchange=read("exchange", Exchanging),
        transfers=Placed("/transfers", msgspec.convert(document["transfers"], Transfers))
        if "transfers" in document and fits("/transfers")
        else None,
        ids={name: ids(name) for name in PARTS},
        statuses=None if statuses is None else {"completed": "completed", **statuses},
    )
