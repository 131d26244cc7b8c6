"""The changelog and the decision records have one form."""

import re

from tests.house.tree import Tree

VERSION = re.compile(r"^## (Unreleased|\d+\.\d+\.\d+ – \d{4}-\d{2}-\d{2})$")
SECTIONS = {"### Added", "### Changed", "### Fixed", "### Removed", "### Security"}
RECORD = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")
RECORD_HEADS = ("## Context", "## Decision", "## Consequences")


def odd_changelog(tree: Tree) -> list[str]:
    """Lines of the changelog that are no title, version, section or sentence."""
    path = tree.root / "CHANGELOG.md"
    if not path.exists():
        return ["CHANGELOG.md: missing"]
    lines = path.read_text("utf-8").splitlines()
    found = [] if lines[:1] == ["# Changelog"] else [f"{tree.place(path, 1)}: begins with «# Changelog»"]
    for number, line in enumerate(lines, start=1):
        if line.startswith("## ") and not VERSION.match(line):
            found.append(f"{tree.place(path, number)}: a version is «## 1.2.3 – 2030-01-31» or «## Unreleased»")
        if line.startswith("### ") and line not in SECTIONS:
            found.append(f"{tree.place(path, number)}: a section is one of {', '.join(sorted(SECTIONS))}")
    text = "\n".join(lines)
    entries = re.findall(r"^- .+(?:\n  .+)*", text, re.MULTILINE)
    return found + [f"CHANGELOG.md: «{entry[:60]}» is no sentence" for entry in entries if not entry.endswith(".")]


def odd_records(tree: Tree) -> list[str]:
    """Decision records without their number or their heads; numbers used twice."""
    found = []
    numbers = set()
    for path in tree.files(".md", under="docs/decisions"):
        if path.name == "index.md":
            continue
        named = RECORD.match(path.name)
        if named is None or named[1] in numbers:
            found.append(f"{tree.place(path)}: a record is NNNN-title.md, each number once")
        numbers.add(named[1] if named else "")
        text = path.read_text("utf-8")
        found += [f"{tree.place(path)}: «{head}» is missing" for head in RECORD_HEADS if f"\n{head}\n" not in text]
    return found
