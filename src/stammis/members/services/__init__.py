"""Writing members: their records and identities, and which accounts belong together."""

from __future__ import annotations

from stammis.members.services.records import (
    FIELDS,
    GUEST,
    GUEST_ADDRESS,
    ID,
    MEMBER,
    Record,
    ask,
    identify,
    merged,
    records,
    save,
)
from stammis.members.services.ties import (
    ACCOUNTS,
    CHARITY,
    MERGED,
    POOLS,
    Alias,
    Closing,
    Part,
    aliases,
    ask_aliases,
    close,
    lead,
    take_part,
)

__all__ = [
    "ACCOUNTS",
    "CHARITY",
    "FIELDS",
    "GUEST",
    "GUEST_ADDRESS",
    "ID",
    "MEMBER",
    "MERGED",
    "POOLS",
    "Alias",
    "Closing",
    "Part",
    "Record",
    "aliases",
    "ask",
    "ask_aliases",
    "close",
    "identify",
    "lead",
    "merged",
    "records",
    "save",
    "take_part",
]
