"""Publishing a programme, and the drafts that come before it: every write of this room."""

from __future__ import annotations

from stammis.programmes.services.drafts import (
    Author,
    DraftMoved,
    NotYours,
    WrongState,
    approve,
    ask_for_review,
    begin,
    discard,
    go_back,
    publish_draft,
    save,
    send_back,
    undo,
)
from stammis.programmes.services.publishing import (
    BadDocument,
    FixedForGood,
    StartsInPast,
    english,
    hold_decimals,
    publish,
    read,
)
from stammis.programmes.services.rates import BadRate, set_rate

__all__ = [
    "Author",
    "BadDocument",
    "BadRate",
    "DraftMoved",
    "FixedForGood",
    "NotYours",
    "StartsInPast",
    "WrongState",
    "approve",
    "ask_for_review",
    "begin",
    "discard",
    "english",
    "go_back",
    "hold_decimals",
    "publish",
    "publish_draft",
    "read",
    "save",
    "send_back",
    "set_rate",
    "undo",
]
