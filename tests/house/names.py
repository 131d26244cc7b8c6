"""Names say what a thing is; a room holds few files, always of the same names."""

import ast

from tests.house.tree import Tree, words

FORBIDDEN = {"manager", "handler", "helper", "helpers", "processor", "util", "utils", "base", "data", "info"}
ROOM_FILES = {"__init__", "apps", "models", "queries", "services", "tasks"}
ROOM_FOLDERS = {"migrations", "models", "queries", "services"}
# What a room holds besides, and why it is neither a table, nor a write, nor a read.
ROOM_EXTRAS = {
    "accrual": {
        "outcomes": "what goes in and comes out",
        "records": "what is kept of a decision",
        "sentences": "decisions told in words",
    },
    "imports": {"files": "tables in files, row by row", "sample": "the sample company"},
    "insight": {
        "intervals": "how sure a figure is",
        "liability": "points as a debt in money",
        "periods": "stretches of time, one after the other",
        "registry": "every metric, defined once",
        "reports": "figures put together for a reader",
    },
    "members": {"words": "how a search is read"},
    "programmes": {
        "drafts": "drafts as they are read, step by step",
        "plan": "what publishing would change",
        "sentences": "rules told in words",
        "yaml": "the file's syntax",
    },
    "simulation": {
        "accounts": "members in a fold",
        "course": "which versions decide, over which stretch",
        "crew": "processes side by side",
        "estimates": "totals with how sure they are",
        "folders": "what long work keeps on disk, and who works there",
        "folding": "stored events decided again",
        "origins": "what gave the points that are put right",
        "otherwise": "the nearest to what was done that rules allow",
        "population": "whom a run is about",
        "remaining": "what budgets and stock still allow",
        "results": "what a run came to, in files",
        "righting": "what a period gave, and should have given",
        "sentences": "two runs beside each other, told in words",
        "settling": "pending points settled by hand, in a fold",
        "shift": "units worked off one after the other",
        "tallies": "what is counted",
        "units": "parts of a run, each with its files",
        "work": "what a process of a run does",
    },
    "snapshot": {
        "columns": "what the files hold",
        "manifest": "which files belong together",
        "reading": "member by member, without a database",
    },
    "staff": {"letters": "the mails it sends", "roles": "who may do what, as values"},
}
# The heart, the tools and the doors are laid out by their subjects.
FREE_ROOMS = {"api", "config", "console", "core", "intake", "kit"}


def forbidden_names(tree: Tree) -> list[str]:
    """Modules and classes named by a word that says nothing."""
    found = []
    for path, module in tree.modules():
        classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
        named = [(0, path.stem), *((node.lineno, node.name) for node in classes)]
        found += [
            f"{tree.place(path, line)}: «{word}» in {name} says nothing; name it by its noun"
            for line, name in named
            for word in sorted(FORBIDDEN & words(name))
        ]
    return found


def odd_room_files(tree: Tree) -> list[str]:
    """Files of a room that have another name than in every other room."""
    found = []
    for path in tree.files(".py", under="src/stammis"):
        room = tree.room(path)
        if not room or room in FREE_ROOMS:
            continue
        first, *deeper = path.relative_to(tree.root / "src/stammis" / room).parts
        allowed = set(ROOM_EXTRAS.get(room, ())) | (ROOM_FOLDERS if deeper else ROOM_FILES)
        if first.removesuffix(".py") not in allowed:
            found.append(f"{tree.place(path)}: a room holds {', '.join(sorted(ROOM_FILES - {'__init__'}))}")
    return found
