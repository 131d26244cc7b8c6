"""Every package that ``pyproject.toml`` asks for is pinned with its hashes, within the range asked for."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import Tree

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)(.*)$", re.MULTILINE)


def stale_pins(tree: Tree) -> list[str]:
    """Packages that are asked for and not pinned, or pinned outside of their range."""
    project = tomllib.loads((tree.root / "pyproject.toml").read_text("utf-8"))
    groups = project.get("dependency-groups", {})
    run = project["project"]["dependencies"] + groups.get("build", [])
    asked = {"requirements.txt": run, "requirements-dev.txt": run + groups.get("dev", [])}
    return [wrong for name, wanted in asked.items() for wrong in stale(tree, name, wanted)]


def stale(tree: Tree, name: str, wanted: list[str]) -> list[str]:
    """What one file of pins lacks."""
    text = (tree.root / name).read_text("utf-8") if (tree.root / name).exists() else ""
    pins: dict[str, list[str]] = {}
    for package, version, _rest in PIN.findall(text):
        pins.setdefault(canonicalize_name(package), []).append(version)
    found = []
    for requirement in map(Requirement, wanted):
        versions = pins.get(canonicalize_name(requirement.name), [])
        if not versions or not all(requirement.specifier.contains(each, prereleases=True) for each in versions):
            found.append(f"{name}: {requirement} is not pinned so; run «make requirements»")
    unhashed = [line for line in PIN.findall(text) if not line[2].endswith("\\")]
    return found + [f"{name}: {package} has no hash" for package, *_ in unhashed]
