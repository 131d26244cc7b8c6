"""Corrections, their lines, and what came of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from msgspec import Struct, field

CorrectionState = Literal[
    "planning", "cancelled", "failed", "draft", "dropped", "posting", "posted", "undoing", "undone"
]


class CorrectionWallet(Struct, kw_only=True):
    """A wallet of a correction, in its smallest unit: members who gain and lose, and what was posted and undone."""

    gaining: int
    gains: int
    losing: int
    losses: int
    posted: int
    undone: int


class CorrectionItem(Struct, kw_only=True):
    """A correction, as they are listed; ``done`` of ``total`` is how far its present work is.

    ``wrong`` is the version that ran, ``version`` the published one that should have decided; null: another document.
    """

    id: str
    name: str
    state: CorrectionState
    scope: Literal["all", "gains"]
    from_: dt.datetime = field(name="from")
    to: dt.datetime
    wrong: int | None
    version: int | None
    done: int
    total: int
    message: str
    planned_by: str
    planned_at: dt.datetime
    posted_by: str | None
    posted_at: dt.datetime | None
    undone_by: str | None
    undone_at: dt.datetime | None


class CorrectionAnswer(CorrectionItem, kw_only=True):
    """A correction with what it comes to by wallet, once it is planned.

    ``members`` were looked at; ``apart`` of them are listed apart and are not corrected.
    """

    document: dict[str, Any]
    members: int | None
    apart: int | None
    wallets: dict[str, CorrectionWallet]


class CorrectionsAnswer(Struct, kw_only=True):
    """A page of corrections."""

    items: list[CorrectionItem]
    next: str | None


class CorrectedEvent(Struct, kw_only=True):
    """An event that is put right: what it gave, and should have given. The id of a day is its date."""

    kind: Literal["purchase", "event", "day"]
    id: str
    before: int
    after: int


class CorrectionLineAnswer(Struct, kw_only=True):
    """What a member should have more or less in a wallet, in its smallest unit, and what became of it.

    ``because``: the code of why it is apart or was refused. ``sentence``: what to tell the member.
    """

    member: str | None
    wallet: str
    amount: int
    posted: int
    undone: int
    state: Literal["planned", "apart", "posted", "refused", "undone"]
    because: str | None
    sentence: str
    events: list[CorrectedEvent]


class CorrectionLinesAnswer(Struct, kw_only=True):
    """A page of lines, the largest difference first."""

    items: list[CorrectionLineAnswer]
    next: str | None
