"""What comes back after a correction: taken back is what the purchase gives after it, whatever is undone later."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from stammis.accrual.outcomes import Accepted, MemberFields
from stammis.accrual.queries.reasons import why
from stammis.accrual.services import record, verify
from stammis.core.effects import Posted
from stammis.core.events import Merged
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.ledger.queries import row_id
from stammis.members.queries import find
from stammis.simulation import queries, services
from stammis.simulation.models import Correction
from stammis.simulation.services import correcting
from tests.rooms.test_corrections import MEAN, RIGHT, WRONG, amounts, planned, posted, shop, undone
from tests.rooms.test_corrections_together import pooled
from tests.rooms.till import NOW, SHOP, Till, adjusted, bought, day, redeems, returned, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hour_later")]
LATER = NOW + dt.timedelta(hours=2)
LINES = {"1": 1_000, "2": 700, "3": 300}
"""20.00 in three lines: 60 points by the wrong rule, 20 by the right one, 10 by the mean one."""


def bought_and_righted(wrong: list[dict[str, Any]] = WRONG, **changes: Any) -> tuple[Till, Correction]:
    till = shop(wrong, **changes)
    till.one(bought("a", LINES, at=day("2026-01-10")))
    correction = posted(till, planned(till))
    till.now = LATER
    return till, correction


def back(till: Till, *lines: str) -> None:
    till.one(returned(f"r{''.join(lines)}", "a", *lines, at=till.now))


def agrees(till: Till) -> None:
    """What is stored is what the events say, and a back-test by the same versions posts the very same rows."""
    assert verify(till.programme) == []
    run = services.work(services.begin_identity(till.programme, by="test").id)
    summary = queries.summary_of(run)
    assert summary is not None
    assert (summary.differences, summary.compared > 0) == ((), True)


@pytest.mark.parametrize("wrong", [WRONG, MEAN], ids=["too many", "too few"])
def test_a_whole_return_takes_what_the_purchase_gives_after_the_correction(wrong: list[dict[str, Any]]) -> None:
    till, _ = bought_and_righted(wrong)
    assert till.active() == 20
    back(till, "1", "2", "3")
    assert till.active() == 0
    assert till.rows()[-1] == ("return", -20, 0)
    agrees(till)


@pytest.mark.parametrize("wrong", [WRONG, MEAN], ids=["too many", "too few"])
@pytest.mark.parametrize("order", list(itertools.permutations("123")), ids="".join)
def test_in_parts_it_comes_to_what_the_right_rule_leaves(wrong: list[dict[str, Any]], order: tuple[str, ...]) -> None:
    till, _ = bought_and_righted(wrong)
    kept = 2_000
    for line in order:
        back(till, line)
        kept -= LINES[line]
        assert till.active() == kept // 100
    agrees(till)


@pytest.mark.parametrize("wrong", [WRONG, MEAN], ids=["too many", "too few"])
@pytest.mark.parametrize("first", ["", "1", "23", "123"])
@pytest.mark.parametrize("then", ["", "2", "123"])
def test_undone_meanwhile_it_comes_to_what_the_wrong_rule_leaves(
    wrong: list[dict[str, Any]], first: str, then: str
) -> None:
    till, correction = bought_and_righted(wrong)
    other = shop(wrong)
    other.one(bought("a", LINES, at=day("2026-01-10")))
    later = [line for line in then if line not in first]
    for each in (till, other):
        each.now = LATER
        if first:
            back(each, *first)
    assert undone(till, correction).state == Correction.State.UNDONE
    assert till.active() == other.active()
    for each in (till, other):
        if later:
            back(each, *later)
    assert till.active() == other.active()
    agrees(till)


def test_what_was_undone_can_be_put_right_anew_and_comes_back_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    till, correction = bought_and_righted()
    back(till, "1")
    monkeypatch.setattr(clock, "now", lambda: LATER + dt.timedelta(hours=1))
    undone(till, correction)
    assert till.active() == 30
    again = planned(till, name="again")
    assert amounts(again) == {"anna": -20}
    posted(till, again)
    till.now = LATER + dt.timedelta(hours=2)
    back(till, "2")
    assert till.active() == 3
    back(till, "3")
    assert till.active() == 0
    agrees(till)


def test_a_correction_after_a_first_return_goes_in_proportion_to_what_was_left() -> None:
    till = shop()
    till.one(bought("a", LINES, at=day("2026-01-10")))
    till.one(returned("r1", "a", "1", at=day("2026-02-01")))
    correction = posted(till, planned(till))
    till.now = LATER
    assert till.active() == 10
    back(till, "3")
    assert till.active() == 7
    undone(till, correction)
    assert till.active() == 21
    back(till, "2")
    assert till.active() == 0
    agrees(till)


@pytest.mark.parametrize("wrong", [WRONG, MEAN], ids=["too many", "too few"])
def test_cancelled_and_completed_again_it_gives_what_it_gave_and_loses_it_again(wrong: list[dict[str, Any]]) -> None:
    till, _ = bought_and_righted(wrong)
    for name, active in (("cancelled", 0), ("completed", 20), ("cancelled", 0), ("completed", 20)):
        till.now += dt.timedelta(minutes=1)
        till.one(status("a", name, at=till.now))
        assert till.active() == active
    back(till, "1")
    assert till.active() == 10
    back(till, "2", "3")
    assert till.active() == 0
    agrees(till)


def test_a_killed_undoing_gives_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    till, correction = bought_and_righted()
    back(till, "1")
    keep = correcting._take_over  # noqa: SLF001 - killed after the points

    def killed(*_given: Any, **_named: Any) -> None:
        monkeypatch.setattr(correcting, "_take_over", keep)
        raise KeyboardInterrupt

    monkeypatch.setattr(correcting, "_take_over", killed)
    with pytest.raises(KeyboardInterrupt):
        undone(till, correction)
    back(till, "2", "3")
    assert services.post(correction.id).state == Correction.State.UNDONE
    assert till.active() == 0
    assert queries.posted(correction) == {"points": (-40, 20)}


def test_the_row_says_that_a_correction_was_reckoned_with() -> None:
    for wrong, said in ((WRONG, "40 points fewer"), (MEAN, "10 points taken back: what a correction had given")):
        till, correction = bought_and_righted(wrong)
        back(till, "1", "2", "3")
        row = Entry.objects.filter(member_id=find(till.programme.id, "anna").id).latest("row")
        found = why(row_id(row.member_id, row.row), "en", now=NOW)
        assert said in found["sentence"]
        assert sum(each["amount"] for each in found["parts"]) == -20
        undone(till, correction)
        agrees(till)


def test_an_undoing_names_what_it_turns_round() -> None:
    till, correction = bought_and_righted()
    undone(till, correction)
    row = Entry.objects.filter(member_id=find(till.programme.id, "anna").id).latest("row")
    assert "purchase a (60 points instead of 20)" in why(row_id(row.member_id, row.row), "en", now=NOW)["sentence"]


@pytest.mark.parametrize("policy", ["allow_debt", "to_zero", "pending_only"])
def test_what_could_not_be_taken_is_still_due_with_the_goods(policy: str) -> None:
    till = shop(wallets=[SHOP["wallets"][0] | {"negative_balance": policy}])
    till.one(bought("a", LINES, at=day("2026-01-10")))
    till.one(redeems("bag", "bag", at=day("2026-01-11")))
    correction = posted(till, planned(till))
    taken = {"allow_debt": -40, "to_zero": -30, "pending_only": -30}[policy]
    assert queries.posted(correction) == {"points": (taken, 0)}
    till.now = LATER
    till.one(bought("b", 10_000, at=LATER))
    back(till, "1", "2", "3")
    # 60 were given, 30 of them spent: of the purchase nothing stays but what a return never takes
    assert till.active() == {"allow_debt": 70, "to_zero": 70, "pending_only": 100}[policy]
    undone(till, correction)
    assert till.active() == {"allow_debt": 70, "to_zero": 70, "pending_only": 100}[policy]
    agrees(till)


def test_a_purchase_of_a_merged_account_comes_back_as_it_was_put_right() -> None:
    till = shop()
    till.one(bought("a", LINES, "old", at=day("2026-01-10")))
    till.one(MemberFields("anna", {}))
    till.one_as(Merged(occurred_at=day("2026-02-01"), id="M", member="old", into="anna"), ("merge", "M"))
    correction = posted(till, planned(till))
    till.now = LATER
    assert till.active() == 20
    back(till, "1")
    assert till.active() == 10
    undone(till, correction)
    assert till.active() == 30
    back(till, "2", "3")
    assert till.active() == 0
    agrees(till)


@pytest.mark.parametrize("when", ["planned", "posted"])
def test_an_account_that_is_merged_after_the_correction_was(when: str) -> None:
    till = shop()
    till.one(bought("a", LINES, "old", at=day("2026-01-10")))
    till.one(bought("other", 1_000, at=day("2026-01-01")))
    correction = planned(till)
    if when == "posted":
        posted(till, correction)
        till.now = LATER
    till.one_as(Merged(occurred_at=till.now, id="M", member="old", into="anna"), ("merge", "M"))
    if when == "planned":
        posted(till, correction)
        till.now = LATER
    assert till.active() == 30
    back(till, "1")
    assert till.active() == 20
    assert undone(till, correction).state == Correction.State.UNDONE
    assert till.active() == 40
    back(till, "2", "3")
    assert till.active() == 10
    agrees(till)


def test_a_pool_gives_back_its_share_as_it_was_put_right() -> None:
    till, other = pooled(WRONG), pooled(RIGHT)
    correction = posted(till, planned(till))
    for each in (till, other):
        each.one(adjusted("more", 100, "home"))
        each.now = LATER
        back(each, "1")
        assert (each.active(), each.active("home")) == (0, 100)
    undone(till, correction)
    assert (till.active(), till.active("home")) == (0, 100)
    agrees(till)


def test_a_return_tried_as_of_before_the_correction_takes_what_was_given() -> None:
    till, _ = bought_and_righted()
    item = till.item(returned("try", "a", "1", "2", "3", at=LATER))
    taken = []
    for as_of in (day("2026-01-20"), LATER):
        (outcome,) = record([item], now=LATER, dry_run=True, as_of=as_of)
        assert isinstance(outcome, Accepted), outcome
        taken.append([each.amount for each in outcome.answer.effects if isinstance(each, Posted)])
    assert taken == [[-60], [-20]]
