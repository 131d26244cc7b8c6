"""Writes go through one door: ``services`` of the room that owns the table."""

import ast

from tests.house.tree import Tree

WRITING = {
    "abulk_create", "abulk_update", "acreate", "adelete", "aget_or_create", "aupdate", "aupdate_or_create",
    "bulk_create", "bulk_update", "create", "delete", "get_or_create", "update", "update_or_create",
}  # fmt: skip
# The ground floor has one row of its own, which its clock keeps.
WITHOUT_SERVICES = {"kit"}


def writes_past_services(tree: Tree) -> list[str]:
    """Calls like ``Row.objects.create(…)`` outside services, or on a table of another room."""
    found = []
    for path, module in tree.modules(under="src/stammis"):
        room = tree.room(path)
        if room in WITHOUT_SERVICES:
            continue
        owners = table_owners(module)
        at_the_door = "services" in path.relative_to(tree.root / "src/stammis").with_suffix("").parts
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or (table := written_table(node)) is None:
                continue
            owner = owners.get(table, room)
            if owner != room:
                found.append(f"{tree.place(path, node.lineno)}: {table} belongs to {owner}, which writes it itself")
            elif not at_the_door:
                found.append(f"{tree.place(path, node.lineno)}: {table} is written outside {room}'s services")
    return found


def table_owners(module: ast.Module) -> dict[str, str]:
    """Which room each imported table comes from."""
    owners: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stammis."):
            owners |= {alias.asname or alias.name: (node.module or "").split(".")[1] for alias in node.names}
    return owners


def written_table(call: ast.Call) -> str | None:
    """The table in a call that ends in a writing verb and begins with ``Table.objects``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITING:
        return None
    chain: ast.expr = call.func.value
    while True:
        match chain:
            case ast.Attribute(value=ast.Name(id=table), attr="objects"):
                return table
            case ast.Attribute(value=inner) | ast.Call(func=inner) | ast.Subscript(value=inner):
                chain = inner
            case _:
                return None
