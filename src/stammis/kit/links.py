"""Links of tables that every event writes to."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

_Model = TypeVar("_Model", bound=models.Model)


def link(to: type[_Model], comment: str) -> models.ForeignKey[_Model, _Model]:
    """Give a foreign key that PostgreSQL neither checks nor indexes: whoever writes it has just read what it names.

    A check would cost every row a look at the other table, and would keep members from being spread over databases.
    """
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        db_comment=comment,
    )
