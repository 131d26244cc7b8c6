"""Every page in a real browser: light and dark, from narrow to wide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from stammis.console.urls import urlpatterns
from tests.doors.console.conftest import Site, listen

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]
WIDTHS = (360, 768, 1440)
THEMES = ("light", "dark")
# Where each page is, by the name of its address; {…} comes from the company.
PAGES = {
    "overview": "",
    "members": "members?q=gra",
    "member": "members/{member}",
    "member_odd": "members/{odd}",
    "members_odd": "members?q=odd",
    "level": "members/{member}/levels/level",
    "falling": "members/levels?days=366",
    "ledger": "members/{member}?view=ledger",
    "record": "members/{member}/record",
    "adjust": "members/{member}/adjust",
    "redeem": "members/{member}/redeem",
    "give": "members/{member}/give",
    "merge": "members/{member}/merge",
    "verify": "members/{member}/verify",
    "member_merged": "members/{merged}",
    "part": "members/{merged}/part",
    "liability": "liability?wallet=points&kind=days&number=90",
    "pools": "pools",
    "pool_new": "pools/new",
    "pool": "pools/{pool}",
    "join": "pools/{pool}/join",
    "leave": "pools/{pool}/leave/{part}",
    "approvals": "approvals?state=all",
    "limits": "settings/limits",
    "undo": "members/{member}/undo/{redemption}",
    "extend": "members/{member}/extend",
    "free": "members/{member}/free/held",
    "bring_back": "members/{member}/pending/back/nothing",
    "why": "why/{earned}",
    "cause": "members/{member}/events/2",
    "what_if": "what-if?member=m-0001&friend=m-0002&day=2017-12-31&time=11:00&amount_1=20.00&category_1=DELI",
    "moment": "members/{member}/moment?day=2017-12-31&time=11:00",
    "why_expired": "why/{expired}",
    "programme": "programme",
    "programme_version": "programme/versions/1",
    "programme_change": "programme/change",
    "programme_begin": "programme/begin?template=cafe-stamps",
    "drafts": "programme/drafts",
    "draft": "programme/drafts/{draft}",
    "draft_edit": "programme/drafts/{draft}/edit?part=/earn/5",
    "draft_edit_new": "programme/drafts/{draft}/edit?part=/earn/-",
    "draft_edit_tiers": "programme/drafts/{draft}/edit?part=/tiers/0",
    "draft_edit_statuses": "programme/drafts/{draft}/edit?part=/statuses",
    "draft_edit_frame": "programme/drafts/{draft}/edit?part=",
    "draft_text": "programme/drafts/{draft}/text",
    "draft_preview": "programme/drafts/{draft}/preview",
    "history": "programme/history?on=2017-03-04",
    "restore": "programme/versions/1/restore",
    "backtests": "backtests",
    "backtest_new": "backtests/new?draft={draft}",
    "backtest": "backtests/{backtest}",
    "backtest_proof": "backtests/{proof}",
    "backtest_why": "backtests/{backtest}/members/{member}",
    "corrections": "corrections",
    "correction_new": "corrections/new",
    "correction": "corrections/{correction}?order=losses",
    "correction_posted": "corrections/{posted}",
    "correction_decide": "corrections/{correction}/post?scope=all",
    "correction_undo": "corrections/{posted}/undo",
    "correction_why": "corrections/{correction}/members/{member}",
    "rewards": "rewards",
    "imports": "imports",
    "waiting": "imports/waiting",
    "run": "imports/{run}",
    "keys": "keys",
    "key_new": "keys/new",
    "key_revoke": "keys/{key}/revoke",
    "people": "people",
    "invite": "people/invite",
    "person": "people/agent@example.com",
    "audit": "audit",
    "settings": "settings",
    "rates": "settings/rates",
    "move_clock": "settings/clock",
    "first_steps": "first-steps",
    "parts": "parts",
    "nowhere": "nowhere",
}
OPEN = {"sign_in": "sign-in", "forgotten": "forgotten", "welcome": "welcome/an-old-link"}
# Addresses that are no pages: they give a file, or do something and lead to a page.
NO_PAGES = {
    "chart", "members_csv", "exchange", "approval", "programme_file", "bad_rows", "stop_run", "choose", "sign_out",
    "person_link", "shut_out", "let_in",
    "correction_act", "correction_messages",
    "settle",  # nobody of this company has pending points: see tests/rooms/test_pending_by_hand.py
    "draft_cost", "backtest_prove", "backtest_act", "backtest_chart", "backtest_table",
    "liability_table", "liability_chart", "liability_reckon", "liability_waiting",
    "draft_begin", "draft_act", "draft_publish", "draft_file",
}  # fmt: skip
FOUND_MISSING = {"nowhere", "welcome"}
OVERFLOWING = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return [];
    const inside = (element) => element.closest('.table-frame, .codeblock, pre, .copy code, textarea');
    const beyond = (element) => element.getBoundingClientRect().right > innerWidth + 1;
    const found = [...document.querySelectorAll("body *")].filter((element) => !inside(element) && beyond(element));
    return [`by ${wide}`, ...found.slice(0, 3).map((element) => element.outerHTML.slice(0, 160))];
}"""


