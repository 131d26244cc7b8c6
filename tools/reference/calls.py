"""The page of the HTTP interface: what all calls have in common, then every call, from the OpenAPI document."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import msgspec

from stammis.api.openapi.describing import TAGS
from stammis.api.openapi.document import openapi_document, operations
from tools.reference.markdown import cell, code, table

INTRODUCTION = """\
# HTTP interface

Everything lies under `/api/v1`. The OpenAPI 3.1 document is `/api/v1/openapi.json`; an installation shows it as a page
at `/api/v1/docs`. A first call, from nothing, is in [the first purchase](../how-to/first-purchase.md).

## What all calls have in common

- **Keys.** `Authorization: Bearer KEY`, made by `stammis key create`. A key has scopes and may be bound to one
  programme, or have a limit of requests in a minute.
- **Programmes.** With one programme nothing needs to be said. With several a body names its `"programme"` (a GET:
  `?programme=`), unless the key is bound to one.
- **Bodies** are JSON, up to 32 MiB. Unknown fields are refused; an optional field may be null. Of a name
  that stands twice in one object the last value counts, as in most readers of JSON; do not send such bodies. Ids are
  yours: any text of 1 to 200 characters, unique for their kind in a programme. In an address an id is percent-encoded
  (`a%2Fb`).
- **Money** is decimal text with at most the currency's decimals, `"12.50"`; JSON numbers are refused. **Quantities**
  are whole numbers or decimal text with up to six decimals. **Points** are whole numbers in the wallet's smallest unit;
  `decimals` stands beside them. **Times** are RFC 3339 with an offset.
- **Repeats.** The same id with the same body gives the first answer and status again, with `Idempotent-Replay: true`,
  for ever. Key order and decimal notation (`"5"`, `"5.00"`) make no difference. Another body under the same id is a 409
  `id_reused`, and nothing is written. Only what was accepted is remembered: a refused call may be tried again with its
  id. Calls without an id of their own honour `Idempotency-Key`.
- **Dry runs.** `?dry_run=true` on every call that can move points gives the same answer and writes nothing;
  `&as_of=TIME` lets it happen at another time, on members as they stood then.
- **When.** `occurred_at` may lie up to five minutes ahead, and as far back as the programme declares (400 days unless
  it says otherwise).
- **Errors** are `application/problem+json` with a stable `code`; a 422 lists every fault with its place. All codes are
  in [errors](errors.md). 503 comes with `Retry-After`: send the same call again, with the same id.
- **Lists** come in pages: `?limit=` (1 to 200, 50 unless given) and `?cursor=`, the `next` of the page before; null is
  the end.

Nothing is answered before it is committed. `GET /health` needs no key.
"""


def page() -> str:
    """The page as Markdown."""
    importlib.import_module("stammis.api.urls")  # hangs the views into the door
    calls = operations()
    parts = [INTRODUCTION]
    for tag, what in TAGS.items():
        parts += [f"## {tag}\n", f"{what}\n"]
        parts += [_call(*each) for each in calls if each[2]["tags"][0] == tag]
    return "\n".join(parts)


def _call(method: str, address: str, operation: dict[str, Any]) -> str:
    scopes = [scope for each in operation.get("security", []) for scope in each.get("key", [])]
    lines = [f"### {operation['summary']}\n", f"`{method} {address}`" + (f" · scope `{scopes[0]}`" if scopes else "")]
    lines[-1] += "\n"
    if operation.get("description"):
        lines.append(f"{operation['description']}\n")
    lines += _parameters(operation)
    lines += _body(operation)
    answers = [status for status in operation["responses"] if int(status) < 300]  # noqa: PLR2004 - what went well
    problems = [status for status in sorted(operation["responses"]) if int(status) >= 300]  # noqa: PLR2004 - what did not
    said = ", ".join(f"{status} {_named(operation['responses'][status])}".strip() for status in answers)
    lines.append(f"Answers: {said}. Errors: {', '.join(problems)}.\n")
    return "\n".join(lines)


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    rows = [
        (code(each["name"]), each["in"], cell(each.get("description", "")) or "–")
        for each in operation.get("parameters", [])
    ]
    if rows:
        yield table(("Parameter", "In", "Meaning"), rows)


def _body(operation: dict[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return
    schema = openapi_document()["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    required = schema.get("required", [])
    fields = [name for name in schema["properties"] if name in required]
    others = [name for name in schema["properties"] if name not in required]
    needed = ", ".join(code(name) for name in fields) or "nothing"
    yield f"Body: {needed}; may have {', '.join(code(name) for name in others)}.\n"
    for example in content.get("examples", {}).values():
        written = msgspec.json.format(msgspec.json.encode(example["value"]), indent=2).decode()
        yield f"```json\n{written}\n```\n"


def _named(answer: dict[str, Any]) -> str:
    schemas = [each["schema"].get("$ref", "") for each in answer.get("content", {}).values()]
    return code(schemas[0].rpartition("/")[2]) if schemas and schemas[0] else ""
