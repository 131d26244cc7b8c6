"""API keys: made, shown once, recognised by their hash, revoked."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from stammis.kit.clock import real_now
from stammis.kit.errors import Invalid, NotFound
from stammis.programmes.models import Programme
from stammis.staff.models import ApiKey
from stammis.staff.services.audit import record_audit

SCOPES = (
    "members:read",
    "members:write",
    "purchases:read",
    "purchases:write",
    "events:write",
    "ledger:read",
    "rewards:read",
    "redemptions:write",
    "adjustments:write",
    "adjustments:large",
    "transfers:write",
    "rates:write",
    "metrics:read",
    "programmes:read",
    "programmes:write",
    "programmes:approve",
    "programmes:publish",
    "backtests:read",
    "backtests:write",
    "corrections:read",
    "corrections:write",
)
LARGE = "adjustments:large"
"""Lifts the limit for points given or taken by programs."""
REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS = 1_000

_remembered: dict[bytes, tuple[float, ApiKey]] = {}


class UnknownScope(Invalid):
    """There is no such scope."""

    code = "unknown_scope"


@transaction.atomic
def create_key(
    name: str,
    scopes: Iterable[str] = (),
    programme: Programme | None = None,
    *,
    rate_per_minute: int | None = None,
    by: str,
) -> tuple[ApiKey, str]:
    """Make a key and give it with its text, which is nowhere kept; without scopes it may do everything.

    Raises UnknownScope.
    """
    asked = set(scopes) or set(SCOPES)
    unknown = sorted(asked.difference(SCOPES))
    if unknown:
        raise UnknownScope(
            gettext_noop("There is no scope «%(name)s». The scopes are: %(known)s."),
            values={"name": unknown[0], "known": ", ".join(SCOPES)},
        )
    plain = f"stammis_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=plain[:14],
        hash=_hash(plain),
        scopes=[scope for scope in SCOPES if scope in asked],
        programme=programme,
        rate_per_minute=rate_per_minute,
        created_at=real_now(),
        created_by=by,
    )
    record_audit(by, "staff.create_key", subject=name, scopes=key.scopes, key=str(key.id))
    return key, plain


@transaction.atomic
def revoke_key(key_id: uuid.UUID, *, by: str) -> ApiKey:
    """Make a key useless from now on (within five seconds in other processes). Raises NotFound."""
    key = ApiKey.objects.select_for_update().filter(id=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = real_now()
        key.save(update_fields=["revoked_at"])
        record_audit(by, "staff.revoke_key", subject=key.name, key=str(key.id))
    _remembered.clear()
    return key


def remembered_key(plain: str) -> ApiKey | None:
    """Give the key with this text if the database told of it within the last five seconds; nobody is asked."""
    known = _remembered.get(_hash(plain))
    return known[1] if known is not None and time.monotonic() - known[0] < REMEMBERED_SECONDS else None


def authenticate_key(plain: str) -> ApiKey | None:
    """Give the key with this text, or None; what the database said is believed for five seconds."""
    known = remembered_key(plain)
    if known is not None:
        return known
    wanted, now = _hash(plain), time.monotonic()
    key = ApiKey.objects.select_related("programme").filter(hash=wanted, revoked_at=None).first()
    if key is None:
        _remembered.pop(wanted, None)
        return None
    today = real_now().date()
    if key.last_used_on != today:
        ApiKey.objects.filter(id=key.id).update(last_used_on=today)
    if len(_remembered) >= REMEMBERED_KEYS:
        _remembered.clear()
    _remembered[wanted] = (now, key)
    return key


def _hash(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()
