"""A company whose console is served by the real web server, and a browser that has signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from stammis.staff import services as staff
from tests.doors.api.installation import Installation, copy_of, pointed_to
from tests.doors.console.company import PASSWORD, Company, found

NOISE = ("favicon",)
PATIENCE_MS = 120_000
"""So long a page may take on a machine that does much else; nothing here measures speed."""
STILL = {"reduced_motion": "reduce"}
"""Nothing slides or fades in: what is looked at is there as a whole or not at all."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Site:
    """Where the console is, and what is in it."""

    url: str
    company: Company
    installation: Installation


@pytest.fixture(scope="session")
def served(
    template: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[bool], Site]]:
    """Serves an installation: with a company, or empty but for its staff."""
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # beside Playwright
        environment.setenv("STAMMIS_DATA", str(tmp_path_factory.mktemp("data")))
        stack.enter_context(django_db_blocker.unblock())

        def serve(with_company: bool) -> Site:  # noqa: FBT001 - one of two
            made = Installation(copy_of(template))
            with pointed_to(made.address):
                company = found() if with_company else found_staff()
            stack.callback(made.stop)
            made.start(tmp_path_factory.mktemp("web"))
            return Site(made.url, company, made)

        yield serve


def found_staff() -> Company:
    """Only somebody who may sign in."""
    staff.found(email="owner@example.com", name="Robin Owner", password=PASSWORD, by="tests")
    return Company("", "", "", "", "", "", "", "", "", "")


@pytest.fixture(scope="session")
def site(served: Callable[[bool], Site]) -> Site:
    """A company's console."""
    return served(True)


@pytest.fixture(scope="session")
def empty_site(served: Callable[[bool], Site]) -> Site:
    """The console of an installation that has only just begun."""
    return served(False)


def patient(browser: Browser, **options: object) -> BrowserContext:
    """Gives a browser that waits for slow pages, and in which nothing moves."""
    made = browser.new_context(**STILL, **options)  # type: ignore[arg-type] # as Playwright types it
    made.set_default_timeout(PATIENCE_MS)
    return made


def sign_in(page: Page, url: str, role: str = "owner") -> None:
    """Signs somebody with this role in."""
    page.goto(f"{url}/console/sign-in")
    page.fill("[name=email]", f"{role}@example.com")
    page.fill("[name=password]", PASSWORD)
    page.click("form.form button")
    page.wait_for_url(lambda now: "/console/" in now and not now.endswith("/sign-in"))


@pytest.fixture(scope="session")
def signed_in(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Gives a browser in which somebody has signed in, and remembers it."""
    kept: dict[tuple[str, str], object] = {}
    opened: list[BrowserContext] = []

    def context(url: str, role: str = "owner", **options: object) -> BrowserContext:
        if (url, role) not in kept:
            with patient(browser) as first:
                sign_in(first.new_page(), url, role)
                kept[url, role] = first.storage_state()
        made = patient(browser, storage_state=kept[url, role], **options)
        opened.append(made)
        return made

    yield context
    for one in opened:
        one.close()


@pytest.fixture
def owner(site: Site, signed_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of the owner, which must show no error in the browser's console."""
    context = signed_in(site.url)
    page = context.new_page()
    heard = listen(page)
    yield page
    context.close()
    assert not heard


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not signed in."""
    with patient(browser) as context:
        yield context.new_page()


def listen(page: Page) -> list[str]:
    """Collects what goes wrong in a page."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
