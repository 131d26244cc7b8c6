"""The calls in the documentation are calls that the API understands."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from stammis.intake import bodies, documents
from stammis.intake.reading import decode
from stammis.kit.errors import Invalid
from tests.docs import curl, markdown
from tests.docs.markdown import PAGES, Block

PAGES_WITH_CALLS = [page for page in PAGES if any("curl " in block.text for block in markdown.blocks(page))]
SHELLS = ("sh", "bash", "shell")
READ_AS: dict[str, Callable[[bytes], object]] = {
    r"POST /api/v1/purchases": partial(decode, body=bodies.PurchaseBody),
    r"POST /api/v1/purchases/[^/]+/returns": partial(decode, body=bodies.ReturnBody),
    r"PUT /api/v1/purchases/[^/]+/status": partial(decode, body=bodies.StatusBody),
    r"POST /api/v1/events": partial(decode, body=bodies.EventBody),
    r"POST /api/v1/batch": msgspec.json.Decoder(bodies.BatchBody).decode,
    r"POST /api/v1/redemptions": partial(decode, body=bodies.RedemptionBody),
    r"POST /api/v1/redemptions/[^/]+/cancel": partial(decode, body=bodies.CancelBody),
    r"POST /api/v1/adjustments": partial(decode, body=bodies.AdjustmentBody),
    r"POST /api/v1/corrections": documents.read_correction,
    r"POST /api/v1/corrections/[^/]+/post": partial(decode, body=documents.PostingBody),
    r"PUT /api/v1/members/[^/]+": partial(decode, body=bodies.MemberBody),
}


def mistakes(block: Block) -> list[str]:
    """What is wrong with the body of a block's call."""
    call = curl.read(block.text)
    if call is None or call.body is None or call.body.startswith("@"):
        return []
    asked = f"{call.method} {call.path}"
    read = next((read for pattern, read in READ_AS.items() if re.fullmatch(pattern, asked)), None)
    if read is None:
        return [f"line {block.line}: there is no {asked}"]
    if call.headers.get("content-type") != "application/json":
        return [f"line {block.line}: {asked} says no Content-Type"]
    try:
        read(call.body.encode())
    except Invalid as problem:
        return [f"line {block.line}: {error['pointer']}: {error['message']}" for error in problem.errors]
    return []


@pytest.mark.parametrize("path", PAGES_WITH_CALLS, ids=markdown.name)
def test_every_body_of_a_call_is_understood(path: Path) -> None:
    shells = [block for block in markdown.blocks(path) if block.language in SHELLS]
    found = [mistake for block in shells for mistake in mistakes(block)]
    assert not found, "\n".join(found)


def test_a_call_with_a_typo_is_found() -> None:
    said = """curl http://127.0.0.1:8000/api/v1/adjustments -H 'Content-Type: application/json' -d '{"id": "1"}'"""
    assert any("/member: " in mistake for mistake in mistakes(Block("sh", said, 1)))
