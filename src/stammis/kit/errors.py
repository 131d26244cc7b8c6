"""Errors that a caller can act on: a stable code, an HTTP status, and the docstring as the default message."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

from stammis.core.wording import Worded
from stammis.kit.telling import told, told_each


class Problem(Exception):
    """Something is wrong with the request."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400

    def __init__(
        self,
        message: str | None = None,
        *,
        values: Mapping[str, object] | None = None,
        errors: list[dict[str, str]] | None = None,
        **detail: Any,
    ) -> None:
        """Take a message for people (default: the class's docstring), field errors, and what else there is to know.

        A message is written in English inside ``gettext_noop``, where ``values`` are those of its ``%(name)s``, or is
        ``Worded``, as those of field errors may be.
        """
        self.text = message or inspect.cleandoc(type(self).__doc__ or "")
        self.values = values
        self.message = self.text % values if values else str(self.text)
        self.errors = errors or []
        self.detail = detail
        super().__init__(self.message)

    @property
    def sentence(self) -> Worded:
        """The message as a sentence that can be kept, and told in another language later."""
        if isinstance(self.text, Worded):
            return self.text
        values = self.values or {}
        return Worded(
            str(self.text),
            **{name: each if isinstance(each, str | int) else str(each) for name, each in values.items()},
        )

    def told(self) -> str:
        """Say it in the active language; ``message`` is always English, for programs and for logs."""
        return told(self.sentence)

    def told_errors(self) -> list[dict[str, str]]:
        """Say what is wrong with each field in the active language; ``errors`` is English."""
        return told_each(self.errors)


def why_ended(error: BaseException) -> Worded:
    """Say why work ended early that an error ended: what the error says, or that nobody had foreseen it."""
    if isinstance(error, Problem):
        return error.sentence
    words = str(error) or type(error).__name__
    return Worded("Something broke that nobody had foreseen: %(words)s. The log says more.", words=words)


class NotFound(Problem):
    """There is nothing with this id."""

    code = "not_found"
    status = 404


class Invalid(Problem):
    """The request has fields that cannot be accepted."""

    code = "invalid"
    status = 422


class Conflict(Problem):
    """The request contradicts what is already there."""

    code = "conflict"
    status = 409


class IdReused(Conflict):
    """This id was used before, with another body."""

    code = "id_reused"
