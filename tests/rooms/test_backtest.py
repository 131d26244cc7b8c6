"""Back-tests: the same history under other rules, reckoned independently, also stopped and gone on with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from msgspec import structs

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.services import pass_days
from stammis.core.events import HoldPlaced, PoolChanged, Tender
from stammis.programmes.services import BadDocument
from stammis.simulation import queries, services
from stammis.simulation.course import FILE, FORM
from stammis.simulation.models import Run
from stammis.simulation.results import Summary, folder_of
from tests.rooms.test_merges import merges, parts
from tests.rooms.test_merges_carry import YEARS
from tests.rooms.till import NOW, SHOP, Till, adjusted, bought, day, gives, redeems, returned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def tried(till: Till, document: dict[str, Any] | None = None, **asked: Any) -> tuple[Summary, Summary]:
    """What a draft comes to, and what is published."""
    if document is not None:
        asked["document"] = SHOP | {"programme": till.programme.slug} | document
    run = services.work(services.begin(till.programme, by="test", **asked).id)
    assert run.compared_with is not None
    there, today = queries.summary_of(run), queries.summary_of(run.compared_with)
    assert there is not None
    assert today is not None
    return there, today


def proven(till: Till) -> Summary:
    found = queries.summary_of(services.work(services.begin_identity(till.programme, by="test").id))
    assert found is not None
    return found


DOUBLED = {"earn": [{"id": "spend", "kind": "amount", "points": 2, "each": "1.00"}]}


def test_a_draft_gives_what_a_pencil_says() -> None:
    till = Till()
    till.say(bought("a", 1_250, at=day("2026-01-10")), bought("b", 799, "ben", at=day("2026-02-10")))
    till.say(bought("c", [1_000, 500], at=day("2026-02-11")), returned("r", "c", "2", at=day("2026-02-20")))
    there, today = tried(till, DOUBLED)
    # today 12 + 7 + 15 - 5, twice as much for each euro: 25 + 15 + 30 - 10
    assert (today.wallets["points"].earned, today.wallets["points"].taken_back) == (12 + 7 + 15, -5)
    assert (there.wallets["points"].earned, there.wallets["points"].taken_back) == (25 + 15 + 30, -10)
    assert there.wallets["points"].closing == 60
    assert (there.members, there.purchases, there.gross_minor) == (2, 3, 1_250 + 799 + 1_500)


def test_points_that_are_not_there_are_paid_in_money_and_rewards_that_are_too_dear_are_counted() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")))
    till.one(redeems("bag", "bag", at=day("2026-01-11")))
    till.one(bought("b", 10_000, pay=60, at=day("2026-01-12")))
    halved = {"earn": [{"id": "spend", "kind": "amount", "points": 1, "each": "5.00"}]}
    there, today = tried(till, halved)
    assert (today.refused, there.refused) == (
        {},
        {"redemption not_enough_points": 1, "tender not_enough_points": 1},
    )
    # twice 100.00 in money; today 60 points pay 60.00 of the second
    assert there.wallets["points"].earned == 20 + 20
    assert today.wallets["points"].earned == 100 + 40
    assert (there.wallets["points"].redeemed, today.wallets["points"].redeemed) == (0, -90)


def test_who_paid_from_a_hold_that_is_not_there_pays_with_other_points_before_money() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 10_000, "ben", at=day("2026-01-10")))
    for member in ("anna", "ben"):
        asked = HoldPlaced(
            occurred_at=day("2026-01-11", "12:00"), id=member, member=member, wallet="points", amount=40, seconds=3_600
        )
        till.one_as(asked, ("hold", member))
    till.one(bought("more", 10_000, at=day("2026-01-11", "12:10")))
    for member in ("anna", "ben"):
        paid = bought(f"paid-{member}", 10_000, member, at=day("2026-01-11", "12:30"))
        till.one(structs.replace(paid, points=Tender("points", 40, hold=member)))
    there, today = tried(till, {"earn": [{"id": "spend", "kind": "amount", "points": 1, "each": "5.00"}]})
    assert today.refused == {}
    # anna has 20 + 20 and pays 40 of them; ben has 20 and pays in money
    assert there.refused == {"hold not_enough_points": 2, "tender not_enough_points": 1}
    assert there.wallets["points"].redeemed == -40
    assert there.wallets["points"].earned == (20 + 20 + 12) + (20 + 20)


def test_the_same_budget_goes_to_who_came_first() -> None:
    review = {"id": "review", "kind": "event", "event": "review", "points": 10}
    spend = {"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}
    till = Till(earn=[spend, review], budgets=[{"id": "spring", "rules": ["spend"], "points": 150, "per": "month"}])
    people = ["anna", "ben", "carl", "dora"]
    for number, person in enumerate(people):
        till.now = NOW + dt.timedelta(minutes=number)
        till.one(bought(f"p-{person}", 6_000, person, at=till.now))
    assert [till.active(person) for person in people] == [60, 60, 30, 0]
    found = proven(till)
    assert (found.differing, found.compared, found.budgets_shared) == (0, 3, True)
    smaller = {
        "earn": [spend, review],
        "budgets": [{"id": "spring", "rules": ["spend"], "points": 100, "per": "month"}],
    }
    there, today = tried(till, smaller)
    assert (today.wallets["points"].closing, there.wallets["points"].closing) == (150, 100)
    assert [limit.because for limit in there.limits] == ["budget_reached"]
    assert there.limits[0].times == 3  # the second buyer's rest, and two who get nothing


def test_a_budget_goes_to_who_came_first_whatever_their_clocks_say() -> None:
    budget = {"id": "spring", "rules": ["spend"], "points": 100, "per": "month"}
    till = Till(earn=DOUBLED["earn"], budgets=[budget])
    till.say(  # one group, recorded at one instant
        bought("a", 4_000, "anna", at=NOW - dt.timedelta(minutes=1)),
        bought("b", 4_000, "ben", at=NOW - dt.timedelta(hours=2)),
        bought("c", 1_000, "anna", at=NOW - dt.timedelta(hours=1)),
    )
    assert (till.active("anna"), till.active("ben")) == (80, 20)
    found = proven(till)
    assert (found.differing, found.compared, found.budgets_shared) == (0, 2, True)


def test_a_cap_of_each_household_is_tried_as_it_would_have_been_lived() -> None:
    till = Till()
    till.one(MemberFields("home", {"name": "Home"}, "household"))
    for number, person in enumerate(["anna", "ben", "carl"]):
        till.now = NOW + dt.timedelta(minutes=number)
        till.one(MemberFields(person, {}))
        if person != "carl":
            till.one(PoolChanged(occurred_at=till.now, member=person, pool="home", account="", share=0))
    for number, person in enumerate(["anna", "ben", "carl"]):
        till.now = NOW + dt.timedelta(hours=1, minutes=number)
        till.one(bought(f"p-{person}", 6_000, person, at=till.now))
    spend = {"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}
    cap = {"id": "home", "rules": ["spend"], "points": 100, "per": "month", "of": "household"}
    there, today = tried(till, {"earn": [spend], "budgets": [cap]})
    assert (today.wallets["points"].closing, there.wallets["points"].closing) == (180, 160)
    assert [(limit.because, limit.id, limit.times) for limit in there.limits] == [("budget_reached", "home", 1)]


def test_a_stretch_begins_with_what_everybody_had_or_with_nothing() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 5_000, at=day("2026-03-10")))
    till.one(redeems("bag", "bag", at=day("2026-03-11")))
    begins = dt.date(2026, 3, 1)
    carried, today = tried(till, DOUBLED, first=begins)
    assert (today.wallets["points"].opening, carried.wallets["points"].opening) == (100, 100)
    assert (today.wallets["points"].earned, carried.wallets["points"].earned) == (50, 100)
    assert carried.wallets["points"].closing == 100 + 100 - 30
    empty, none = tried(till, DOUBLED, first=begins, opening=Run.Opening.EMPTY)
    assert (none.wallets["points"].opening, empty.wallets["points"].closing) == (0, 100 - 30)
    early, _ = tried(till, DOUBLED, first=begins, end=dt.date(2026, 3, 11))
    assert (early.wallets["points"].redeemed, early.wallets["points"].closing) == (0, 200)


def test_a_gift_goes_to_whom_it_was_given_though_a_purchase_or_a_merge_has_the_same_id() -> None:
    till = Till()
    for id in ("0", "1", "2", "3", "4", "5"):
        giver, home, taker = f"giver-{id}", f"home-{id}", f"taker-{id}"
        till.say(MemberFields(giver, {}), MemberFields(taker, {}), MemberFields(home, {"name": "Home"}, "household"))
        till.one(PoolChanged(occurred_at=till.now, member=giver, pool=home, account="", share=50))
        till.say(bought(id, 1_000, giver), gives(id, 2, giver, taker))
        assert [till.active(each) for each in (giver, home, taker)] == [3, 5, 2]
    merges(till, "0", "taker-1", "taker-2")
    assert proven(till).differing == 0


def test_what_is_published_without_a_rule() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), adjusted("gift", 5, at=day("2026-01-11")))
    there, today = tried(till, without="spend")
    assert (today.wallets["points"].closing, there.wallets["points"].closing) == (105, 5)
    with pytest.raises(services.UnknownRule):
        services.begin(till.programme, by="test", without="nothing")


def test_without_a_rule_nothing_names_it_and_what_only_multiplied_it_is_gone_too() -> None:
    spend = {"id": "spend", "kind": "amount", "points": 1}
    twice = {"id": "twice", "kind": "multiply", "factor": 2, "rules": ["spend"]}
    gift = {"id": "gift", "kind": "purchase", "points": 500}
    large = {"id": "large", "kind": "multiply", "factor": 3}
    till = Till(
        earn=[spend, twice, gift, large],
        groups=[
            {"id": "best", "rules": ["spend", "gift"], "gives": "highest"},
            {"id": "more", "rules": ["twice", "large"], "gives": "first"},
        ],
        caps=[{"id": "daily", "rules": ["twice"], "per": "day", "points": 70}],
    )
    till.one(bought("a", 10_000, at=day("2026-01-10")))
    assert till.active() == 500 * 3
    without = {
        rule: tried(till, without=rule)[0].wallets["points"].closing for rule in ("spend", "twice", "gift", "large")
    }
    assert without == {"spend": 1_500, "twice": 1_500, "gift": 170, "large": 500}


def test_a_label_and_a_sample_look_at_some_only() -> None:
    till = Till()
    for number in range(40):
        till.say(bought(f"p-{number}", 1_000, f"person-{number}", at=day("2026-01-10")))
    there, today = tried(till, DOUBLED, sample=10)
    assert there.share == today.share == (10, 40)
    assert (today.wallets["points"].earned, there.wallets["points"].earned) == (100, 200)
    again, _ = tried(till, DOUBLED, sample=10)
    assert again == there


def test_who_is_tied_is_folded_together_and_a_gift_that_is_not_there_is_not_given() -> None:
    till = Till()
    till.say(bought("a", 10_000, at=day("2026-01-10")), bought("b", 1_000, "ben", at=day("2026-01-10")))
    till.one(gives("gift", 80, at=day("2026-01-11")))
    till.one(redeems("mug", "mug", "ben", at=day("2026-01-12")))
    assert proven(till).differing == 0
    halved = {"earn": [{"id": "spend", "kind": "amount", "points": 1, "each": "2.00"}]}
    there, _ = tried(till, halved)
    assert there.refused == {"redemption not_enough_points": 1, "transfer not_enough_points": 1}
    assert there.wallets["points"].closing == 50 + 5
    doubled, _ = tried(till, DOUBLED)
    assert (doubled.wallets["points"].sent, doubled.wallets["points"].received) == (-80, 80)


def test_accounts_that_leave_a_merge_in_turn_are_folded_as_they_left() -> None:
    higher = {"kind": "tier", "set": "level", "at_least": "silver"}
    earn = [SHOP["earn"][0], {"id": "more", "kind": "purchase", "points": 7, "when": higher}]
    till = Till(earn=earn, tiers=[YEARS | {"downgrade": {"by": "one_step"}}], now=day("2026-12-01"))
    till.one(bought("O-1", 120_000, "old", at=day("2025-12-01")))
    till.say(bought("A-1", 9_000, at=day("2026-11-01")), bought("C-1", 9_000, "cleo", at=day("2026-11-01")))
    pass_days(till.now)
    merges(till, at=till.now)
    merges(till, "M-2", "cleo", at=till.now)
    till.now = day("2027-01-05")
    pass_days(till.now)
    for event in (parts("M-1"), parts("M-2"), bought("A-2", 5_000)):
        till.now += dt.timedelta(minutes=1)
        till.one(structs.replace(event, occurred_at=till.now))
    assert till.active() == 90 + 50
    found = proven(till)
    assert (found.differing, found.compared) == (0, 9)


def test_a_run_that_is_killed_in_the_middle_comes_to_the_same_result() -> None:
    till = Till()
    for number in range(services.FEW + 20):
        till.say(bought(f"p-{number}", 1_000 + number, f"person-{number}", at=day("2026-01-10")))
    run = services.begin(till.programme, by="test", name="killed")

    def kill(done: int, _total: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.work(run.id, progress=kill)
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    done = {path.parent.name: path.stat().st_mtime_ns for path in folder_of(run).glob("b*/outcome")}
    assert 0 < run.done < run.total
    till.say(bought("later", 99_000, "person-1"))  # what comes meanwhile is not its history
    again = services.begin(till.programme, by="test", name="killed")
    assert again.id == run.id
    resumed = services.work(run.id)
    assert {name: (folder_of(run) / name / "outcome").stat().st_mtime_ns for name in done} == done
    summary = queries.summary_of(resumed)
    assert summary is not None
    assert summary.wallets["points"].earned == sum((1_000 + n) // 100 for n in range(services.FEW + 20))
    assert resumed.state == Run.State.DONE


@pytest.mark.parametrize("course", [f'"form":{FORM - 1}', '"form":"of old"'])
def test_what_an_older_release_began_is_folded_from_its_snapshot_again(course: str) -> None:
    till = Till()
    till.say(*(bought(f"p-{number}", 1_000, f"person-{number}", at=day("2026-01-10")) for number in range(40)))
    run = services.begin(till.programme, by="test")
    with pytest.raises(services.RunStopped):
        services.work(run.id, progress=lambda _done, _total: services.cancel(run))
    folder = folder_of(run)
    begun = list(folder.glob("b*/*"))
    assert begun
    for each in begun:
        each.write_bytes(b"in another form")
    (folder / FILE).write_text((folder / FILE).read_text().replace(f'"form":{FORM}', course))
    (folder / "of-another-release").write_text("")
    till.say(bought("later", 99_000, "person-1"))  # the snapshot does not know of it
    summary = queries.summary_of(services.work(run.id))
    assert summary is not None
    assert (summary.members, summary.wallets["points"].earned) == (40, 400)
    assert not (folder / "of-another-release").exists()


def test_a_run_stops_when_somebody_wants_it_to() -> None:
    till = Till()
    for number in range(30):
        till.say(bought(f"p-{number}", 1_000, f"person-{number}", at=day("2026-01-10")))
    run = services.begin(till.programme, by="test")

    def ask(done: int, _total: int) -> None:
        services.cancel(Run.objects.get(id=run.id))

    with pytest.raises(services.RunStopped):
        services.work(run.id, progress=ask)
    run.refresh_from_db()
    assert (run.state, 0 < run.done < run.total) == (Run.State.CANCELLED, True)
    assert services.work(run.id).state == Run.State.DONE


def test_a_document_that_cannot_be_published_cannot_be_tried() -> None:
    till = Till()
    with pytest.raises(BadDocument), transaction.atomic():
        services.begin(till.programme, by="test", document=SHOP | {"programme": till.programme.slug, "earn": "much"})
    with pytest.raises(services.OtherProgramme):
        services.begin(till.programme, by="test", document=SHOP)
    with pytest.raises(services.BadPeriod):
        services.begin(till.programme, by="test", first=dt.date(2026, 2, 1), end=dt.date(2026, 2, 1))
