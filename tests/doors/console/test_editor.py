"""The editor in a real browser: parts, conditions and mistakes; the file beside it; the preview; two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.doors.console.conftest import Site

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]
PARTS = re.compile(r"\?part=")


def begin(page: Page, url: str, name: str) -> str:
    """Begins a draft; gives where it is."""
    page.goto(f"{url}/console/programme/drafts")
    page.get_by_label("What is it about?").fill(name)
    page.get_by_role("button", name="Begin a draft").click()
    page.wait_for_url("**/edit")
    return page.url.removesuffix("/edit")


@pytest.fixture
def draft(owner: Page, site: Site) -> str:
    return begin(owner, site.url, "Tried out")


@pytest.fixture
def quiet(site: Site, signed_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of a manager, where an answer may be a refusal."""
    context = signed_in(site.url, "manager")
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(site: Site, signed_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page without a script."""
    context = signed_in(site.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def steps(page: Page, draft: str) -> int:
    page.goto(draft)
    return page.locator(".steps-told > li").count()


def test_saving_what_was_not_changed_changes_nothing_in_any_part(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/edit")
    parts = [link.get_attribute("href") or "" for link in owner.locator(".parts-list a").all()]
    parts = [part for part in parts if not part.endswith("/-") and not part.endswith("%2F-")]
    assert len(parts) > 12
    for part in parts:
        owner.goto(draft.split("/console", maxsplit=1)[0] + part)
        owner.get_by_role("button", name="Save", exact=True).click()
        expect(owner.locator(".note.good")).to_contain_text("no mistakes")
    assert steps(owner, draft) == 1


def test_a_condition_is_built_from_nothing_and_stands_in_the_file(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/edit?part=/earn/5")
    owner.locator("#f-when-kind").select_option("category")
    owner.locator("#f-when-any-of").fill("DELI\nMEAT")
    owner.locator("#f-when-wrap-all").click()
    expect(owner.locator("#f-when-kind")).to_have_value("all")
    owner.locator("#f-when-of-add").click()
    owner.locator("#f-when-of-1-kind").select_option("weekday")
    owner.locator("#f-when-of-1-any-of-sat").check()
    assert not Axe().run(owner).response["violations"]
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".note.good")).to_contain_text("no mistakes")
    owner.goto(f"{draft}/text")
    text = owner.locator("[name=text]").input_value()
    assert "- DELI" in text
    assert "- sat" in text
    owner.goto(draft)
    expect(owner.locator(".difference .come").first).to_contain_text("Saturday")


def test_a_mistake_stands_beside_its_field_and_what_was_written_stays(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/edit?part=/earn/0")
    owner.locator("#f-each").fill("plenty")
    owner.get_by_role("button", name="Save", exact=True).click()
    field = owner.locator("#f-each")
    expect(field).to_have_value("plenty")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(owner.locator("#f-each_error")).to_contain_text("number")
    expect(owner.locator(".parts-list .badge.bad")).to_have_count(1)
    owner.goto(draft)
    expect(owner.get_by_role("button", name="Send to review")).to_be_disabled()
    owner.get_by_role("button", name="Undo the last change").click()
    expect(owner.locator(".note.good").first).to_contain_text("taken back")


def test_a_new_rule_is_added_moved_and_removed(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/edit?part=/earn/-")
    owner.locator("#f-kind").select_option("purchase")
    owner.locator("#f-id").fill("hello")
    owner.locator("#f-points").fill("3")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".note.good")).to_be_visible()
    here = owner.locator(".parts-list [aria-current]")
    expect(here).to_contain_text("hello")
    added = int(unquote(here.get_attribute("href") or "").rpartition("/")[2])
    owner.get_by_role("button", name="Move up in the list").click()
    expect(here).to_have_attribute("href", re.compile(f"earn(/|%2F){added - 1}$"))
    expect(here).to_contain_text("hello")
    owner.get_by_role("button", name="Remove", exact=True).click()
    expect(owner.locator(".note.good")).to_contain_text("Removed")
    expect(owner.get_by_role("region", name="What it would change")).to_contain_text("says the same as version")


def test_the_form_and_the_file_say_the_same_both_ways(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/text")
    text = owner.locator("[name=text]").input_value()
    owner.locator("[name=text]").fill("# A comment\n" + text.replace("points: 25", "points: 31"))
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".note.good")).to_contain_text("Saved")
    owner.goto(f"{draft}/edit?part=/earn/5")
    expect(owner.locator("#f-points")).to_have_value("31")
    owner.goto(f"{draft}/text")
    assert owner.locator("[name=text]").input_value() == text.replace("points: 25", "points: 31")


def test_a_file_that_cannot_be_read_stays_in_its_field(quiet: Page, draft: str) -> None:
    quiet.goto(f"{draft}/text")
    quiet.locator("[name=text]").fill("a: 1\na: 2")
    quiet.get_by_role("button", name="Save", exact=True).click()
    expect(quiet.locator(".error")).to_contain_text("given twice")
    expect(quiet.locator("[name=text]")).to_have_value("a: 1\na: 2")


def test_the_preview_says_what_a_cart_would_get_and_why_not_the_rest(owner: Page, draft: str) -> None:
    owner.goto(f"{draft}/edit?part=/earn/5")
    given = owner.locator("#given")
    owner.locator("#c-lines-0-amount").fill("120")
    owner.locator("#c-lines-0-category").fill("DELI")
    owner.locator("#c-lines-0-category").press("Tab")
    owner.locator("#f-points").fill("40")
    owner.locator("#f-points").press("Tab")
    draft_side = given.get_by_label("By this draft")
    expect(draft_side.locator(".value")).to_contain_text("+160 points")
    expect(given.get_by_label("As it is today").locator(".value")).to_contain_text("+145 points")
    draft_side.locator("summary").click()
    expect(draft_side).to_contain_text("gave nothing")


def test_who_saves_over_somebody_else_is_told_and_loses_nothing(owner: Page, draft: str, quiet: Page) -> None:
    quiet.goto(f"{draft}/edit?part=/earn/5")
    owner.goto(f"{draft}/edit?part=/earn/5")
    owner.locator("#f-points").fill("26")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator(".note.good")).to_be_visible()
    quiet.locator("#f-points").fill("27")
    quiet.get_by_role("button", name="Save", exact=True).click()
    expect(quiet.locator(".note.bad")).to_contain_text("Somebody else changed the draft")
    expect(quiet.locator("#f-points")).to_have_value("27")


def test_the_editor_works_without_a_script(plain: Page, site: Site) -> None:
    draft = begin(plain, site.url, "Without a script")
    plain.goto(f"{draft}/edit?part=/earn/5")
    plain.locator("#f-when-wrap-all").click()
    expect(plain.locator("#f-when-kind")).to_have_value("all")
    plain.locator("#f-when-of-add").click()
    expect(plain.locator("#f-when-of-1-kind")).to_be_visible()
    plain.locator("#f-when-of-1-remove").click()
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.locator(".note.good")).to_contain_text("no mistakes")
    plain.get_by_role("button", name="Work it out").click()
    expect(plain.locator("#given .value").first).to_contain_text("points")
