"""The page of errors: every stable code, gathered from where the code says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import stammis
from stammis.accrual.outcomes import declined
from stammis.accrual.sentences import refusal
from stammis.core.reading import UNKNOWN
from stammis.core.standing import IssuedReward
from stammis.intake.codes import MESSAGES
from tools.reference.markdown import cell, code, table

SOURCES = Path(stammis.__file__).parent
NOT_CALLED = ("config", "console", "core")
"""Rooms whose errors are told on the command line, on a page, or inside another error."""

REWARD_STATES = sorted(set(get_args(get_type_hints(IssuedReward)["state"])) - {"issued"})
VALUE = re.compile(r"%\(\w+\)s")
LETTERS = 8
"""A sentence with fewer letters says nothing once its values are left out: «Expected …»."""

INTRODUCTION = """\
# Errors

Every error of the HTTP interface is `application/problem+json` with a stable `code`, a `status`, a sentence in
`detail`, and for 422 a list `errors` of `{pointer, code, message}`: what is wrong, and where, as a JSON pointer into
the body. The same codes stand in the reports of imports and of `stammis programme check`. Sentences are English,
whatever the language of the console, and may change; codes do not.

```json
{
  "title": "Unprocessable Content",
  "status": 422,
  "code": "invalid",
  "detail": "The request has fields that cannot be accepted.",
  "errors": [
    {
      "pointer": "/lines/0/amount",
      "code": "number_for_money",
      "message": "Money is written as text, such as \\"12.50\\", not as a JSON number."
    }
  ]
}
```
"""
PROBLEMS = """\
## What is wrong with a call
"""
RULES = """\
## What the member's rules refuse

A refused call writes nothing, and its id may be used again. Some refusals say more: `reason`, `max`, `left`.
"""
FIELDS = """\
## What is wrong with a field

In `errors` of a 422, and in the bad rows of an import.
"""
ROWS = """\
## What is wrong with a row

In the bad rows of an import, besides the codes of fields and of what the member's rules refuse.
"""
ROW_MESSAGES = {
    "bad_line": "This line holds a carriage return outside quotes.",
    "bad_quotes": "A quote is opened and not closed, or closed too early.",
    "bad_utf8": "This row is no text in UTF-8.",
    "differs": "A field of the purchase is not what the first of its rows says.",
    "too_many_lines": "A purchase has more lines than one may have.",
    "wrong_columns": "This row has more or fewer cells than the head.",
}
COLUMNS = """\
## What is wrong with the first line of a file

A file whose columns are not understood is refused whole, with all that is wrong with its first line.
"""
UNKNOWN_COLUMN = "There is no column of this name."
DOCUMENTS = """\
## What is wrong with a programme file

All mistakes are found at once, each with its place and, for a name that nothing has, the nearest one that something
has.
"""


def page() -> str:
    """The page as Markdown."""
    parts = (
        INTRODUCTION,
        PROBLEMS,
        table(("Code", "Status", "Meaning"), _problems()),
        RULES,
        table(("Code", "Status", "Meaning"), _refusals()),
        FIELDS,
        table(("Code", "Meaning"), ((code(name), cell(text)) for name, text in sorted(MESSAGES.items()))),
        ROWS,
        table(("Code", "Meaning"), ((code(name), cell(text)) for name, text in sorted(ROW_MESSAGES.items()))),
        COLUMNS,
        table(("Code", "Meaning"), _columns()),
        DOCUMENTS,
        table(("Code", "Meaning"), _documents()),
    )
    return "\n".join(parts)


def problems() -> dict[str, tuple[int, str]]:
    """Every code of an error class in the rooms that the API shows, with its HTTP status and its sentence."""
    classes = {
        node.name: node
        for path in sorted(SOURCES.rglob("*.py"))
        if path.relative_to(SOURCES).parts[0] not in NOT_CALLED
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and (node.name != "Problem" or path.parent.name == "kit")
    }
    found: dict[str, tuple[int, str]] = {}
    for node in classes.values():
        facts = _facts(node, classes)
        if facts and node.name != "Problem" and "code" in _assigned(node):
            found.setdefault(str(facts["code"]), (int(facts["status"]), ast.get_docstring(node) or ""))
    return found


def refusals() -> dict[str, int]:
    """Every code with which an item is refused, and its HTTP status, as the calls in ``core`` and ``accrual`` say."""
    found: dict[str, int] = {}
    for path in [*(SOURCES / "core").glob("*.py"), *(SOURCES / "accrual").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found.update(_refused(node))
    return dict(sorted(found.items()))


def _assigned(node: ast.ClassDef) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str | int):
            found[target.id] = value.value
    return found


def _facts(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, str | int]:
    """The code and status of an error class, its own or its ancestors'; nothing for any other class."""
    if node.name == "Problem":
        return _assigned(node)
    for base in node.bases:
        above = classes.get(base.id) if isinstance(base, ast.Name) else None
        facts = _facts(above, classes) if above is not None else {}
        if facts:
            return facts | _assigned(node)
    return {}