def address(site: Site, path: str) -> str:
    return f"{site.url}/console/{path.format(**vars(site.company))}"


def examine(page: Page, url: str, theme: str) -> list[str]:
    """Looks at a page at every width; gives what is wrong with it. The dark theme only has other colours."""
    wrong = []
    page.context.add_cookies([{"name": "stammis_theme", "value": theme, "url": url}])
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(url, wait_until="networkidle")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{theme} {width}: too wide: {element}" for element in page.evaluate(OVERFLOWING)]
        if theme == "dark" and width != WIDTHS[-1]:
            continue
        found = Axe().run(page).response["violations"]
        wrong += [f"{theme} {width}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]
    return wrong


def test_every_address_is_a_page_that_is_looked_at_or_is_no_page() -> None:
    assert {pattern.name for pattern in urlpatterns} <= PAGES.keys() | OPEN.keys() | NO_PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_and_both_themes_and_everybody_can_use_it(
    site: Site, signed_in: Callable[..., BrowserContext], name: str
) -> None:
    context = signed_in(site.url)
    page = context.new_page()
    heard = listen(page)
    wrong = [each for theme in THEMES for each in examine(page, address(site, PAGES[name]), theme)]
    context.close()
    assert not wrong, "\n".join(wrong)
    assert not heard or name in FOUND_MISSING, heard


@pytest.mark.parametrize("name", OPEN)
def test_a_door_fits_every_width_and_both_themes_and_everybody_can_use_it(
    site: Site, stranger: Page, name: str
) -> None:
    heard = listen(stranger)
    wrong = [each for theme in THEMES for each in examine(stranger, address(site, OPEN[name]), theme)]
    assert not wrong, "\n".join(wrong)
    assert not heard or name in FOUND_MISSING, heard


@pytest.mark.parametrize("name", ["first_steps", "keys", "people", "settings"])
def test_an_empty_installation_says_what_to_do(
    empty_site: Site, signed_in: Callable[..., BrowserContext], name: str
) -> None:
    context = signed_in(empty_site.url)
    wrong = examine(context.new_page(), address(empty_site, PAGES[name]), "light")
    context.close()
    assert not wrong, "\n".join(wrong)


def test_without_a_programme_every_page_about_it_leads_to_the_first_steps(
    empty_site: Site, signed_in: Callable[..., BrowserContext]
) -> None:
    context = signed_in(empty_site.url)
    page = context.new_page()
    for name in ("overview", "members", "programme", "backtests", "rewards", "imports"):
        page.goto(address(empty_site, PAGES[name]))
        assert page.title().startswith("First steps")
    context.close()


@pytest.mark.parametrize(
    "name", ["overview", "members", "member", "ledger", "why", "programme", "rewards", "audit", "parts"]
)
def test_a_page_that_only_shows_works_without_a_script(
    site: Site, signed_in: Callable[..., BrowserContext], name: str
) -> None:
    context = signed_in(site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(address(site, PAGES[name]))
    assert page.locator("h1").first.is_visible()
    assert page.locator("#panel").is_hidden()
    context.close()


def test_all_scripts_together_weigh_at_most_60_kilobytes(owner: Page, site: Site) -> None:
    weights = []
    owner.on(
        "response",
        lambda answer: weights.append(len(answer.body())) if answer.request.resource_type == "script" else None,
    )
    owner.goto(f"{site.url}/console/members", wait_until="networkidle")
    assert weights
    assert sum(weights) <= 60_000


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("opener", ["Adjust points", "Redeem", "Edit", "why?"])
def test_the_panel_beside_a_page_fits_and_everybody_can_use_it(
    owner: Page, site: Site, opener: str, width: int
) -> None:
    owner.set_viewport_size({"width": width, "height": 900})
    owner.goto(f"{site.url}/console/members/{site.company.member}")
    owner.get_by_role("link", name=opener).first.click()
    owner.wait_for_selector("#panel h2")
    found = Axe().run(owner).response["violations"]
    assert not [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
    assert not owner.evaluate(OVERFLOWING)


def test_the_menus_can_be_used_by_everybody(owner: Page, site: Site) -> None:
    owner.set_viewport_size({"width": 360, "height": 900})
    owner.goto(f"{site.url}/console/settings")
    for opener in ("[popovertarget=rail]", "[popovertarget=user-menu]"):
        owner.locator(opener).click()
        found = Axe().run(owner).response["violations"]
        assert not [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        owner.keyboard.press("Escape")
