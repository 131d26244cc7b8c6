"""Every mistake that a document, a body or a row of a file can have is told by a text that a catalogue can know."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.house.spoken import PHRASE, called
from tests.house.tree import Tree

HEART = "src/stammis/core"
# What makes a mistake, beside which of its arguments is the sentence.
MADE_BY = {"Bad": 3, "Problem": 2, "fault": 2}
WORDED = {"Worded", "wording"}
# Programs alone read these.
FOR_PROGRAMS = {"api"}


class Mistake(NamedTuple):
    """A mistake that the heart can find: where, its code, and the patterns of its sentences; empty: nobody can tell."""

    place: str
    code: str
    patterns: tuple[str, ...]


def unworded_mistakes(tree: Tree) -> list[str]:
    """Sentences about mistakes that are written in a way in which nobody could translate them."""
    found = []
    for path, module in tree.modules(under="src"):
        if tree.room(path) not in FOR_PROGRAMS:
            found += [f"{tree.place(path, line)}: «{said}» is not Worded" for line, said in set(_plain(module))]
    return sorted(found)


def _plain(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(args=args) if called(node) in MADE_BY and len(args) > MADE_BY[called(node)]:
                said: ast.expr | None = args[MADE_BY[called(node)]]
            case ast.Call(args=[first, *_]) if called(node) in WORDED:
                said = first if not isinstance(first, ast.Constant) else None
            case ast.Dict(keys=keys, values=values):
                named = {
                    key.value: each for key, each in zip(keys, values, strict=True) if isinstance(key, ast.Constant)
                }
                said = named.get("message") if {"pointer", "code"} <= set(named) else None
            case _:
                continue
        if isinstance(said, ast.Constant) and isinstance(said.value, str) and PHRASE.search(said.value):
            yield node.lineno, said.value[:60]
        elif isinstance(said, ast.JoinedStr | ast.BinOp):
            yield node.lineno, ast.unparse(said)[:60]


def mistakes(tree: Tree, unknown: Mapping[str, str]) -> Iterator[Mistake]:
    """Every mistake that the heart can find in a document; ``unknown``: what it says of names that nothing has."""
    for path, module in tree.modules(under=HEART):
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef):
                yield from _of_function(function, tree.place(path), unknown)


def _of_function(function: ast.FunctionDef, place: str, unknown: Mapping[str, str]) -> Iterator[Mistake]:
    said = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        match called(node), node.args:
            case "Problem", [_, ast.Constant(value=str(code)), sentence, *_]:
                yield Mistake(f"{place}:{node.lineno}", code, tuple(_patterns(sentence, said)))
            case "unknown", [_, ast.Constant(value=str(code)), *_]:
                yield Mistake(f"{place}:{node.lineno}", code, (unknown[code],) if code in unknown else ())
            case _:
                pass


def _patterns(sentence: ast.expr, said: dict[str, ast.expr]) -> Iterator[str]:
    """The texts of a sentence, however it is put together; none where they are not written down."""
    for node in ast.walk(said.get(sentence.id, sentence) if isinstance(sentence, ast.Name) else sentence):
        match node:
            case ast.Call(args=[ast.Constant(value=str(text)), *_]) if called(node) == "Worded":
                yield text
            case ast.Name(id=name) if name in said and node is not sentence:
                yield from _patterns(said[name], {})
            case _:
                pass
