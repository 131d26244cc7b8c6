"""Back-tests in the console: asked for, worked off by the worker, read, compared, taken away."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from stammis.console import moments
from stammis.members.queries import find
from stammis.programmes import services, yaml
from stammis.programmes.models import Draft
from stammis.programmes.queries import UnknownProgramme
from stammis.programmes.services import Author
from stammis.simulation import tasks
from stammis.simulation.course import FORM
from stammis.simulation.models import Run
from stammis.simulation.results import folder_of
from stammis.simulation.services import work
from stammis.staff import services as staff
from tests.rooms.till import NOW, SHOP, Till, bought, day, redeems

pytestmark = pytest.mark.django_db
DOUBLED = [{"id": "spend", "kind": "amount", "points": 2, "each": "1.00"}, SHOP["earn"][1]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def queue() -> object:
    with app.replace_connector(InMemoryConnector()) as replaced:
        yield replaced


def signed_in(client: Client, role: str = "manager") -> Client:
    client.force_login(
        staff.found(email=f"{role}@example.com", name=role, password="seven green kettles", role=role, by="x")
    )
    return client


def shop() -> Till:
    till = Till()
    till.say(bought("a", 10_000, "anna", at=day("2026-01-10")), bought("b", 3_050, "ben", at=day("2026-02-11")))
    return till


def drafted(till: Till) -> Draft:
    author = Author("ada@example.com", NOW)
    draft = services.begin(till.programme, "Double points", author)
    return services.save(draft, draft.document | {"earn": DOUBLED}, author)


def asked(client: Client, what: str, **more: object) -> Run:
    said = {"what": what, "opening": "carried", "first": "", "last": "", "label": "", "sample": ""} | more
    answer = client.post(reverse("console:backtest_new"), said)
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    return Run.objects.get(id=answer["Location"].rsplit("/", 1)[1])


def page(client: Client, run: Run, asks: str = "") -> str:
    return html.unescape(client.get(reverse("console:backtest", args=[run.id]) + asks).content.decode())


def test_a_draft_is_tried_and_told_in_words(client: Client) -> None:
    till = shop()
    draft = drafted(till)
    signed_in(client)
    assert draft.name in client.get(reverse("console:backtest_new")).content.decode()
    run = asked(client, f"draft:{draft.id}")
    assert (run.state, run.name, run.begun_by) == (Run.State.QUEUED, "Double points", "manager@example.com")
    assert "It waits for its turn." in page(client, run)
    tasks.work_off(str(run.id))
    told = page(client, run)
    # 100 + 30 points today; 200 + 61 as tried: each euro gives two, and 30.50 gives 61; a point is worth 1.00
    assert "It would have given 131 points more (+101%), worth €131.00." in told
    assert "2 members would have been better off, 0 worse; for 0 nothing would have changed." in told
    assert "Everybody is taken to have bought and redeemed just as they did." in told


def test_a_file_and_what_is_published_without_a_rule_are_tried(client: Client) -> None:
    till = shop()
    signed_in(client)
    document = SHOP | {"programme": till.programme.slug, "earn": DOUBLED}
    file = SimpleUploadedFile("double.yaml", yaml.dump(document).encode())
    run = asked(client, "file", file=file, first="2026-02-01", last="2026-02-28", sample="1")
    assert (run.name, run.begins_on, run.ends_on, run.sample) == (
        "double.yaml",
        dt.date(2026, 2, 1),
        dt.date(2026, 3, 1),
        1,
    )
    without = asked(client, "without:spend")
    assert without.without == "spend"
    tasks.work_off(str(without.id))
    assert "It would have given 130 points less (−100%), worth €130.00." in page(client, without)


def test_what_cannot_be_tried_is_told(client: Client) -> None:
    till = shop()
    signed_in(client)
    address = reverse("console:backtest_new")
    said = {"what": "file", "opening": "carried"}
    assert "Choose the programme file." in client.post(address, said).content.decode()
    wrong = SimpleUploadedFile("double.yaml", b"stammis: 1\nprogramme: x\n")
    assert client.post(address, said | {"file": wrong}).status_code == 422
    days = {"what": "without:spend", "first": "2026-02-02", "last": "2026-02-01"}
    assert "This day lies before the first one." in client.post(address, said | days).content.decode()
    nobodys = {"what": "without:spend", "label": "nobodys"}
    assert "No member has this label." in client.post(address, said | nobodys).content.decode()
    assert not Run.objects.filter(programme=till.programme).exists()


def test_a_back_test_is_stopped_gone_on_with_and_removed(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    act = reverse("console:backtest_act", args=[run.id])
    client.post(act, {"act": "cancel"})
    tasks.work_off(str(run.id))  # the job is there still, and leaves it alone
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert "It was stopped" in page(client, run)
    assert "No part of it was finished yet" in page(client, run)
    client.post(act, {"act": "resume"})
    tasks.work_off(str(run.id))
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    client.post(act, {"act": "pin"})
    assert "Do not keep" in page(client, run)
    assert "kept" in client.get(reverse("console:backtests")).content.decode()
    client.post(act, {"act": "unpin"})
    assert "Do not keep" not in page(client, run)
    client.post(act, {"act": "remove"})
    assert not Run.objects.filter(id=run.id).exists()


def test_a_run_that_a_killed_worker_left_is_taken_up_again(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    Run.objects.filter(id=run.id).update(state=Run.State.RUNNING)
    tasks.work_off(str(run.id))
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_a_sample_says_what_is_scaled_up(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}", sample="1")
    tasks.work_off(str(run.id))
    told = page(client, run)
    assert "A sample of 1 of 2 members. Points, money, what is outstanding" in told
    assert "Estimated for all" in told


def test_two_back_tests_are_laid_side_by_side(client: Client) -> None:
    till = shop()
    signed_in(client)
    double, without = asked(client, f"draft:{drafted(till).id}"), asked(client, "without:spend")
    for run in (double, without):
        tasks.work_off(str(run.id))
    assert "Published, without «spend»" in page(client, double)
    assert "Change in points given" in page(client, double)
    told = page(client, double, f"?with={without.id}")
    assert "It would have given 261 points more (none until now), worth €261.00." in told
    assert "What follows is beside «Published, without «spend»», not beside how it was." in told
    assert "What follows is beside" not in page(client, double)


def test_what_was_not_possible_is_told_of_both_sides(client: Client) -> None:
    till = shop()
    till.one(redeems("taken", "bag"))
    signed_in(client)
    double, without = asked(client, f"draft:{drafted(till).id}"), asked(client, "without:spend")
    for run in (double, without):
        tasks.work_off(str(run.id))
    row = r'Rewards taken</th><td class="number">%s</td><td class="number">%s</td>'
    assert re.search(row % (1, 0), page(client, double, f"?with={without.id}"))
    assert re.search(row % (0, 1), page(client, without, f"?with={double.id}"))
    assert "Everything that was redeemed could have been redeemed." in page(client, double)


def test_only_what_is_about_the_same_history_is_offered_beside(client: Client) -> None:
    till = shop()
    signed_in(client)
    double, without = asked(client, f"draft:{drafted(till).id}"), asked(client, "without:spend")
    tasks.work_off(str(double.id))
    till.one(bought("c", 1_000, "anna", at=day("2026-02-20")))
    tasks.work_off(str(without.id))
    assert f'value="{double.id}"' not in page(client, without)
    again = asked(client, f"draft:{Draft.objects.get().id}")
    tasks.work_off(str(again.id))
    assert f'value="{again.id}"' in page(client, without)


def test_the_proof_is_a_button_and_says_how_it_went(client: Client) -> None:
    shop()
    signed_in(client)
    answer = client.post(reverse("console:backtest_prove"))
    run = Run.objects.get(id=answer["Location"].rsplit("/", 1)[1])
    assert run.exact
    tasks.work_off(str(run.id))
    assert "2 rows compared, none differs." in page(client, run)
    assert "2 rows compared, none differs." in client.get(reverse("console:backtests")).content.decode()


def test_each_change_has_its_why_against_todays(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    tasks.work_off(str(run.id))
    anna = find(till.programme.id, "anna")
    told = html.unescape(client.get(reverse("console:backtest_why", args=[run.id, anna.id])).content.decode())
    assert "1 event came to something else" in told
    assert "+100 " in told
    assert "+200 " in told


def test_many_events_are_told_page_by_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "SHOWN", 2)
    till = shop()
    till.say(*(bought(f"more-{number}", 500, at=NOW) for number in range(4)))
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    tasks.work_off(str(run.id))
    address = reverse("console:backtest_why", args=[run.id, find(till.programme.id, "anna").id])
    asks: str | None = ""
    told: list[str] = []
    pages = 0
    while asks is not None:
        page = html.unescape(client.get(address + asks).content.decode())
        assert "5 events came to something else" in page
        told += re.findall(r"Purchase ([-a-z0-9]+)</h2>", page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        asks, pages = following and following[1], pages + 1
    assert (len(set(told)), len(told), pages) == (5, 5, 3)
    panel = html.unescape(client.get(address, headers={"HX-Request": "true", "HX-Target": "panel"}).content.decode())
    assert f'href="{address}">All events' in panel
    assert client.get(f"{address}?cursor=x").status_code in {400, 422}


def test_why_waits_for_the_worker_where_many_share_a_budget(client: Client) -> None:
    till = shop()
    draft = drafted(till)
    author = Author("ada@example.com", NOW)
    budget = {"id": "spring", "rules": ["spend"], "points": 100}
    draft = services.save(draft, draft.document | {"budgets": [budget]}, author)
    signed_in(client)
    run = asked(client, f"draft:{draft.id}")
    tasks.work_off(str(run.id))
    ben = find(till.programme.id, "ben")
    address = reverse("console:backtest_why", args=[run.id, ben.id])
    assert "It waits for its turn." in client.get(address).content.decode()
    polled = client.get(address, headers={"HX-Request": "true", "HX-Target": "told-h1"})
    assert "<article" not in polled.content.decode()
    run.refresh_from_db()
    place = folder_of(run)
    away = place.rename(place.with_suffix(".away"))  # how far it is can be told without a look at the history
    again = client.get(address, headers={"HX-Request": "true", "HX-Target": "told-h1"})
    away.rename(place)
    assert (again.status_code, "It waits for its turn." in again.content.decode()) == (200, True)
    tasks.explain(str(ben.id), str(run.id), str(run.compared_with_id))
    told = client.get(address, headers={"HX-Request": "true", "HX-Target": "told-h1"})
    assert (told["HX-Retarget"], told["HX-Reswap"]) == ("article.why", "outerHTML")
    assert "<h1>Why it would have been different for ben" in told.content.decode()
    assert "1 event came to something else" in html.unescape(client.get(address).content.decode())


def test_why_a_run_failed_is_told_in_the_readers_language(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")

    def broken(*_: object) -> None:
        raise UnknownProgramme(gettext_noop("There is no programme «%(name)s»."), values={"name": "shoes"})

    with pytest.raises(UnknownProgramme):
        work(run.id, progress=broken)
    address = reverse("console:backtest", args=[run.id])
    for spoken, said in (("en", "There is no programme «shoes»."), ("fi", "Ohjelmaa «shoes» ei ole.")):
        assert said in client.get(address, headers={"Accept-Language": spoken}).content.decode()
    run.refresh_from_db()
    assert run.message == "There is no programme «shoes»."


def test_tables_and_charts_are_taken_away(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    tasks.work_off(str(run.id))
    members = client.get(reverse("console:backtest_table", args=[run.id, "members", "csv"])).content.decode()
    assert members.splitlines()[0] == "member_id,member,wallet,today,tried,change,change_minor"
    anna = str(find(till.programme.id, "anna").id)
    assert f"{anna},anna,points,100,200,100,10000" in members
    parquet = client.get(reverse("console:backtest_table", args=[run.id, "levels", "parquet"])).content
    assert parquet[:4] == b"PAR1"
    chart = client.get(reverse("console:backtest_chart", args=[run.id, "points-points", "csv"])).content.decode()
    assert "2026-01,100,200" in chart
    for side in ("today", "tried"):
        levels = client.get(reverse("console:backtest_chart", args=[run.id, f"months-level-{side}", "csv"])).content
        assert "Basic" in levels.decode().splitlines()[0]
    assert client.get(reverse("console:backtest_chart", args=[run.id, "nothing", "csv"])).status_code == 404


def test_a_response_is_supposed_apart(client: Client) -> None:
    till = shop()
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    tasks.work_off(str(run.id))
    # 131 points more on 130 are 100.8 %; 10 % more sales for each tenth are 100.8 % of 130.50
    told = page(client, run, "?low=0&high=10")
    assert "an assumption" in told
    assert "+€131.50" in told


def test_what_is_supposed_is_asked_for_and_told_apart(client: Client) -> None:
    till = shop()
    till.one(redeems("bag", "bag", at=day("2026-03-20")))
    signed_in(client)
    half = {"what": "without:spend", "opening": "carried", "low": "1"}
    assert "Say both ends, or none." in client.post(reverse("console:backtest_new"), half).content.decode()
    run = asked(client, f"draft:{drafted(till).id}", redemption="curve", low="1", high="2")
    assert (run.redemption, run.response_low, run.response_high) == ("curve", 0.1, 0.2)
    tasks.work_off(str(run.id))
    told = page(client, run)
    assert "supposing redemption by a curve and a response of sales" in told
    assert "Points: if they were redeemed by their age" in told
    assert told.count("an assumption") == 2
    # 100.8 % more points, a tenth of that on sales of 130.50
    assert "+€13.15" in told


def test_what_rewards_cost_is_told(client: Client) -> None:
    till = shop()
    till.one(redeems("bag", "bag", at=day("2026-03-20")))
    signed_in(client)
    run = asked(client, f"draft:{drafted(till).id}")
    tasks.work_off(str(run.id))
    told = page(client, run)
    assert "What rewards cost" in told
    assert "One costs: by the points paid" in told
    assert "€30.00" in told


def test_a_drafts_page_says_what_it_would_have_meant(client: Client) -> None:
    till = shop()
    signed_in(client)
    draft = drafted(till)
    address = reverse("console:draft", args=[draft.id])
    assert "What would it have meant?" in client.get(address).content.decode()
    assert client.post(reverse("console:draft_cost", args=[draft.id])).status_code == 302
    assert "It waits for its turn." in client.get(address).content.decode()
    run = Run.objects.get(name=draft.name)
    assert run.begins_on is not None
    Run.objects.filter(id=run.id).update(begins_on=None)
    tasks.work_off(str(run.id))
    assert "It would have given 131 points more (+101%), worth €131.00." in client.get(address).content.decode()
    services.save(draft, draft.document | {"name": "Other"}, Author("ada@example.com", NOW))
    assert "It would have given" not in client.get(address).content.decode()


def test_what_an_earlier_release_reckoned_is_asked_for_again(client: Client, folder: Path) -> None:
    till = shop()
    signed_in(client)
    draft = drafted(till)
    run = asked(client, f"draft:{draft.id}")
    tasks.work_off(str(run.id))
    place = folder / "simulations" / str(run.id)
    for kept in place.glob("compared-*.json"):
        kept.unlink()
    course = place / "course.json"
    course.write_text(course.read_text().replace(f'"form":{FORM}', '"form":0'))
    assert "or of an earlier release" in page(client, run)
    assert 'value="again"' in page(client, run)
    course.unlink()
    assert "files of this back-test are gone" in page(client, run)
    assert "Over the last 90 days" in client.get(reverse("console:draft", args=[draft.id])).content.decode()
    answer = client.post(reverse("console:backtest_act", args=[run.id]), {"act": "again"})
    again = Run.objects.exclude(id=run.id).get(document__isnull=False)
    assert answer["Location"] == reverse("console:backtest", args=[again.id])
    asked_alike = ("document", "begins_on", "ends_on", "opening", "label", "sample", "name", "fingerprint")
    assert all(getattr(again, name) == getattr(run, name) for name in asked_alike)
    assert again.state == Run.State.QUEUED