def _problems() -> Iterator[tuple[str, str, str]]:
    for name, (status, sentence) in sorted(problems().items(), key=lambda entry: (entry[1][0], entry[0])):
        yield code(name), str(status), cell(sentence)


def _refusals() -> Iterator[tuple[str, str, str]]:
    for name, status in refusals().items():
        sentence = refusal(name)
        yield code(name), str(status), "" if sentence == name else cell(sentence)


def _refused(call: ast.Call) -> Iterator[tuple[str, int]]:
    """The codes in ``refuse("code")``, ``Refused(code="code")``, ``declined("code")``, ``Declined(409, "code")``."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    words = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
    if name == "refuse" and isinstance(call.args[0], ast.JoinedStr):  # f"already_{state}"
        begins = _text(call.args[0]).rstrip("…")
        yield from ((begins + state, declined(begins + state).status) for state in REWARD_STATES)
        return
    named = [one.value.value for one in call.keywords if one.arg == "code" and isinstance(one.value, ast.Constant)]
    match name, words or named:
        case "Declined", [int(status), str(word)]:
            yield word, status
        case (("refuse" | "declined" | "Refused"), [str(word), *_]):
            yield word, declined(word).status
        case _:
            pass


def _columns() -> Iterator[tuple[str, str]]:
    """The codes and sentences in ``_fault(place, "code", sentence)`` in the room of imports."""
    found: dict[str, str] = {}
    for path in sorted((SOURCES / "imports").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_fault"), args=[_, ast.Constant(value=str(word)), sentence]):
                    found[word] = _text(sentence) or UNKNOWN_COLUMN
                case _:
                    pass
    yield from ((code(name), cell(sentence)) for name, sentence in sorted(found.items()))


def _documents() -> Iterator[tuple[str, str]]:
    found: dict[str, dict[str, None]] = {}
    for path in sorted((SOURCES / "core").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for name, sentence in _documented(function):
                    found.setdefault(name, {}).setdefault(sentence)
    for name, sentences in sorted(found.items()):
        yield code(name), cell(" ".join(one for one in sentences if sum(letter.isalpha() for letter in one) > LETTERS))


def _documented(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The codes and sentences in ``Problem(place, "code", sentence)`` and ``unknown(place, "code", name, names)``."""
    texts: dict[str, str] = {}
    for node in sorted(
        ast.walk(function), key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    ):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts[node.targets[0].id] = _text(node.value)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        match node.func.id, node.args:
            case "Problem", [_, ast.Constant(value=str(word)), sentence, *_]:
                first = _first(sentence)
                yield word, _text(first) or texts.get(getattr(first, "id", ""), "")
            case "unknown", [_, ast.Constant(value=str(word)), *_]:
                yield word, _filled(UNKNOWN[word])
            case _:
                pass


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _text(node: ast.expr) -> str:
    """A sentence as it stands in the code, with … for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            said = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
            return said.replace(".…", ".").strip()
        case ast.Call(func=ast.Name(id="Worded"), args=[ast.Constant(value=str(text)), *_]):
            return _filled(text)
        case ast.List(elts=[first, *_]):
            return _text(first)
        case _:
            return ""


def _first(sentence: ast.expr) -> ast.expr:
    """The first of sentences that are put together: what others add is a hint."""
    match sentence:
        case ast.Call(func=ast.Name(id="together"), args=[ast.Starred(value=first) | first, *_]):
            return first
        case _:
            return sentence


def _filled(pattern: str) -> str:
    return VALUE.sub("…", pattern)
