"""Files have at most 400 lines, functions at most 50."""

import ast

from tests.house.tree import Tree

FILE_LINES = 400
FUNCTION_LINES = 50
MEASURED = (".py", ".html", ".txt", ".css", ".js", ".sh", "Makefile")
PINNED = ("requirements.txt", "requirements-dev.txt")


def long_files(tree: Tree) -> list[str]:
    """Files over the limit; migrations and pinned requirements are written by tools."""
    return [
        f"{tree.place(path)}: {lines} lines, at most {FILE_LINES}"
        for path in tree.files(*MEASURED)
        if "migrations" not in path.parts and path.name not in PINNED
        if (lines := len(path.read_text("utf-8").splitlines())) > FILE_LINES
    ]


def long_functions(tree: Tree) -> list[str]:
    """Functions over the limit, from ``def`` to their last line."""
    return [
        f"{tree.place(path, node.lineno)}: {node.name} has {lines} lines, at most {FUNCTION_LINES}"
        for path, module in tree.modules()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
