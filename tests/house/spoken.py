"""Every text of the command line goes through gettext, and so does what an error says to a person."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Tree
from tools.messages import KEYWORDS, SPOKEN

COMMANDS = "src/stammis/config/cli/"
# What programs are told is English: the API's errors, and the mistakes of a programme's document.
FOR_PROGRAMS = {"api", "core"}
# Not said to a person: SQL, logs, what is written down under a name, and the faults of fields, which programs read.
SILENT_CALLS = {*KEYWORDS, "execute", "warning"}
SILENT_NAMES = {"BY", "by", "errors", "name", "note"}
SAYING_CALLS = {"echo", "prompt", "fail", "ClickException", "UsageError", "Work"}
VALUE = "\0"
WORD = r"[^\W\d_]{2,}"
OURS = re.compile(r"[A-Z]\w*(?<!Error)(?<!Exit)")
SINGLE = re.compile(WORD)
PHRASE = re.compile(rf"{WORD}[,;:.]? (?:{WORD}|{VALUE})|{VALUE}[,;:]? {WORD}")


def untold_texts(tree: Tree) -> list[str]:
    """Texts in the commands, and in the errors of all rooms, that no catalogue can know."""
    found = []
    for path, module in tree.modules(under="src"):
        room = tree.room(path)
        if room and room not in FOR_PROGRAMS:
            spoken = [module] if tree.place(path).startswith(COMMANDS) else raised(module)
            for line, text in {said for node in spoken for said in texts(node)}:
                shown = text.replace(VALUE, "…")
                found.append(f"{tree.place(path, line)}: «{shown[:60]}» does not go through gettext")
    return sorted(found)


def raised(module: ast.Module) -> list[ast.AST]:
    """The errors of ours that a file raises; Python's own, which end in «Error», are our mistakes."""
    errors = [node.exc for node in ast.walk(module) if isinstance(node, ast.Raise)]
    return [each for each in errors if isinstance(each, ast.Call) and OURS.fullmatch(called(each))]


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The phrases inside a piece of code, with their lines; values are marked."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assert():
            return
        case ast.Call() if called(node) in SILENT_CALLS:
            return
        case ast.keyword(arg=str(name)) if name in SPOKEN | SILENT_NAMES:
            return
        case ast.Assign(targets=[ast.Name(id=name)]) if name in SILENT_NAMES:
            return
        case ast.Call(args=[ast.Constant(value=str(text), lineno=line), *_]) if called(node) in SAYING_CALLS:
            yield from ((line, text) for _ in SINGLE.findall(text)[:1])
        case ast.Constant(value=str(text), lineno=line) if PHRASE.search(text):
            yield line, text
        case ast.JoinedStr(values=parts, lineno=line):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in parts)
            yield from ((line, text) for _ in PHRASE.findall(text)[:1])
            parts = [part for part in parts if not isinstance(part, ast.Constant)]
            yield from (said for part in parts for said in texts(part))
            return
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
