"""Writes that honour an Idempotency-Key: the same request under the same key gives the first answer, for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from stammis.api.door import reply_raw
from stammis.api.services import keep, take
from stammis.intake.codes import fault
from stammis.kit.errors import IdReused, Invalid
from stammis.staff.models import ApiKey

LONGEST_KEY = 200
_encode = msgspec.json.Encoder().encode


def check_length(text: str) -> None:
    """Raise Invalid where this is no Idempotency-Key: it has 1 to 200 characters."""
    if not 1 <= len(text) <= LONGEST_KEY:
        raise Invalid(errors=[fault("/Idempotency-Key", "too_long", "A key has 1 to 200 characters.")])


def once(
    request: HttpRequest,
    key: ApiKey,
    digest: bytes,
    write: Callable[[], tuple[int, Any]],
    *,
    conflicts: bool = True,
) -> HttpResponse:
    """Do a write and answer it; with an Idempotency-Key, answer what was answered to it before.

    ``digest`` stands for what is asked, ``write`` gives a status and a document, or raises. Two requests with one key
    at the same time wait for each other. Where the key came with another request: raises IdReused, or, for a write that
    never ``conflicts``, does it; the key goes on to stand for the first one.
    """
    text = request.headers.get("Idempotency-Key")
    if text is None:
        status, document = write()
        return reply_raw(_encode(document), status)
    check_length(text)
    asked = hashlib.sha256(f"{request.method} {request.path}\n".encode() + digest).digest()
    with transaction.atomic():
        known = take(key, text, hash=asked)
        if known is not None and bytes(known.hash) == asked:
            return reply_raw(known.body.encode(), known.status, replay=True)
        if known is not None and conflicts:
            raise IdReused("This Idempotency-Key was used before, with another request.")
        status, document = write()
        body = _encode(document)
        if known is None:
            keep(key, text, status=status, body=body.decode())
    return reply_raw(body, status)
