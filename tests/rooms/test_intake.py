"""Recording what happens: once, in order, and nothing of what is refused."""

import datetime as dt

import pytest

from stammis.accrual.outcomes import Accepted, Declined, Item, MemberFields
from stammis.accrual.services import record, verify
from stammis.accrual.services.timing import AHEAD
from stammis.activity.models import Deferred, Event, Receipt
from stammis.core.events import ReturnLine
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.members.queries import UnknownMember, find
from stammis.programmes.services import publish
from tests.rooms.till import NOW, SHOP, Till, bought, day, happened, redeems, returned, status

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    return Till()


def test_d15_a_purchase_posted_again_gives_the_same_answer_and_one_row(till: Till) -> None:
    first = till.one(bought("99", 50_000))
    again = till.one(bought("99", 50_000))
    assert (again.status, again.replay, again.answer) == (201, True, first.answer)
    assert till.rows() == [("earn", 500, 500)]


def test_d15_the_same_holds_within_one_group(till: Till) -> None:
    first, again = till.say(bought("99", 50_000), bought("99", 50_000))
    assert isinstance(first, Accepted)
    assert again == Accepted(201, first.answer, replay=True)
    assert till.rows() == [("earn", 500, 500)]


def test_d16_statuses_that_move_back_and_forth_earn_once(till: Till) -> None:
    till.one(bought("order", 4_000, status="processing"))
    for said in ("complete", "shipped", "complete"):
        assert till.one(status("order", said)).status == 200
    assert till.rows() == [("earn", 40, 40)]


def test_d17_a_till_that_syncs_a_sale_twice_earns_once_and_dates_it_at_the_sale(till: Till) -> None:
    sale = bought("T7-000123", 2_500, at=day("2026-05-28"))
    till.say(sale)
    till.say(sale)
    (entry,) = Entry.objects.filter(programme=till.programme)
    assert (entry.amount, entry.occurred_at, entry.posted_at) == (25, day("2026-05-28"), NOW)


def test_d18_the_same_id_with_another_body_is_refused_and_posts_nothing(till: Till) -> None:
    till.one(bought("K", 4_000))
    assert till.no(bought("K", 4_500)) == Declined(409, "id_reused")
    first, other = till.say(bought("L", 100), bought("L", 200))
    assert isinstance(first, Accepted)
    assert other == Declined(409, "id_reused")
    assert till.rows() == [("earn", 40, 40), ("earn", 1, 41)]


def test_an_id_is_unique_per_kind_only(till: Till) -> None:
    till.one(bought("7"))
    till.one(happened("7"))
    till.one(returned("7", "7", "1"))
    assert till.active() == 10


def test_a_source_without_hashes_takes_the_same_id_as_said_again(till: Till) -> None:
    for amount in (100, 200):
        (outcome,) = record([Item(till.programme.id, bought("7", amount), ("purchase", "7"))], now=NOW)
        assert isinstance(outcome, Accepted)
    assert till.rows() == [("earn", 1, 1)]


def test_d28_completed_before_its_purchase_waits_and_gives_the_same_points(till: Till) -> None:
    early = till.one(status("order", "completed"))
    assert (early.status, early.answer.effects) == (202, ())
    till.one(bought("order", 4_000, status="placed"))
    assert till.rows() == [("earn", 40, 40)]
    assert Deferred.objects.get(programme=till.programme).state == "applied"


def test_what_waits_is_applied_in_the_order_of_its_arrival_and_answered_202_for_ever(till: Till) -> None:
    back = returned("r1", "order", "1")
    assert till.one(back).status == 202
    again = till.one(back)
    assert (again.status, again.replay) == (202, True)
    till.one(status("order", "completed"))
    till.one(bought("order", [4_000, 1_000], status="placed"))
    assert till.rows() == [("earn", 10, 10)]
    late = till.one(back)
    assert (late.status, late.replay, late.answer.effects) == (202, True, ())
    assert till.no(returned("r1", "order", "2")) == Declined(409, "id_reused")


def test_what_waits_can_arrive_in_the_same_group_as_its_purchase(till: Till) -> None:
    statuses = [outcome.status for outcome in till.say(status("order", "completed"), bought("order", status="placed"))]
    assert statuses == [202, 201]
    assert till.rows() == [("earn", 100, 100)]


