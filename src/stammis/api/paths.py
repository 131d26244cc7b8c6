"""Ids in addresses: any text of up to 200 characters, percent-encoded."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from stammis.kit.errors import NotFound

LONGEST = 200


def read_id(part: str) -> str:
    """Read an id out of a part of an address. Raises NotFound for what can be no id."""
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise NotFound from None
    if not text or len(text) > LONGEST or "\0" in text:
        raise NotFound
    return text


class IdConverter:
    """Ids in Django's addresses, which reach it as they were written."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Read an id; what can be none has no address."""
        try:
            return read_id(value)
        except NotFound as error:
            raise ValueError from error

    def to_url(self, value: str) -> str:
        """Write an id."""
        return quote(value, safe="")
