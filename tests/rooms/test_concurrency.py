"""Many at once, on a database of their own: nothing is doubled, lost or locked for good."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from django.db import connection

from stammis.accrual.outcomes import Accepted, Declined, MemberFields, Outcome
from stammis.accrual.services import pass_days, record, verify
from stammis.activity.models import Deferred, Event, Receipt
from stammis.core.events import AnyEvent, PoolChanged
from stammis.ledger.models import Entry
from stammis.members.models import Identity, Member
from stammis.rewards.models import Issued, Stock
from tests.processes import SECONDS
from tests.rooms.till import NOW, SHOP, Till, bought, day, gives, happened, redeems, returned, status

pytestmark = pytest.mark.usefixtures("own_database")

Result = TypeVar("Result")


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Does all acts at the same moment, each in a thread and on a connection of its own; gives their results."""
    barrier = threading.Barrier(len(acts))
    results: dict[int, Result] = {}

    def do(place: int, act: Callable[[], Result]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(SECONDS)
            results[place] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SECONDS)
    assert len(results) == len(acts), "an act failed or hangs"
    return [results[place] for place in range(len(acts))]


def codes(outcomes: list[list[Outcome]]) -> Counter[str]:
    return Counter(
        outcome.code if isinstance(outcome, Declined) else str(outcome.status) for each in outcomes for outcome in each
    )


def test_d27_a_member_first_seen_by_two_calls_at_once_is_one_member() -> None:
    till = Till()
    for round_ in range(5):
        member = f"new-{round_}"
        shop, checkout = (bought(f"{where}-{round_}", 1_000, member) for where in ("shop", "till"))
        outcomes = at_once(partial(till.say, shop), partial(till.say, checkout))
        assert codes(outcomes) == {"201": 2}
        assert Identity.objects.filter(value=member).count() == 1
        assert Member.objects.filter(reference=member).count() == 1
        assert till.rows(member) == [("earn", 10, 10), ("earn", 10, 20)]
    assert not verify()


@pytest.mark.parametrize("gone", [0, 1])
def test_d22_of_fifty_redemptions_of_the_last_piece_one_succeeds_and_one_member_pays(gone: int) -> None:
    till = Till(rewards=[{"id": "mug", "name": "Mug", "price": 50, "stock": gone + 1}])
    till.say(*[bought(member, member=member) for member in ("anna", "bert", "carl")])
    till.say(*[redeems(f"before-{n}", "mug", "carl") for n in range(gone)])
    wishes = [[redeems(f"x{n}-{m}", "mug", "anna" if n % 2 else "bert") for m in range(5)] for n in range(10)]
    outcomes = at_once(*[partial(till.say, *group) for group in wishes])
    assert codes(outcomes) == {"201": 1, "sold_out": 49}
    assert Stock.objects.get(reward="mug").issued == Issued.objects.count() == gone + 1
    assert sorted((till.active("anna"), till.active("bert"))) == [50, 100]
    assert not verify()


def test_one_id_sent_by_many_at_once_is_accepted_once() -> None:
    till = Till()
    same = at_once(*[partial(till.say, bought("same", 1_000)) for _ in range(6)])
    assert codes(same) == {"201": 6}
    assert sum(not outcome.replay for each in same for outcome in each if isinstance(outcome, Accepted)) == 1
    other = at_once(*[partial(till.say, bought("other", 1_000, f"member-{n}")) for n in range(6)])
    assert codes(other) == {"201": 1, "id_reused": 5}
    assert Receipt.objects.count() == 2
    assert Event.objects.filter(kind="purchase").count() == 2
    assert not verify()


def test_eight_threads_on_ten_members_neither_deadlock_nor_lose_a_point() -> None:
    till = Till(rewards=[{"id": "mug", "name": "Mug", "price": 1}, {"id": "bag", "name": "Bag", "price": 1}])
    members = [f"m{n}" for n in range(10)]

    def work(worker: int) -> list[Outcome]:
        chance = random.Random(worker)
        outcomes: list[Outcome] = []
        for n in range(25):
            group: list[AnyEvent] = []
            for k in range(8):
                id, member = f"{worker}-{n}-{k}", chance.choice(members)
                group.append(bought(id, chance.randrange(100, 5_000), member))
                if k % 3 == 0:
                    group.append(returned(f"r{id}", id, "1"))
                    group.append(redeems(f"x{id}", chance.choice(["mug", "bag"]), member))
            outcomes += till.say(*group)
        return outcomes

    outcomes = at_once(*[partial(work, worker) for worker in range(8)])
    assert set(codes(outcomes)) <= {"201", "not_enough_points"}
    assert Event.objects.filter(kind="purchase").count() == 8 * 25 * 8
    assert not verify()
    for member in members:
        rows = till.rows(member)
        assert sum(amount for _, amount, _ in rows) == rows[-1][2]