def test_what_is_refused_when_its_purchase_arrives_is_listed_and_its_id_is_free_again(till: Till) -> None:
    till.one(returned("r1", "order", ReturnLine("1", amount=9_000)))
    till.one(bought("order", 4_000))
    listed = Deferred.objects.get(programme=till.programme)
    assert (listed.state, listed.code) == ("refused", "more_than_bought")
    assert till.one(returned("r1", "order", "1")).status == 201
    assert till.active() == 0


def test_a_refused_call_is_not_remembered(till: Till) -> None:
    assert till.no(bought("p", pay=10)).code == "not_enough_points"
    assert not Receipt.objects.filter(programme=till.programme).exists()
    assert not Event.objects.filter(programme=till.programme).exists()
    with pytest.raises(UnknownMember):
        find(till.programme.id, "anna")
    assert till.one(bought("p")).status == 201


def test_one_bad_item_spoils_no_other(till: Till) -> None:
    outcomes = till.say(
        bought("1"),
        bought("2", status="nonsense"),
        bought("3", currency="SEK"),
        bought("4", member="nul\0"),
        bought("5", at=NOW + AHEAD + dt.timedelta(seconds=1)),
        bought("6", at=NOW - dt.timedelta(days=801)),
        bought("7"),
    )
    codes = [outcome.code if isinstance(outcome, Declined) else outcome.status for outcome in outcomes]
    assert codes == [201, "unknown_status", "no_rate", "invalid", "in_future", "too_old", 201]
    assert [outcome.status for outcome in outcomes if isinstance(outcome, Declined)] == [422] * 5
    assert till.rows() == [("earn", 100, 100), ("earn", 100, 200)]


def test_items_of_one_member_in_one_group_build_on_each_other(till: Till) -> None:
    till.say(bought("1", 60_000), bought("2", 50_000, pay=100), returned("r", "1", "1"), happened("e"))
    assert till.rows() == [
        ("earn", 600, 600),
        ("spend", -100, 500),
        ("earn", 400, 900),
        ("return", -600, 300),
        ("earn", 10, 310),
    ]
    assert not verify(till.programme)


def test_unknown_members_are_enrolled_or_refused_as_the_programme_says(till: Till) -> None:
    till.one(bought("1", member="new"))
    assert find(till.programme.id, "new").joined_at == NOW
    strict = Till(members={"unknown": "refuse"})
    assert strict.no(bought("1", member="new")) == Declined(422, "unknown_member", None, {"member": "new"})
    assert strict.no(happened("1", member="new")).code == "unknown_member"
    strict.one(MemberFields("new", {}))
    assert strict.one(bought("1", member="new")).status == 201


def test_guests_are_kept_by_address_and_earn_nothing(till: Till) -> None:
    till.say(
        bought("1", member=None, email="Anna@Example.com"),
        bought("2", member=None, email="anna@example.com"),
        bought("3", member=None),
        bought("4", member=None),
    )
    guests = Member.objects.filter(programme=till.programme, kind=Member.Kind.GUEST)
    assert sorted(Event.objects.filter(member_id=guest.id).count() for guest in guests) == [1, 1, 2]
    assert not Entry.objects.filter(programme=till.programme).exists()
    assert not verify(till.programme)


def test_what_happened_before_the_first_version_is_recorded_and_earns_nothing() -> None:
    till = Till(starts="2026-05-01")
    before = till.one(bought("1", at=day("2026-04-30")))
    assert [step.because for step in before.answer.steps] == ["no_version"]
    assert before.answer.version == 0
    till.one(bought("2", at=day("2026-05-01")))
    assert till.rows() == [("earn", 100, 100)]
    till.one(returned("r", "1", "1"))
    assert till.active() == 100
    assert not verify(till.programme)


def test_what_is_due_until_an_event_is_applied_before_it(till: Till) -> None:
    till.one(bought("1", 10_000, at=day("2025-02-01")))
    till.one(bought("2", 3_000, at=day("2026-03-01")))
    assert till.rows() == [("earn", 100, 100), ("expire", -100, 0), ("earn", 30, 30)]
    expired = Entry.objects.get(programme=till.programme, kind="expire")
    assert expired.occurred_at == day("2026-02-01", "00:00")


