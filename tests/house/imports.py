"""What the import linter does not see: late imports, signals, the admin, mocks, the limits of the heart."""

import ast
import sys
from collections.abc import Iterator

from tests.house.tree import Tree

# Parts of the standard library that read the clock, chance or the world outside.
WORLDLY = {
    "asyncio", "ctypes", "getpass", "http", "io", "logging", "multiprocessing", "os", "pathlib", "platform", "random",
    "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}
DOORS = {"input", "open", "print"}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, by their full names."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield module
            yield from (f"{module}.{alias.name}" for alias in names)
        case _:
            pass


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of the packages or stands in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def late_imports(tree: Tree) -> list[str]:
    """Rooms imported inside a function, or by a string, which hides a cycle from the linter."""
    found = []
    for path, module in tree.modules(under="src"):
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{tree.place(path, node.lineno)}: a room is imported late"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                    if any(within(name, "stammis") for name in imported(node))
                ]
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in {"import_module", "get_model"}:
                found.append(f"{tree.place(path, node.lineno)}: a module or table is fetched by its name")
    return sorted(set(found))


def unwanted_imports(tree: Tree) -> list[str]:
    """Signals, since nobody sees who listens; the admin, since it writes past the services; mocks, since they agree."""
    unwanted = {
        "src": ("django.db.models.signals", "django.dispatch", "django.contrib.admin", "unittest.mock"),
        "tests": ("unittest.mock", "mock"),
    }
    return [
        f"{tree.place(path, node.lineno)}: {name} is not used here"
        for folder, packages in unwanted.items()
        for path, module in tree.modules(under=folder)
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
        if within(name, *packages)
    ]


def patched_rooms(tree: Tree) -> list[str]:
    """Tests that replace a part of ours: ``monkeypatch.setattr("stammis.…")``."""
    return [
        f"{tree.place(path, node.lineno)}: a part of ours is replaced instead of tested"
        for path, module in tree.modules(under="tests")
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr"
        if node.args and isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("stammis.")
    ]


def worldly_heart(tree: Tree) -> list[str]:
    """Imports and calls by which ``core`` would reach outside: time, chance and rows come in as arguments."""
    found = []
    for path, module in tree.modules(under="src/stammis/core"):
        for node in ast.walk(module):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found += [
                    f"{tree.place(path, node.lineno)}: core may not import {name}"
                    for name in imported(node)
                    if not pure(name)
                ]
            if isinstance(node, ast.Call) and called(node) in (DOORS if isinstance(node.func, ast.Name) else CLOCKS):
                found.append(f"{tree.place(path, node.lineno)}: core may not call {called(node)}()")
    return found


def pure(name: str) -> bool:
    """Whether the heart may import it: pure standard library, msgspec, and the heart itself."""
    top = name.partition(".")[0]
    return within(name, "stammis.core", "msgspec") or (top in sys.stdlib_module_names and top not in WORLDLY)


def called(call: ast.Call) -> str:
    """The last word of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
