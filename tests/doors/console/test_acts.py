"""What people do in the console, from the form to the ledger."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from stammis.imports.models import Run
from stammis.kit import clock
from stammis.programmes.models import Programme
from tests.doors.api.installation import pointed_to
from tests.doors.console.conftest import Site, listen

pytestmark = [pytest.mark.needs_debian("chromium"), pytest.mark.xdist_group("console")]


def member(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/console/members/{site.company.member}")


def balance(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".wallet .value").first.inner_text().split("points")[0]))


def test_points_by_hand_are_shown_in_numbers_before_and_stand_in_the_ledger_after(owner: Page, site: Site) -> None:
    member(owner, site)
    before = balance(owner)
    owner.get_by_role("link", name="Adjust points").click()
    panel = owner.locator("#panel")
    panel.get_by_label("Points").fill("150")
    panel.get_by_label("Reason").fill("Sorry for the wait")
    panel.get_by_role("button", name="See what will happen").click()
    expect(panel.locator(".plan")).to_contain_text("+150")
    expect(panel.locator(".plan")).to_contain_text(f"{before + 150:,} points")
    panel.get_by_role("button", name="Post it").click()
    expect(owner.locator(".note.good")).to_contain_text("+150")
    assert balance(owner) == before + 150
    expect(owner.locator(".timeline li:not(.day)").first).to_contain_text("Sorry for the wait")
    owner.goto(f"{site.url}/console/audit?what=points.adjust")
    expect(owner.locator("tbody tr").first).to_contain_text("owner@example.com")


def test_points_of_zero_or_without_a_reason_are_refused_beside_the_field(owner: Page, site: Site) -> None:
    member(owner, site)
    owner.get_by_role("link", name="Adjust points").click()
    panel = owner.locator("#panel")
    panel.get_by_label("Points").fill("0")
    panel.get_by_label("Reason").fill("None")
    panel.get_by_role("button", name="See what will happen").click()
    expect(panel.locator(".error")).to_contain_text("not 0")
    expect(panel.get_by_label("Points")).to_have_attribute("aria-invalid", "true")


def test_a_reward_is_redeemed_and_undone_and_the_points_come_back(owner: Page, site: Site) -> None:
    member(owner, site)
    owner.get_by_role("link", name="Adjust points").click()
    panel = owner.locator("#panel")
    panel.get_by_label("Points").fill("300")
    panel.get_by_label("Reason").fill("For the test")
    panel.get_by_role("button", name="See what will happen").click()
    panel.get_by_role("button", name="Post it").click()
    expect(owner.locator(".note.good")).to_be_visible()
    before = balance(owner)
    owner.get_by_role("link", name="Redeem").click()
    panel.get_by_label("Reward").select_option("coffee")
    panel.get_by_role("button", name="See what will happen").click()
    expect(panel.locator(".plan")).to_contain_text("−300")
    panel.get_by_role("button", name="Issue the reward").click()
    said = owner.locator(".note.good")
    expect(said).to_contain_text("The code is")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", said.inner_text())
    assert code
    assert balance(owner) == before - 300
    owner.locator(".line", has_text=code[0]).get_by_role("link", name="Undo").click()
    expect(panel.locator(".plan")).to_contain_text("+300")
    panel.get_by_role("button", name="Take it back").click()
    expect(owner.locator(".note.good")).to_contain_text("taken back")
    assert balance(owner) == before
    expect(owner.locator(".line", has_text=code[0])).to_have_count(0)


def test_a_reward_that_costs_too_much_is_refused_with_the_reason(owner: Page, site: Site) -> None:
    member(owner, site)
    owner.get_by_role("link", name="Redeem").click()
    panel = owner.locator("#panel")
    panel.get_by_label("Reward").select_option("dinner")
    panel.get_by_label("How many").fill("900")
    panel.get_by_role("button", name="See what will happen").click()
    expect(panel.locator(".error")).to_contain_text("not enough points")


def test_a_record_is_put_right_and_found_by_its_new_name(owner: Page, site: Site) -> None:
    member(owner, site)
    owner.get_by_role("link", name="Edit").click()
    owner.locator("#panel").get_by_label("Name", exact=False).first.fill("Zelda Zimmermann")
    owner.locator("#panel").get_by_role("button", name="Save").click()
    expect(owner.locator("h1")).to_have_text("Zelda Zimmermann")
    owner.goto(f"{site.url}/console/members?q=zimm")
    expect(owner.locator("#list tbody tr")).to_have_count(1)


def test_a_mistake_in_a_programme_file_is_named_with_its_place_and_the_nearest_name(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/programme/change")
    text = owner.locator("[name=text]").first.input_value()
    owner.locator("[name=text]").first.fill(text.replace("  points: 25", "  pionts: 25"))
    owner.get_by_role("button", name="Check").click()
    note = owner.get_by_role("alert")
    expect(note).to_contain_text("/earn/5")
    expect(note).to_contain_text("points")


def test_a_change_is_shown_in_sentences_approved_by_another_published_and_rolled_back(
    owner: Page, site: Site, signed_in: Callable[..., BrowserContext]
) -> None:
    owner.goto(f"{site.url}/console/programme/change")
    text = owner.locator("[name=text]").first.input_value()
    owner.locator("[name=text]").first.fill(text.replace("points: 25", "points: 30"))
    owner.get_by_label("Note").fill("A better large basket")
    owner.get_by_role("button", name="Check").click()
    difference = owner.locator(".difference")
    expect(difference.locator(".gone")).to_contain_text("25 points")
    expect(difference.locator(".come")).to_contain_text("30 points")
    owner.get_by_role("button", name="Keep as a draft").click()
    owner.get_by_role("button", name="Send to review").click()
    expect(owner.locator("h1 + .badge")).to_have_text("In review")
    expect(owner.get_by_role("button", name="Approve")).to_have_count(0)
    context = signed_in(site.url, "manager")
    manager = context.new_page()
    manager.goto(owner.url)
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_role("button", name="Publish").click()
    expect(manager.locator(".note.good")).to_contain_text("Version 2 is published")
    expect(manager.locator(".versions li")).to_have_count(2)
    expect(manager.locator(".versions")).to_contain_text("A better large basket")
    manager.goto(f"{site.url}/console/programme/history?part=earn/large")
    expect(manager.locator(".main")).to_contain_text("owner@example.com")
    expect(manager.locator(".fields")).to_contain_text("30")
    manager.goto(f"{site.url}/console/programme/versions/1/restore")
    expect(manager.locator(".difference .come")).to_contain_text("25 points")
    manager.get_by_role("button", name="Send to review").click()
    expect(manager.locator("h1 + .badge")).to_have_text("In review")
    expect(manager.get_by_role("button", name="Approve")).to_have_count(0)
    owner.goto(manager.url)
    owner.get_by_role("button", name="Approve").click()
    owner.get_by_role("button", name="Publish").click()
    expect(owner.locator(".note.good")).to_contain_text("Version 3 is published")
    context.close()


def test_a_key_is_shown_once_and_can_be_revoked(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/keys/new")
    owner.get_by_label("What is it for?").fill("Till in Turku")
    owner.get_by_label("members:read").check()
    owner.get_by_role("button", name="Make the key").click()
    key = owner.locator(".copy code").inner_text()
    headers = {"Authorization": f"Bearer {key}"}
    assert owner.request.get(f"{site.url}/api/v1/members", headers=headers).ok
    assert owner.request.get(f"{site.url}/api/v1/rewards", headers=headers).status == 403
    owner.goto(f"{site.url}/console/keys")
    assert key not in owner.content()
    owner.get_by_role("link", name="Revoke Till in Turku").click()
    owner.get_by_role("button", name="Revoke the key").click()
    expect(owner.locator(".note.good")).to_contain_text("Till in Turku")


def test_somebody_is_invited_chooses_a_password_and_is_in(owner: Page, site: Site, stranger: Page) -> None:
    owner.goto(f"{site.url}/console/people/invite")
    owner.get_by_label("Name", exact=True).fill("Bo Berg")
    owner.get_by_label("Mail address").fill("bo@example.com")
    owner.get_by_label("Role", exact=True).select_option("agent")
    owner.get_by_role("button", name="Send the invitation").click()
    link = owner.locator(".copy code").inner_text()
    heard = listen(stranger)
    stranger.goto(link)
    stranger.get_by_label("New password").fill("short")
    stranger.get_by_role("button", name="Save and go in").click()
    expect(stranger.locator(".error")).to_contain_text("too short")
    stranger.get_by_label("New password").fill("nine yellow kettles")
    stranger.get_by_role("button", name="Save and go in").click()
    expect(stranger.locator("h1")).to_have_text("Journey Club")
    expect(stranger.locator("#rail")).not_to_contain_text("People")
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("This link no longer works")
    assert [error for error in heard if "404" not in error] == []


def test_the_door_locks_after_five_wrong_passwords(stranger: Page, site: Site) -> None:
    for _ in range(6):
        stranger.goto(f"{site.url}/console/sign-in")
        stranger.get_by_label("Mail address").fill("viewer@example.com")
        stranger.get_by_label("Password").fill("wrong")
        stranger.get_by_role("button", name="Sign in").click()
        expect(stranger.locator(".note.bad")).to_be_visible()
    expect(stranger.locator(".note.bad")).to_contain_text("Too many failed sign-ins")


def test_the_list_is_exported_as_it_is_asked_for(owner: Page, site: Site) -> None:
    answer = owner.request.get(f"{site.url}/console/members.csv?q=hopp")
    lines = answer.text().splitlines()
    assert lines[0].removeprefix("\ufeff").startswith("id,name,email")
    assert len(lines) > 1
    assert all("Hopper" in line for line in lines[1:])


def test_each_chart_can_be_taken_away_as_numbers_and_as_a_picture(owner: Page, site: Site) -> None:
    for key in ("sales", "points", "customers", "levels"):
        table = owner.request.get(f"{site.url}/console/overview/{key}.csv")
        assert table.ok
        picture = owner.request.get(f"{site.url}/console/overview/{key}.png")
        assert picture.body().startswith(b"\x89PNG")


def test_an_agent_serves_members_but_runs_nothing(site: Site, signed_in: Callable[..., BrowserContext]) -> None:
    context = signed_in(site.url, "agent")
    page = context.new_page()
    member(page, site)
    expect(page.get_by_role("link", name="Redeem")).to_be_visible()
    page.goto(f"{site.url}/console/programme")
    page.goto(f"{site.url}/console/programme/drafts")
    expect(page.get_by_role("button", name="Begin a draft")).to_have_count(0)
    page.goto(f"{site.url}/console/programme/change")
    expect(page.locator("h1")).to_have_text("This is not open to your role")
    context.close()


def test_a_first_programme_begins_from_a_template(empty_site: Site, signed_in: Callable[..., BrowserContext]) -> None:
    context = signed_in(empty_site.url)
    page = context.new_page()
    page.goto(f"{empty_site.url}/console/first-steps")
    page.get_by_role("link", name="Stamps for a café").click()
    expect(page.locator("[name=text]").first).to_have_value(re.compile("programme: stamps"))
    context.close()


def test_a_file_is_handed_over_to_be_read_in(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/imports")
    file = {"name": "members.csv", "mimeType": "text/csv", "buffer": b"member,name\nm-9001,Nora New\n"}
    owner.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type] # Playwright's own form
    owner.get_by_role("button", name="Read it in").click()
    expect(owner.locator(".note.good")).to_contain_text("members.csv")


def test_a_file_that_is_no_table_is_refused_beside_the_field(owner: Page, site: Site) -> None:
    owner.goto(f"{site.url}/console/imports")
    file = {"name": "members.docx", "mimeType": "text/plain", "buffer": b"x"}
    owner.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type] # Playwright's own form
    owner.get_by_role("button", name="Read it in").click()
    expect(owner.locator(".error")).to_contain_text(".csv or .parquet")


def test_a_file_that_is_being_read_says_how_long_it_will_take_and_can_be_stopped(owner: Page, site: Site) -> None:
    with pointed_to(site.installation.address):
        run = Run.objects.create(
            programme=Programme.objects.get(),
            kind=Run.Kind.PURCHASES,
            file_name="large.csv",
            started_at=clock.real_now() - dt.timedelta(minutes=50),
            started_by="owner@example.com",
            accepted=10_000,
            positions=[5_000_000],
            size=6_000_000,
        )
        owner.goto(f"{site.url}/console/imports/{run.id}")
        expect(owner.locator(".cell", has_text="Time left")).to_contain_text("10 minutes")
        owner.get_by_role("button", name="Stop", exact=True).click()
        expect(owner.locator("#progress")).to_contain_text("It stops after the piece that is being read.")
        run.refresh_from_db()
        assert run.stopping
        run.delete()


def test_a_level_by_hand_is_shown_before_and_stands_on_the_page_with_its_reason_after(owner: Page, site: Site) -> None:
    member(owner, site)
    owner.get_by_role("link", name="By hand").first.click()
    panel = owner.locator("#panel")
    panel.get_by_label("Last day").fill("2030-12-31")
    panel.get_by_label("Reason").fill("A promise kept")
    panel.get_by_role("button", name="See what will happen").click()
    expect(panel.locator(".plan")).to_contain_text("31")
    panel.get_by_role("button", name="Do it").click()
    expect(owner.locator(".note.good")).to_contain_text("level is changed")
    expect(owner.locator(".standing")).to_contain_text("A promise kept")
    expect(owner.locator(".timeline li:not(.day)").first).to_contain_text("Level by hand")
    owner.goto(f"{site.url}/console/audit?what=levels.give")
    expect(owner.locator("tbody tr").first).to_contain_text("owner@example.com")
