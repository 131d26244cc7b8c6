"""Every check that is switched off has its reason beside it."""

import io
import re
import tokenize

from tests.house.tree import Tree

SWITCH = re.compile(
    r"#\s*(?P<what>noqa\b(:\s*[A-Z]+\d+([,\s]+[A-Z]+\d+)*)?|type:\s*ignore(\[[\w, -]+\])?"
    r"|pragma:\s*no cover|fmt:\s*(off|skip))"
)
# The formatter's switches say themselves what they keep: a table as it was laid out.
SELF_EVIDENT = ("fmt",)
ENOUGH_LETTERS = 6
SILENCED = re.compile(r'^\s+"[A-Z]+\d*",\s*$')


def bare_switches(tree: Tree) -> list[str]:
    """Comments that silence a check without saying why."""
    found = []
    for path in tree.files(".py"):
        text = path.read_text("utf-8")
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            switches = list(SWITCH.finditer(token.string)) if token.type == tokenize.COMMENT else []
            if not switches or switches[0]["what"].startswith(SELF_EVIDENT):
                continue
            reason = SWITCH.sub("", token.string)
            if sum(letter.isalpha() for letter in reason) < ENOUGH_LETTERS:
                found.append(f"{tree.place(path, token.start[0])}: «{token.string}» has no reason beside it")
    return found


def bare_ignores(tree: Tree) -> list[str]:
    """Rules that ``pyproject.toml`` silences without saying why."""
    path = tree.root / "pyproject.toml"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [
        f"{tree.place(path, number)}: {line.strip()} has no reason beside it"
        for number, line in enumerate(lines, start=1)
        if SILENCED.match(line)
    ]
