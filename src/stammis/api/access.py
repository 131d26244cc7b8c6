"""Who calls, what the key may do, and how often."""

from __future__ import annotations

import time

from stammis.api.problems import MissingScope, TooMany, Unauthorized
from stammis.api.services import count_request
from stammis.staff.models import ApiKey
from stammis.staff.services import authenticate_key


def plain_key(authorization: str | None) -> str:
    """Read the key's text out of an Authorization header. Raises Unauthorized."""
    scheme, _, plain = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not plain.strip():
        raise Unauthorized
    return plain.strip()


def recognise(plain: str) -> ApiKey:
    """Give the key with this text. Raises Unauthorized."""
    key = authenticate_key(plain)
    if key is None:
        raise Unauthorized
    return key


def admit(plain: str) -> ApiKey:
    """Give the key with this text and count the request against its limit. Raises Unauthorized and TooMany."""
    key = recognise(plain)
    if key.rate_per_minute is not None:
        spend(key)
    return key


def check_scope(key: ApiKey, scope: str) -> None:
    """Raise MissingScope where the key may not do this."""
    if scope not in key.scopes:
        raise MissingScope(f"This key lacks the scope {scope}.", scope=scope)


def spend(key: ApiKey) -> None:
    """Count a request of a key with a limit, over all processes. Raises TooMany with the seconds to wait."""
    seconds = time.time()
    used = count_request(key, minute=int(seconds // 60))
    if key.rate_per_minute is not None and used > key.rate_per_minute:
        wait = str(60 - int(seconds % 60))
        raise TooMany(headers={"Retry-After": wait}, limit=key.rate_per_minute)
