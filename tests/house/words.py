"""What stands in no file: secrets, hosts of package registries, paths of a machine, things fetched from afar."""

import re

from tests.house.tree import Tree

TEXTS = (
    ".cfg", ".css", ".csv", ".html", ".ini", ".js", ".json", ".lock", ".md", ".po", ".py", ".rst", ".sh", ".sql",
    ".svg", ".toml", ".txt", ".typ", ".yaml", ".yml", "Makefile", "run",
)  # fmt: skip

# A letter in brackets keeps this file from finding itself.
NEVER = {
    "a host of a package registry; mirrors decide": re.compile(
        r"[p]ypi\.org|[p]ythonhosted\.|[n]pmjs\.|[c]rates\.io|[u]npkg\.com|[j]sdelivr\."
    ),
    "a path outside of the project": re.compile(r"\.\./[s]hared\b|(?<![\w/.])/(?:[w]ork|[r]oot)/\w"),
    "a private key": re.compile(r"-----[B]EGIN [A-Z ]*PRIVATE KEY-----"),
    "somebody's access key": re.compile(
        r"\b(?:[A]KIA[0-9A-Z]{16}|[g]h[opsu]_\w{36}|[g]ithub_pat_\w{22,}|[s]k_live_\w{16,}|[x]ox[abprs]-\w{10,})"
    ),
}
FETCHED = re.compile(
    r"""(?:src|href)\s*=\s*["']?(?:https?:)?//(?!www\.w3\.org)|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//"""
)
LINK = re.compile(r"<a\s[^>]*>", re.IGNORECASE)


def unwanted_words(tree: Tree) -> list[str]:
    """Lines with a word that belongs in no file."""
    return [
        f"{tree.place(path, number)}: {what}"
        for path in tree.files(*TEXTS)
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        for what, pattern in NEVER.items()
        if pattern.search(line)
    ]


def fetched_parts(tree: Tree) -> list[str]:
    """Parts of a page that a browser would fetch from another host; a link that a person follows is none."""
    return [
        f"{tree.place(path, number)}: fetched from another host"
        for path in tree.files(".html", ".css", ".svg", under="src")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if FETCHED.search(LINK.sub("", line))
    ]
