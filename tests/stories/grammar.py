"""How the tables of ``docs/stories`` are read: a sentence becomes an event."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import yaml

from stammis.accrual.outcomes import MemberFields
from stammis.core import events
from tests.stories.between import Said, understand

if TYPE_CHECKING:
    from pathlib import Path

AMOUNT = r"\d+\.\d\d"
BUYS = re.compile(
    rf"^(?P<who>\w+) (?:buys|orders) (?P<goods>{AMOUNT} of \w+(?:, {AMOUNT} of \w+)*)"
    r"(?: in (?:the store (?P<store>\w+)|(?P<currency>[A-Z]{3})))?"
    r"(?: paying (?P<points>\d+) points(?: of hold (?P<hold>\w+))?)?"
    r" \(order (?P<order>\w+)(?:, status (?P<status>\w+))?\)$"
)
RETURNS = re.compile(rf"^(?P<who>\w+) returns (?:everything|{AMOUNT} of (?P<what>\w+)) from order (?P<order>\w+)$")
BECOMES = re.compile(r"^order (?P<order>\w+) becomes (?P<status>\w+)$")
GUEST = re.compile(r"^(?P<who>\w+) as a guest with (?P<email>\S+)(?P<rest> buys .*)$")
LOOKS = re.compile(r"^look at (?P<who>\w+)$")
TAKES = re.compile(r"^(?P<who>\w+) takes .+ \(reward (?P<reward>[\w-]+)\)$")
RATE = re.compile(r"^(?P<rate>[\d.]+) (?P<currency>[A-Z]{3}) are 1 [A-Z]{3}$")
JOINS = re.compile(r"^(?P<who>\w+) (?:joins|turns out to be)(?:,)? born on (?P<birthday>\d{4}-\d\d-\d\d)$")
DOES = re.compile(r"^(?P<who>\w+) .+ \(event (?P<event>[\w-]+)\)$")
HOLDS = re.compile(
    r"^(?P<who>\w+) puts (?P<amount>\d+) points aside for (?P<minutes>\d+) minutes \(hold (?P<hold>\w+)\)$"
)
CAPTURES = re.compile(r"^(?P<amount>\d+) points of hold (?P<hold>\w+) are spent$")
FREES = re.compile(r"^hold (?P<hold>\w+) is freed$")


@dataclass(frozen=True)
class Row:
    """A row of a story: what happens when, and what must come of it."""

    line: int
    at: dt.datetime
    what: str
    points: str
    balance: int
    tier: str | None


@dataclass
class Story:
    """A page: its programme, and its rows in order."""

    programme: str
    rows: list[Row]
    owners: dict[str, str] = field(default_factory=dict)
    goods: dict[str, dict[str, str]] = field(default_factory=dict)
    who: str = ""
    ids: int = 0


def read(path: Path) -> Story:
    """Read a page of ``docs/stories``."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found, f"{path.name} has no programme"
    zone = ZoneInfo(yaml.safe_load(found[1])["timezone"])
    rows: list[Row] = []
    heads: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells[:1] == ["When"]:
            heads = cells
        elif not cells:
            heads = []  # another table may follow that tells something else
        elif heads and not set(line) <= set("|- :"):
            row = dict(zip(heads, cells, strict=True))
            at = dt.datetime.fromisoformat(row["When"]).replace(tzinfo=zone)
            rows.append(Row(number, at, row["What happens"], row["Points"], int(row["Balance"]), row.get("Tier")))
    return Story(found[1], rows)


