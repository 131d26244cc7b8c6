"""Drafts of programmes."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

State = Literal["draft", "in_review", "approved", "published", "discarded"]


class MistakeAnswer(Struct, kw_only=True):
    """What is wrong with a document: where, a stable code, a sentence, and the nearest name that exists."""

    pointer: str
    code: str
    message: str
    nearest: str | UnsetType = UNSET


class FieldChangeAnswer(Struct, kw_only=True):
    """A field that says something else."""

    pointer: str
    name: str
    before: str
    after: str


class ChangeAnswer(Struct, kw_only=True):
    """A part that is new, gone, or says something else: in sentences, and field by field."""

    kind: Literal["added", "removed", "changed"]
    list_: str = field(name="list")
    id: str
    pointer: str
    name: str
    before: list[str]
    after: list[str]
    fields: list[FieldChangeAnswer]


class DraftStepAnswer(Struct, kw_only=True):
    """Something that was done with a draft, by whom and when; ``alone``: approved by its own author."""

    number: int
    act: Literal["begun", "saved", "undone", "asked", "sent_back", "approved", "published", "discarded"]
    by: str
    at: dt.datetime
    note: str
    alone: bool


class DraftItem(Struct, kw_only=True):
    """A draft, as they are listed: ``base`` is the version it began with, ``version`` the one it was published as."""

    id: str
    name: str
    state: State
    base: int
    version: int | None
    step: int
    begun_at: dt.datetime
    changed_at: dt.datetime


class DraftAnswer(DraftItem, kw_only=True):
    """A draft: its document, what is wrong with it, and who did what.

    ``changes``: what publishing it would change of the version ``compared_with``, the newest; of a draft with mistakes,
    or that is closed, nothing. ``risks``: what it would do that nobody means, in sentences.
    """

    document: dict[str, Any]
    mistakes: list[MistakeAnswer]
    compared_with: int | None
    changes: list[ChangeAnswer]
    risks: list[str]
    authors: list[str]
    history: list[DraftStepAnswer]


class DraftsAnswer(Struct, kw_only=True):
    """A page of drafts."""

    items: list[DraftItem]
    next: str | None
