"""Reading what moves points between members and wallets, and what ties accounts to each other."""

from __future__ import annotations

import datetime as dt

from stammis.core.events import Exchange, Merged, PoolChanged, Transfer
from stammis.intake.bodies import ExchangeBody, MergeBody, PartBody, ProofBody, TransferBody
from stammis.intake.reading import UNSAID, Said, decode, said_at


def read_transfer(raw: bytes, now: dt.datetime) -> Said:
    """Read points that are given; without a time they move now, which the digest leaves out. Raises Invalid."""
    body = decode(raw, TransferBody)
    asked = Transfer(
        occurred_at=body.occurred_at or UNSAID,
        id=body.id,
        member=body.from_,
        to=body.to,
        wallet=body.wallet,
        amount=body.amount,
    )
    return said_at(body.occurred_at or now, asked, raw, body, body.id)


def read_exchange(raw: bytes, now: dt.datetime) -> Said:
    """Read an exchange between two wallets. Raises Invalid."""
    body = decode(raw, ExchangeBody)
    asked = Exchange(
        occurred_at=body.occurred_at or UNSAID,
        id=body.id,
        member=body.member,
        wallet=body.from_,
        to=body.to,
        amount=body.amount,
    )
    return said_at(body.occurred_at or now, asked, raw, body, body.id)


def read_merge(raw: bytes, now: dt.datetime) -> Said:
    """Read which account ends in which. Raises Invalid."""
    body = decode(raw, MergeBody)
    asked = Merged(occurred_at=UNSAID, id=body.id, member=body.member, into=body.into)
    return said_at(now, asked, raw, body, body.id)


def read_proof(raw: bytes) -> tuple[str, str | None]:
    """Read a proven address, as guests are known by it, and the programme named. Raises Invalid."""
    body = decode(raw, ProofBody)
    return body.email.strip().lower(), body.programme


def read_part(raw: bytes, member: str, pool: str, now: dt.datetime) -> tuple[PoolChanged, str | None]:
    """Read a member's part in a pool, and the programme named; by default all points and all rights. Raises Invalid."""
    body = decode(raw or b"{}", PartBody)
    changed = PoolChanged(
        occurred_at=now,
        member=member,
        pool=pool,
        account="",
        share=100 if body.share is None else body.share,
        rights=("earn", "spend", "view") if body.rights is None else tuple(sorted(set(body.rights))),
    )
    return changed, body.programme