def event(story: Story, row: Row) -> Said | None:
    """Turn a row's sentence into its event; None where only time passes. Remembers who and what an order was about."""
    story.ids += 1
    if row.what == "time passes" or RATE.match(row.what):
        return None
    if looks := LOOKS.match(row.what):
        story.who = looks["who"]
        return None
    if act := understand(row.what, row.at):
        story.who, said = act
        return said
    if guest := GUEST.match(row.what):
        bought = BUYS.match(guest["who"] + guest["rest"])
        assert bought, row.what
        purchase = _purchase(story, row, bought)
        return msgspec.structs.replace(purchase, member=None, contact=events.Contact(guest["email"]))
    if bought := BUYS.match(row.what):
        return _purchase(story, row, bought)
    if joins := JOINS.match(row.what):
        story.who = joins["who"]
        return MemberFields(story.who, {"birthday": dt.date.fromisoformat(joins["birthday"])})
    if returned := RETURNS.match(row.what):
        order = returned["order"]
        story.who = story.owners[order]
        lines = story.goods[order]
        names = [returned["what"]] if returned["what"] else list(lines)
        back = tuple(events.ReturnLine(line=lines[name]) for name in names)
        return events.Return(occurred_at=row.at, id=f"return-{story.ids}", purchase=order, lines=back)
    if becomes := BECOMES.match(row.what):
        story.who = story.owners[becomes["order"]]
        return events.StatusChanged(occurred_at=row.at, purchase=becomes["order"], status=becomes["status"])
    if takes := TAKES.match(row.what):
        story.who = takes["who"]
        return events.Redemption(
            occurred_at=row.at, id=f"redemption-{story.ids}", member=takes["who"], reward=takes["reward"]
        )
    if (moved := _of_a_hold(story, row)) is not None:
        return moved
    if does := DOES.match(row.what):
        story.who = does["who"]
        return events.Happening(occurred_at=row.at, id=f"event-{story.ids}", type=does["event"], member=does["who"])
    message = f"line {row.line}: «{row.what}» is no sentence that stories know"
    raise ValueError(message)


def rate(row: Row) -> tuple[str, str] | None:
    """Give the currency and the rate that a row says, where it says one."""
    found = RATE.match(row.what)
    return (found["currency"], found["rate"]) if found else None


def _of_a_hold(story: Story, row: Row) -> events.AnyEvent | None:
    """Turn a sentence about points put aside into its event; None where it is about something else."""
    if holds := HOLDS.match(row.what):
        story.who = story.owners[holds["hold"]] = holds["who"]
        return events.HoldPlaced(
            occurred_at=row.at,
            id=holds["hold"],
            member=holds["who"],
            wallet="points",
            amount=int(holds["amount"]),
            seconds=60 * int(holds["minutes"]),
        )
    if captures := CAPTURES.match(row.what):
        story.who = story.owners[captures["hold"]]
        return events.HoldCaptured(occurred_at=row.at, hold=captures["hold"], amount=int(captures["amount"]))
    if frees := FREES.match(row.what):
        story.who = story.owners[frees["hold"]]
        return events.HoldReleased(occurred_at=row.at, hold=frees["hold"])
    return None


def key(said: Said) -> tuple[str, str] | None:
    """Give the id under which an event is received: its kind and its own id; a status has none."""
    match said:
        case events.Purchase(id=own):
            return "purchase", own
        case events.Return(id=own):
            return "return", own
        case events.Redemption(id=own):
            return "redemption", own
        case events.Transfer(id=own):
            return "transfer", own
        case events.Merged(id=own):
            return "merge", own
        case events.BroughtBalance(id=own):
            return "balance", own
        case events.HoldPlaced(id=own):
            return "hold", own
        case events.PendingSettled(id=own):
            return "pending", own
        case events.PendingRestored(taken=act):
            return "pending_restored", act
        case _:
            return None


def _purchase(story: Story, row: Row, bought: re.Match[str]) -> events.Purchase:
    who, order = bought["who"], bought["order"]
    story.who = story.owners[order] = who
    goods = [part.split(" of ") for part in bought["goods"].split(", ")]
    story.goods[order] = {name: str(number) for number, (_, name) in enumerate(goods, 1)}
    lines = tuple(
        events.Line(id=str(number), amount=int(Decimal(amount) * 100), quantity=1_000_000, category=name)
        for number, (amount, name) in enumerate(goods, 1)
    )
    tender = events.Tender("points", int(bought["points"]), bought["hold"]) if bought["points"] else None
    return events.Purchase(
        occurred_at=row.at,
        id=order,
        member=who,
        currency=bought["currency"] or yaml.safe_load(story.programme)["currency"],
        store=bought["store"],
        lines=lines,
        points=tender,
        status=bought["status"] or "completed",
    )
