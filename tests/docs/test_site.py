"""The documentation builds into pages that fetch nothing from other hosts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import PROJECT

FETCHED = re.compile(r"<(?:script|img|source|iframe|link)\s[^>]*(?:src|href)=\"?(https?:)?//[^>]*>", re.IGNORECASE)
NO_PART = re.compile(r"rel=\"?(?:canonical|alternate|prev|next|edit)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built documentation."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=PROJECT, env={"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_the_documentation_builds_without_a_warning(site: Path) -> None:
    assert (site / "index.html").exists()


def test_its_pages_fetch_nothing_from_other_hosts(site: Path) -> None:
    fetched = [
        f"{page.relative_to(site)}: {part[0]}"
        for page in site.rglob("*.html")
        for part in FETCHED.finditer(page.read_text("utf-8"))
        if not NO_PART.search(part[0])
    ]
    assert not fetched, "\n".join(fetched)
