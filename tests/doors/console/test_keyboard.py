"""Everything works from the keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.doors.console.conftest import Site

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]


def test_a_slash_leads_to_the_search_and_enter_finds(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/")
    owner.keyboard.press("/")
    expect(owner.locator("#search")).to_be_focused()
    owner.keyboard.type("hopp")
    owner.keyboard.press("Enter")
    expect(owner).to_have_url(re.compile(r"members\?q=hopp"))
    expect(owner.locator("#list tbody tr").first).to_contain_text("Hopper")


def test_the_list_follows_what_is_typed_and_keeps_it_in_the_address(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/members")
    owner.locator("[name=q]").last.focus()
    owner.keyboard.insert_text("m-0011")  # at once: a pause asks twice and breaks the first call off
    expect(owner.locator("#list tbody tr")).to_have_count(1)
    expect(owner).to_have_url(re.compile(r"q=m-0011"))
    owner.reload()
    expect(owner.locator("#list tbody tr")).to_have_count(1)
    owner.go_back()
    expect(owner.locator("#list tbody tr")).to_have_count(50)


def test_who_types_slowly_finds_what_was_typed_last(site: Site, signed_in: Callable[..., BrowserContext]) -> None:
    page = signed_in(site.url).new_page()  # calls that are broken off stand in its browser's console
    page.goto(f"{site.url}/console/members")
    page.locator("[name=q]").last.press_sequentially("m-0011", delay=250)
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=m-0011"))


def test_arrows_walk_the_list_and_enter_opens_a_member(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/members?q=hopp")
    owner.locator("main").press("ArrowDown")
    owner.keyboard.press("ArrowDown")
    owner.keyboard.press("ArrowUp")
    row = owner.locator("tr.at")
    name = row.locator("a").inner_text()
    assert owner.locator("#list tbody tr").first.locator("a").inner_text() == name
    owner.keyboard.press("Enter")
    expect(owner.locator("h1")).to_have_text(name)


def test_why_opens_beside_the_row_takes_the_focus_and_gives_it_back(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/members/{site.company.member}?view=ledger")
    link = owner.locator("tbody tr a[hx-get]").first
    link.focus()
    owner.keyboard.press("Enter")
    expect(owner.locator("#panel h2").first).to_be_focused()
    expect(owner.locator("#panel")).to_contain_text("It adds up")
    owner.keyboard.press("Escape")
    expect(owner.locator("#panel")).to_be_hidden()
    expect(link).to_be_focused()


def test_the_first_tab_skips_to_the_page(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/settings")
    owner.keyboard.press("Tab")
    expect(owner.locator(".skip")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner).to_have_url(re.compile("#main$"))


def test_the_menu_opens_and_closes_by_key_and_chooses_a_theme(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/settings")
    owner.locator("[popovertarget=user-menu]").press("Enter")
    expect(owner.locator("#user-menu")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(owner.locator("#user-menu")).to_be_hidden()
    owner.locator("[popovertarget=user-menu]").press("Enter")
    owner.locator("#user-menu [value=dark]").press("Enter")
    expect(owner.locator("html")).to_have_attribute("data-theme", "dark")
    owner.locator("[popovertarget=user-menu]").press("Enter")
    owner.locator("#user-menu [value=system]").press("Enter")
    expect(owner.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


def test_on_a_phone_the_menu_button_brings_the_places(owner: Page, site: Site) -> None:
    owner.set_viewport_size({"width": 360, "height": 740})
    owner.goto(f"{site.url}/console/")
    expect(owner.locator("#rail")).to_be_hidden()
    owner.locator(".open-rail").press("Enter")
    expect(owner.locator("#rail")).to_be_visible()
    owner.locator("#rail").get_by_role("link", name="Rewards").press("Enter")
    expect(owner.locator("h1")).to_have_text("Rewards")
