"""Sentences that were made for programs in English, told to a person in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from stammis.core.wording import Value, Worded, as_plain, of_plain


def told(sentence: str) -> str:
    """Say a sentence in the active language; one that no catalogue knows stays English."""
    if not isinstance(sentence, Worded) or not sentence.values:
        return gettext(sentence) if sentence else ""
    return gettext(sentence.pattern) % {name: _value(value) for name, value in sentence.values.items()}


def told_again(sentence: str, kept: dict[str, Any] | None = None) -> str:
    """Say a sentence that was kept, with what was kept beside it (see ``core.wording.as_plain``)."""
    return told(of_plain(kept) if kept else sentence)


def kept(sentence: str = "") -> dict[str, Any]:
    """Give the columns in which a row keeps a sentence, for ``told_again``; of none they are empty."""
    return {"message": str(sentence), "wording": as_plain(sentence)}


def told_each(mistakes: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Say what is wrong with each of several fields."""
    return [each | {"message": told(each["message"])} for each in mistakes]


def _value(value: Value) -> Value:
    return told(value) if isinstance(value, Worded) else value
