"""From the console alone: what a cart would get on any day, and why fewer than the friend got."""

import pytest
from playwright.sync_api import Page

from tests.doors.console.conftest import Site

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]


def test_a_cart_is_tried_by_two_members_on_a_day(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/members/{site.company.member}")
    owner.get_by_role("link", name="What if").click()
    member = owner.get_by_label("Member", exact=True).input_value()
    owner.get_by_label("Beside whom").fill("odd")
    owner.get_by_label("Day").fill("2017-12-30")
    owner.get_by_label("Amount").first.fill("31.00")
    owner.get_by_label("Category").first.fill("PRODUCE")
    owner.get_by_role("button", name="Work it out").click()
    owner.get_by_role("heading", name="Where they differ").wait_for()
    assert owner.locator("section.card .value").count() == 2
    assert owner.get_by_role("link", name="programme version 1").count() == 2
    assert member
    owner.get_by_label("Beside whom").fill("nobody at all")
    owner.get_by_label("Amount").first.fill("31.005")
    owner.get_by_role("button", name="Work it out").click()
    owner.locator(".error").first.wait_for()
