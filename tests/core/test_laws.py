"""Laws of the heart: they hold for every programme and every course of events."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stammis.core.calendars import instant
from stammis.core.effects import Activated, Decision, Extended, Posted, Refused
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    Discount,
    Extension,
    Happening,
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    Line,
    MemberChanged,
    Purchase,
    Redemption,
    RedemptionCancelled,
    Return,
    ReturnLine,
    StatusChanged,
    Tender,
)
from stammis.core.evolve import evolve, evolve_all
from stammis.core.fold import apply
from stammis.core.lots import EMPTY, active, purse_activated, purse_after, purse_extended
from stammis.core.standing import Standing
from stammis.core.tiers import rank_of, total_on
from stammis.core.views import pending_of
from stammis.core.world import World
from tests.core import strategies
from tests.core.course import Course

BEGIN = dt.datetime(2025, 1, 20, 12, tzinfo=dt.UTC)
lawful = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def purchase_of(
    what: dict[str, Any], number: int, at: dt.datetime, status: str = "completed", pays: int = 0
) -> Purchase:
    return Purchase(
        occurred_at=at,
        id=f"P{number}",
        currency="EUR",
        member="m",
        lines=msgspec.convert(what["lines"], tuple[Line, ...]),
        discounts=(Discount(what["reward"], "reward"),) if what["reward"] else (),
        rounding=what["rounding"],
        channel=what["channel"],
        store=what["store"],
        points=Tender("points", pays) if pays else None,
        status=status,
    )


def event_of(action: dict[str, Any], course: Course, at: dt.datetime) -> AnyEvent:
    number = len(course.log)
    bought = (
        f"P{sorted(int(name[1:]) for name in course.purchases)[action['which'] % len(course.purchases)]}"
        if ("which" in action and course.purchases)
        else "P"
    )
    match action["do"]:
        case "buy":
            there = course.standing.purses.get("points")
            pays = min(action["pays"], active(there, instant(at))) if there is not None else 0
            return purchase_of(action["what"], number, at, action["status"], max(0, pays))
        case "return":
            name = str(action["line"])
            pieces = {
                "all": ReturnLine(name),
                "piece": ReturnLine(name, 250_000),
                "amount": ReturnLine(name, None, action["size"]),
            }
            if action["part"] == "money":
                return Return(occurred_at=at, id=f"R{number}", purchase=bought, money=action["size"])
            return Return(occurred_at=at, id=f"R{number}", purchase=bought, lines=(pieces[action["part"]],))
        case "status":
            return StatusChanged(occurred_at=at, purchase=bought, status=action["status"])
        case "adjust":
            return Adjustment(
                occurred_at=at, id=f"A{number}", member="m", wallet="points", amount=action["amount"], reason="law"
            )
        case "hold" | "capture" | "release" | "extend":
            return lot_event(action, course, at)
        case "redeem":
            return Redemption(occurred_at=at, id=f"X{number}", member="m", reward=action["reward"])
        case "undo":
            names = [*course.rewards, "none"]
            return RedemptionCancelled(occurred_at=at, redemption=names[action["which"] % len(names)])
        case "event":
            return Happening(occurred_at=at, id=f"E{number}", type=action["type"], member="m")
        case _:
            facts = action["member"]
            return MemberChanged(occurred_at=at, labels=tuple(facts["labels"]), attributes={"size": facts["size"]})


def lot_event(action: dict[str, Any], course: Course, at: dt.datetime) -> AnyEvent:
    number, names = len(course.log), [*course.standing.holds, "none"]
    match action["do"]:
        case "hold":
            amount, seconds = action["amount"], action["minutes"] * 60
            return HoldPlaced(
                occurred_at=at, id=f"H{number}", member="m", wallet="points", amount=amount, seconds=seconds
            )
        case "capture":
            name = names[action["which"] % len(names)]
            return HoldCaptured(occurred_at=at, hold=name, amount=action["amount"])
        case "release":
            return HoldReleased(occurred_at=at, hold=names[action["which"] % len(names)])
        case _:
            last = at.date() + dt.timedelta(days=45)
            return Extension(
                occurred_at=at, id=f"L{number}", member="m", wallet=action["wallet"], last_day=last, reason="law"
            )


def taken(document: dict[str, Any], steps: list[tuple[int, dict[str, Any]]]) -> Course:
    """A course through a programme, every event of it checked."""
    course = Course(document)
    at = BEGIN
    for hours, action in steps:
        event = event_of(action, course, at + dt.timedelta(hours=hours))
        at = max(at, event.occurred_at)
        before = len(course.log)
        course.happens(event)
        for _, decision, world in course.log[before:]:
            check_rows(decision, world)
            check_steps(decision)
        check_standing(course)
    return course


def check_rows(decision: Decision, world: World) -> None:
    """No lot is used before it is active or after its end, what ends first is spent first, and ``running`` adds up.

    What is held was taken out of its lots in time: it may be captured after their end.
    """
    purses = dict(world.standing.purses)
    for row in decision.effects:
        if isinstance(row, Activated):
            purses[row.wallet] = purse_activated(purses.get(row.wallet, EMPTY), row)
        if isinstance(row, Extended) and row.wallet in purses:
            purses[row.wallet] = purse_extended(purses[row.wallet], row.rows, row.ends_at)
        if not isinstance(row, Posted):
            continue
        assert row.amount != 0
        if row.awaits is not None:
            assert row.running == (purses[row.wallet].balance if row.wallet in purses else 0)
            continue
        purse = purses.get(row.wallet)
        lots = {lot.row: lot for lot in purse.lots} if purse is not None else {}
        before = purse.balance if purse is not None else 0
        assert row.running == before + (0 if row.kind in ("hold", "release") else row.amount)
        captured = row.kind == "spend" and row.reverses is not None
        if row.kind in ("spend", "adjust", "return", "hold") and row.amount < 0 and not captured:
            assert all(take.ends_at is None or take.ends_at > row.at for take in row.lots)
        if row.kind in ("spend", "hold") and not captured:
            ends = [take.ends_at if take.ends_at is not None else 2**40 for take in row.lots]
            assert ends == sorted(ends)
            used = {take.row for take in row.lots if take.amount == lots[take.row].left}
            later = [lot for lot in lots.values() if lot.row not in used and (lot.ends_at or 2**40) > row.at]
            assert all((lot.ends_at or 2**40) >= max(ends) for lot in later)
        if row.kind == "expire":
            (take,) = row.lots
            assert take.ends_at is not None
            assert take.ends_at <= row.at
            assert row.amount == -take.amount
        purses[row.wallet] = purse_after(purse or EMPTY, row)


def brought_by(row: Posted) -> int:
    """The row that brought the pending points that a row moves."""
    return row.row if row.amount > 0 else row.lots[0].row


def check_steps(decision: Decision) -> None:
    """The points of the steps of a wallet add up to its rows."""
    rows: dict[str | None, int] = {}
    steps: dict[str | None, int] = {}
    for effect in decision.effects:
        if isinstance(effect, Posted):
            rows[effect.wallet] = rows.get(effect.wallet, 0) + effect.amount
    for step in decision.steps:
        if step.points:
            steps[step.wallet] = steps.get(step.wallet, 0) + step.points
    assert {wallet: points for wallet, points in rows.items() if points} == {
        wallet: points for wallet, points in steps.items() if points
    }


def check_standing(course: Course) -> None:
    """What is active is the sum of the rows and what the lots hold less debt; what is pending is apart."""
    for wallet, purse in course.standing.purses.items():
        rows = [row for row in course.rows if row.wallet == wallet]
        waits = {lot.row: lot.left for lot in course.standing.pending.get(wallet, ())}
        counts = sum(row.amount for row in rows if row.awaits is None or brought_by(row) in course.activated)
        assert purse.balance - purse.held == counts
        assert purse.held == sum(hold.amount for hold in course.standing.holds.values() if hold.wallet == wallet)
        for row, left in waits.items():
            assert left == sum(each.amount for each in rows if each.awaits is not None and brought_by(each) == row)
            assert row not in course.activated
        assert purse.balance == sum(lot.left for lot in purse.lots) + purse.held - purse.debt
        assert purse.debt >= 0
        assert all(lot.left > 0 for lot in purse.lots)
        assert list(purse.lots) == sorted(purse.lots, key=lambda lot: (lot.ends_at is None, lot.ends_at or 0, lot.row))
    for rank in course.standing.ranks.values():
        assert rank.total == sum(amount for _, amount in rank.days)
        assert all(amount > 0 for _, amount in rank.days)
    for rule in course.rules.book.rules:
        if rule.limit is None:
            continue
        for count in course.standing.counts.get(rule.id, ()):
            assert rule.limit.points is None or count.points <= rule.limit.points
            assert rule.limit.times is None or count.times <= rule.limit.times


@lawful
@given(strategies.documents(any_negative=True), strategies.courses)
def test_balances_rows_lots_steps_and_caps_agree_after_any_course(
    document: dict[str, Any], steps: list[tuple[int, dict[str, Any]]]
) -> None:
    taken(document, steps)


@lawful
@given(strategies.documents(any_negative=True), strategies.courses)
def test_folding_the_same_events_again_gives_the_same(
    document: dict[str, Any], steps: list[tuple[int, dict[str, Any]]]
) -> None:
    course = taken(document, steps)
    again = Course(document)
    standing = Standing(enrolled=True)
    for event, decision, world in course.log:
        kept = msgspec.convert(msgspec.to_builtins(world), World)
        assert kept == world, "what is recorded is read back as it was"
        decided, after = apply(event, msgspec.structs.replace(kept, standing=standing), again.rules)
        assert decided == decision
        one_by_one = world
        for effect in decision.effects:
            one_by_one = evolve(one_by_one, effect, again.rules)
        assert one_by_one == evolve_all(world, decision.effects, again.rules)
        standing = msgspec.json.decode(msgspec.json.encode(after.standing), type=Standing)
    assert standing == course.standing


@lawful
@given(strategies.documents(), strategies.courses, strategies.purchases(), st.integers(0, 30), st.data())
def test_buying_and_returning_everything_leaves_all_as_it_was(
    document: dict[str, Any],
    steps: list[tuple[int, dict[str, Any]]],
    what: dict[str, Any],
    pays: int,
    data: st.DataObject,
) -> None:
    course = taken(document, steps)
    at = BEGIN + dt.timedelta(days=700)
    course.pass_time(instant(at))
    before = course.standing
    there = before.purses.get("points")
    pays = min(pays, max(0, active(there, instant(at)))) if there is not None else 0
    bought = purchase_of(what, 1_000, at, pays=pays)
    if isinstance(course.happens(bought).effects[0], Refused):
        return
    refunds = []
    for event in parts(bought, at, data):
        decision = course.happens(event)
        check_steps(decision)
        check_standing(course)
        assert decision.refund is not None
        refunds.append(decision.refund)
    assert course.states["P1000"].state == "cancelled" or not course.states["P1000"].counted
    assert sum(refund.points for refund in refunds) == pays
    by_points = course.rules.wallets["points"].worth(pays)
    assert sum(refund.money for refund in refunds) == max(0, total(bought) - by_points)
    for wallet, purse in course.standing.purses.items():
        old = before.purses.get(wallet)
        assert purse.balance == (old.balance if old is not None else 0)
        assert pending_of(course.standing, wallet) == pending_of(before, wallet)
    for tiers in course.rules.tiers:
        day = course.rules.calendar.day(instant(at))
        assert total_on(rank_of(course.standing, tiers), tiers, day) == total_on(rank_of(before, tiers), tiers, day)
    day_counts = {rule: counts for rule, counts in course.standing.counts.items() if counts}
    assert {rule: counts[:2] for rule, counts in day_counts.items()} == {
        rule: counts[:2] for rule, counts in before.counts.items()
    }


def total(purchase: Purchase) -> int:
    return (
        sum(line.amount for line in purchase.lines)
        - sum(discount.amount for discount in purchase.discounts)
        + purchase.rounding
    )


def parts(bought: Purchase, at: dt.datetime, data: st.DataObject) -> list[Return | StatusChanged]:
    """Returns of all there is, in pieces and in any order, or a part of them and then a cancellation."""
    pieces: list[ReturnLine] = []
    for line in bought.lines:
        pieces += [ReturnLine(line.id, 1_000_000)] * (data.draw(st.integers(0, 2)) if line.quantity >= 3_000_000 else 0)
        if line.quantity or line.amount:
            pieces.append(ReturnLine(line.id))
    last = {piece.line: place for place, piece in enumerate(pieces) if piece.quantity is None}
    order = data.draw(st.permutations(range(len(pieces))))
    ranked = sorted(order, key=lambda place: place in last.values())
    events: list[Return | StatusChanged] = [
        Return(occurred_at=at, id=f"R{place}", purchase=bought.id, lines=(pieces[place],)) for place in ranked
    ]
    if not events or data.draw(st.booleans()):
        stop = data.draw(st.integers(0, len(events)))
        events = [*events[:stop], StatusChanged(occurred_at=at, purchase=bought.id, status="cancelled")]
    return events
