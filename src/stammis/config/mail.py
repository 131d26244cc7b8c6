"""How mail leaves: read from STAMMIS_MAIL_URL, in Django's words."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}


class MailServer(TypedDict):
    """Django's settings for a mail server."""

    EMAIL_BACKEND: str
    EMAIL_HOST: str
    EMAIL_PORT: int
    EMAIL_HOST_USER: str
    EMAIL_HOST_PASSWORD: str
    EMAIL_USE_TLS: bool
    EMAIL_USE_SSL: bool


def parse(url: str) -> MailServer:
    """Turn ``smtp://user:password@host:port`` into Django's settings; without a URL mails are printed, not sent.

    ``smtp`` begins in the clear and must switch to TLS when there is a password; ``smtps`` is TLS from the first byte.
    Any other address ends the process: mails that somebody believes to be sent would only be printed.
    """
    parts = urlsplit(url)
    if url and parts.scheme not in PORTS:
        raise SystemExit("STAMMIS_MAIL_URL begins with smtp:// or smtps://, as smtp://user:password@host:587.")
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{'smtp' if parts.scheme in PORTS else 'console'}.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or PORTS.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.password),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
