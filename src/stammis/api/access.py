"""Who calls, what the key may do, and how often."""

from __future__ import annotations

import time

from stammis.api.problems import AboveLimit, MissingScope, TooMany, Unauthorized
from stammis.api.services import count_request
from stammis.core.calendars import instant
from stammis.kit import clock
from stammis.programmes import queries as programmes
from stammis.programmes.models import Programme
from stammis.staff.models import ApiKey
from stammis.staff.services import authenticate_key, limits
from stammis.staff.services.keys import LARGE


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


def check_limit(key: ApiKey, programme: Programme, wallet: str, amount: int) -> None:
    """Raise AboveLimit where a key without adjustments:large moves more by hand than programs may at once."""
    if LARGE in key.scopes:
        return
    rules = programmes.versions(programme.id).at(instant(clock.now()))
    decimals = rules.wallets[wallet].decimals if wallet in rules.wallets else 0
    limit = limits.above(limits.KEY, amount, decimals)
    if limit is not None:
        raise AboveLimit(max=limit)


def spend(key: ApiKey) -> None:
    """Count a request of a key with a limit, over all processes. Raises TooMany with the seconds to wait."""
    seconds = time.time()
    used = count_request(key, minute=int(seconds // 60))
    if key.rate_per_minute is not None and used > key.rate_per_minute:
        wait = str(60 - int(seconds % 60))
        raise TooMany(headers={"Retry-After": wait}, limit=key.rate_per_minute)
