"""Reading a curl command as a reader would type it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

WITH_VALUE = {"-X", "--request", "-H", "--header", "-d", "--data", "-o", "--output"}
ALONE = {"-s", "-S", "-sS", "-i", "-f", "--fail", "--silent", "--get", "-G"}


@dataclass(frozen=True)
class Call:
    """What a curl command sends, and where."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: str | None


def read(block: str) -> Call | None:
    """The call of a block of shell; None where it has none. A block holds one command."""
    words = shlex.split(block.replace("\\\n", " "), comments=True)
    if "curl" not in words:
        return None
    words = words[words.index("curl") + 1 :]
    url, method, body, headers = "", "", None, {}
    while words:
        word = words.pop(0)
        if word in {"|", "&&"}:
            break
        if word in WITH_VALUE:
            value = words.pop(0)
            if word in {"-X", "--request"}:
                method = value
            elif word in {"-H", "--header"}:
                name, _, said = value.partition(": ")
                headers[name.lower()] = said
            elif word in {"-d", "--data"}:
                body = value
        elif not word.startswith("-"):
            url = word
        else:
            assert word in ALONE, f"curl {word}: not known here"
    parts = urlsplit(url)
    return Call(method or ("GET" if body is None else "POST"), parts.netloc, parts.path, parts.query, headers, body)