def test_d28_a_status_and_its_purchase_at_once_end_as_in_the_usual_order() -> None:
    till = Till()
    for n in range(12):
        order = f"order-{n}"
        at_once(
            partial(till.say, status(order, "completed")),
            partial(till.say, bought(order, 1_000, status="placed")),
        )
    assert till.active() == 120
    assert not Deferred.objects.filter(state="waiting").exists()
    assert not verify()


def test_days_pass_while_purchases_come_in() -> None:
    till = Till(wallets=[{"id": "points", "name": "Points", "expiry": {"kind": "days", "days": 1}}])
    members = [f"m{n}" for n in range(20)]
    for member in members:
        till.one(bought(f"old-{member}", 1_000, member, at=day("2026-05-01")))

    def buy(worker: int) -> list[Outcome]:
        return [till.say(bought(f"{worker}-{n}", 1_000, members[n], at=NOW))[0] for n in range(20)]

    at_once(lambda: buy(1), lambda: buy(2), lambda: [pass_days(NOW) and None for _ in range(5)])
    pass_days(NOW)
    assert Entry.objects.filter(kind="expire").count() == 20
    assert {till.active(member) for member in members} == {20}
    assert not verify()


def test_a_group_that_races_is_tried_again_and_a_spoiled_item_stays_alone() -> None:
    till = Till()
    groups = [[happened(f"{worker}-{n}", member=f"fresh-{n}") for n in range(20)] for worker in range(4)]
    groups[0].append(happened("spoiled", member="nul\0"))
    outcomes = at_once(*[lambda group=group: record([till.item(e) for e in group], now=NOW) for group in groups])
    assert codes(outcomes) == {"201": 80, "invalid": 1}
    assert {till.active(f"fresh-{n}") for n in range(20)} == {40}
    assert not verify()


def test_d21_of_twenty_transfers_of_all_points_at_once_exactly_one_succeeds() -> None:
    till = Till()
    members = ["anna", *(f"b{number}" for number in range(4))]
    for round_ in range(5):
        giver = members[round_ % len(members)]
        others = [member for member in members if member != giver]
        before = {member: till.active(member) for member in members} if round_ else {}
        till.one(bought(f"A-{round_}", 10_000, giver))
        for other in others if not round_ else ():
            till.one(bought(f"first-{other}", 0, other))
        there = before.get(giver, 0) + 100
        acts = [
            partial(till.say, gives(f"T-{round_}-{number}", there, giver, others[number % len(others)]))
            for number in range(20)
        ]
        assert codes(at_once(*acts)) == {"201": 1, "not_enough_points": 19}
        assert till.active(giver) == 0
        assert sum(till.active(member) for member in members) == sum(before.values()) + 100
    assert verify(till.programme) == []


def test_transfers_in_circles_neither_lock_for_good_nor_lose_a_point() -> None:
    till = Till()
    members = [f"c{number}" for number in range(6)]
    for member in members:
        till.one(bought(f"P-{member}", 10_000, member))
    random_ = random.Random(7)
    pairs = [random_.sample(members, 2) for _ in range(48)]
    acts = [
        partial(till.say, gives(f"T-{number}", random_.randint(1, 60), giver, to))
        for number, (giver, to) in enumerate(pairs)
    ]
    outcomes = codes(at_once(*acts))
    assert set(outcomes) <= {"201", "not_enough_points"}
    assert sum(till.active(member) for member in members) == 600
    assert verify(till.programme) == []


def test_many_tills_at_once_never_give_more_than_a_budget_holds() -> None:
    rule = {"id": "extra", "kind": "purchase", "points": 100}
    till = Till(earn=[rule], budgets=[{"id": "spring", "rules": ["extra"], "points": 750}])
    names = [f"m{number}" for number in range(20)]
    outcomes = at_once(*[partial(till.say, bought(name, 1_000, name)) for name in names])
    assert codes(outcomes) == {"201": 20}
    assert sorted(till.active(name) for name in names if till.rows(name)) == [50, *[100] * 7]
    assert not verify()


def test_two_of_one_household_who_buy_at_once_never_get_more_than_its_cap() -> None:
    extra = {"id": "extra", "kind": "purchase", "points": 100}
    cap = {"id": "bread", "rules": ["extra"], "points": 150, "per": "month", "of": "household"}
    till = Till(earn=[*SHOP["earn"], extra], budgets=[cap])
    till.one(MemberFields("home", {"name": "Home"}, "household"))
    for who in ("anna", "ben"):
        till.one(MemberFields(who, {}))
        till.one(PoolChanged(occurred_at=NOW, member=who, pool="home", account="", share=0))
    for month in range(1, 5):
        at = day(f"2026-0{month}-02")
        groups = [[bought(f"{who}-{month}-{n}", 1_000, who, at=at) for n in range(3)] for who in ("anna", "ben")]
        assert codes(at_once(*[partial(till.say, *group) for group in groups])) == {"201": 6}
        assert till.active() + till.active("ben") == month * (6 * 10 + 150)
    assert not verify()
