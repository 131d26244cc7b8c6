"""A correction from the keyboard: rows walked, reasons opened and closed, the choice made."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.doors.console.conftest import Site
from tests.doors.console.test_pages import OVERFLOWING

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]


def opened(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/console/corrections")
    page.locator("main").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("A better large basket")


def test_members_are_found_sorted_and_told_why_from_the_keyboard(owner: Page, site: Site) -> None:
    opened(owner, site)
    owner.keyboard.press("/")
    expect(owner.locator("[data-list-search]")).to_be_focused()
    owner.keyboard.insert_text("ada")  # at once: a pause asks twice and breaks the first call off
    expect(owner).to_have_url(re.compile("q=ada"))
    expect(owner.locator("#lines tbody tr").first).to_contain_text("Ada")
    owner.get_by_label("Order").select_option("gains")
    expect(owner).to_have_url(re.compile("order=gains"))
    owner.reload()
    link = owner.locator("#lines a[hx-get]").first
    link.focus()
    owner.keyboard.press("Enter")
    expect(owner.locator("#panel h2").first).to_be_focused()
    expect(owner.locator("#panel")).to_contain_text("As it should have been:")
    found = Axe().run(owner).response["violations"]
    assert not [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    assert not owner.evaluate(OVERFLOWING)
    owner.keyboard.press("Escape")
    expect(owner.locator("#panel")).to_be_hidden()
    expect(link).to_be_focused()


def test_the_choice_is_made_from_the_keyboard_and_nothing_happens_before_it_is_confirmed(
    owner: Page, site: Site
) -> None:
    opened(owner, site)
    owner.get_by_role("radio", name=re.compile("^to all")).focus()
    owner.keyboard.press("ArrowDown")
    expect(owner.get_by_role("radio", name=re.compile("^only where"))).to_be_checked()
    owner.keyboard.press("Enter")
    expect(owner.locator("h1")).to_have_text("Post it where members gain?")
    expect(owner.locator(".sentences")).to_contain_text("more.")
    expect(owner.locator(".sentences")).not_to_contain_text("Taken back")
    owner.get_by_role("link", name="Go back").press("Enter")
    expect(owner.locator("h1 + .badge")).to_have_text("to be decided")