def test_a_late_event_is_decided_on_the_standing_as_it_is(till: Till) -> None:
    till.one(bought("1", 10_000, at=day("2026-03-01")))
    till.one(bought("2", 5_000, at=day("2026-01-01")))
    assert till.rows() == [("earn", 100, 100), ("earn", 50, 150)]
    ends = Entry.objects.filter(programme=till.programme).order_by("row").values_list("ends_at", flat=True)
    assert list(ends) == [day("2027-03-01", "00:00"), day("2027-01-01", "00:00")]


def test_facts_about_a_member_make_no_later_history_late(till: Till) -> None:
    till.one(MemberFields("anna", {"name": "Anna", "labels": ["vip"]}))
    till.one(bought("1", 10_000, at=day("2025-02-01")))
    till.one(bought("2", 3_000, at=day("2026-03-01")))
    assert till.rows() == [("earn", 100, 100), ("expire", -100, 0), ("earn", 30, 30)]


def test_a_dry_run_answers_the_same_and_writes_nothing(till: Till) -> None:
    for event in (bought("1"), redeems("x", "bag"), status("9", "completed")):
        record([till.item(event)], now=NOW, dry_run=True)
    assert not Event.objects.filter(programme=till.programme).exists()
    assert not Deferred.objects.exists()
    (dry,) = record([till.item(bought("1"))], now=NOW, dry_run=True)
    wet = till.one(bought("1"))
    assert isinstance(dry, Accepted)
    assert (dry.answer.effects, dry.answer.wallets) == (wet.answer.effects, wet.answer.wallets)


def test_a_dry_run_can_look_ahead_and_back(till: Till) -> None:
    till.one(bought("1", at=day("2026-05-01")))
    wish = till.item(redeems("x", "bag"))
    for as_of, expected in (
        ("2026-06-01", None),
        ("2027-05-01", "not_enough_points"),
        ("2026-04-01", "not_enough_points"),
    ):
        (outcome,) = record([wish], now=NOW, dry_run=True, as_of=day(as_of))
        assert (outcome.code if isinstance(outcome, Declined) else None) == expected
    assert till.active() == 100


def test_the_version_in_force_is_the_one_of_the_day(till: Till) -> None:
    second = SHOP | {
        "programme": till.programme.slug,
        "from": "2026-06-02",
        "earn": [{"id": "spend", "kind": "amount", "points": 3, "each": "1.00"}],
    }
    publish(second, by="test", now=NOW)
    till.now = day("2026-06-03")
    till.one(bought("1", at=day("2026-06-01", "22:59")))
    till.one(bought("2", at=day("2026-06-01", "23:00")))  # midnight in London
    till.one(returned("r", "1", "1", at=day("2026-06-03")))
    assert till.rows() == [("earn", 100, 100), ("earn", 300, 400), ("return", -100, 300)]
    assert not verify(till.programme)


@pytest.mark.parametrize("came_before", [False, True])
def test_an_id_that_became_free_in_a_group_is_free_within_it(till: Till, came_before: bool) -> None:  # noqa: FBT001 - pytest's way
    too_much = returned("r", "order", ReturnLine("1", amount=9_000))
    if came_before:
        till.one(too_much)
    group = till.say(too_much, bought("order", 4_000), returned("r", "order", "1"), returned("r", "other", "1"))
    assert [outcome.status for outcome in group] == [202, 201, 201, 409]


def test_what_waits_in_one_group_is_applied_in_its_order(till: Till) -> None:
    till.say(*[status("order", said) for said in ("completed", "cancelled") * 5])
    till.one(bought("order", 1_000, status="placed"))
    assert till.rows() == [("earn", 10, 10), *[("return", -10, 0), ("earn", 10, 10)] * 4, ("return", -10, 0)]


def test_an_id_that_became_free_may_wait_again_in_the_same_group(till: Till) -> None:
    till.one(returned("r", "order", ReturnLine("1", amount=9_000)))
    group = till.say(bought("order", 4_000), returned("r", "other", "1"))
    assert [outcome.status for outcome in group] == [201, 202]
    states = Deferred.objects.filter(programme=till.programme).order_by("id").values_list("state", "purchase_id")
    assert list(states) == [("refused", "order"), ("waiting", "other")]
