"""Draws the pictures of the README: pages of the sample company, in light and dark, into docs/images.

``python tools/screenshots.py`` loads the sample company into a folder of its own and serves it for as long as it takes;
``--url`` takes the pictures of one that is served already.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.debian import PACKAGES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
OWNER, PASSWORD = "owner@example.com", "journey-sample"
THEMES = ("light", "dark")
SIZE: ViewportSize = {"width": 1440, "height": 900}
START_SECONDS = 900
RUN_SECONDS = 300
PROGRAMME = Path(__file__).resolve().parent.parent / "src/stammis/programmes/templates/sample.yaml"
WEEKENDS = """\
earn:
  - id: weekend
    name: {en: Weekends count twice}
    kind: multiply
    factor: 2
    rules: [basket]
    when: {kind: weekday, any_of: [sat, sun]}
"""
"""What the back-test in the picture tries, on the last quarter of the sample's year."""
QUARTER = ("2017-10-01", "2017-12-31")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a sample company that is served already, such as http://127.0.0.1:8000")
    parser.add_argument("--password", default=PASSWORD, help=f"of {OWNER}")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if asked.url:
        draw_all(asked.url.rstrip("/"), asked.password)
        return
    with served() as url:
        draw_all(url, asked.password)


@contextmanager
def served() -> Iterator[str]:
    """Load the sample company and serve it on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).with_name("stammis")
    with tempfile.TemporaryDirectory(prefix="stammis-pictures-") as folder:
        data = os.environ.get("STAMMIS_DATA") or f"{folder}/data"
        server = subprocess.Popen([command, "demo", "--port", str(port), "--data", data])
        try:
            wait_for(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the company is served."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{url}/health", timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    sys.exit("The sample company did not start; what it said stands above.")


def draw_all(url: str, password: str) -> None:
    """Sign in once, then take each page in each theme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PACKAGES["chromium"], args=ARGUMENTS)
        state = signed_in(browser, url, password)
        for theme in THEMES:
            context = browser.new_context(storage_state=state, viewport=SIZE)  # type: ignore[arg-type] # its own form
            context.add_cookies([{"name": "stammis_theme", "value": theme, "url": url}])
            page = context.new_page()
            for name, go in (
                ("overview", overview),
                ("members", members),
                ("member", member),
                ("why", why),
                ("programme", programme),
                ("rewards", rewards),
                ("backtest", backtest),
                ("liability", liability),
            ):
                page.set_viewport_size(SIZE)
                go(page, url)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=FOLDER / f"{name}-{theme}.png")
                print(FOLDER / f"{name}-{theme}.png")
            context.close()
        browser.close()


def signed_in(browser: Browser, url: str, password: str) -> object:
    """Sign in and give what the browser remembers of it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/console/sign-in")
        page.fill("[name=email]", OWNER)
        page.fill("[name=password]", password)
        page.click("form.form button")
        page.wait_for_url(re.compile(r"/console/$"))
        return context.storage_state()


def overview(page: Page, url: str) -> None:
    """The numbers and their months, as high as they are."""
    page.goto(f"{url}/console/")
    page.set_viewport_size({**SIZE, "height": page.evaluate("document.documentElement.scrollHeight")})


def members(page: Page, url: str) -> None:
    """The list."""
    page.goto(f"{url}/console/members")


def member(page: Page, url: str) -> None:
    """A member on the way to the highest level."""
    page.goto(f"{url}/console/members?level=silver")
    page.locator("#list tbody a").first.click()
    page.wait_for_selector(".story")


def why(page: Page, url: str) -> None:
    """Why points were earned, beside the row."""
    member(page, url)
    page.locator(".tabs a").last.click()
    page.wait_for_selector("td.plus")
    earned = [int(re.sub(r"\D", "", text)) for text in page.locator("td.plus").all_inner_texts()[:14]]
    page.locator("tr:has(td.plus) td.end a").nth(earned.index(max(earned))).click()
    page.wait_for_selector("#panel .lead")


def programme(page: Page, url: str) -> None:
    """The programme in sentences."""
    page.goto(f"{url}/console/programme")


def rewards(page: Page, url: str) -> None:
    """The catalogue."""
    page.goto(f"{url}/console/rewards")


def backtest(page: Page, url: str) -> None:
    """Points doubled at weekends, beside what was; asked for where nobody has yet."""
    page.goto(f"{url}/console/backtests")
    known = page.locator("#list tbody a, table tbody a").filter(has_text="weekends.yaml")
    if known.count():
        known.first.click()
    else:
        page.goto(f"{url}/console/backtests/new")
        page.select_option("[name=what]", "file")
        text = PROGRAMME.read_text("utf-8").replace("earn:\n", WEEKENDS, 1)
        page.set_input_files(
            "[name=file]", {"name": "weekends.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
        )
        for name, day in zip(("first", "last"), QUARTER, strict=True):
            page.fill(f"[name={name}]", day)
        page.locator("main form.form button.first").click()
    page.wait_for_selector(".verdict", timeout=RUN_SECONDS * 1000)


def liability(page: Page, url: str) -> None:
    """What is owed for points; reckoned where it has not been yet."""
    page.goto(f"{url}/console/liability")
    if not page.locator("#points").count():
        page.locator("main button.first").click()
    page.wait_for_selector("#points", timeout=RUN_SECONDS * 1000)


if __name__ == "__main__":
    main()
