"""How the tables of ``docs/stories`` are read: a sentence becomes an event."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from stammis.core import events
from stammis.programmes import yaml
from tests.stories import alone, between
from tests.stories.vocabulary import Said

if TYPE_CHECKING:
    from pathlib import Path

AMOUNT = r"\d+\.\d\d"
LINE = rf"{AMOUNT}(?: with {AMOUNT} tax)? of \w+(?: #\w+)?(?: ×\d+)?"
BUYS = re.compile(
    rf"^(?P<who>\w+) (?P<verb>buys|orders|asks about) (?P<goods>{LINE}(?:, {LINE})*)"
    r"(?: in (?:the store (?P<store>\w+)|(?P<currency>[A-Z]{3})))?"
    r"(?: paying (?P<points>\d+) (?P<wallet>\w+)(?: of hold (?P<hold>\w+))?)?"
    r" \(order (?P<order>\w+)(?P<more>(?:, (?:status|channel|partner|payment|dated|rounding|reward) [\w:. -]+)*)\)$"
)
GOODS = re.compile(
    rf"(?P<amount>{AMOUNT})(?: with (?P<tax>{AMOUNT}) tax)? of (?P<name>\w+)"
    r"(?: #(?P<sku>\w+))?(?: ×(?P<pieces>\d+))?"
)
MILLIONTHS = 1_000_000
KINDS: dict[str, events.LineKind] = {"shipping": "shipping", "fee": "fee", "gift_card": "gift_card"}
"""Goods that are none: lines of these kinds."""
RETURNS = re.compile(
    rf"^(?P<who>\w+) returns (?:everything|{AMOUNT} of (?P<what>\w+)|(?P<pieces>\d+) of the (?P<of>\w+))"
    r" from order (?P<order>\w+)$"
)
MONEY_BACK = re.compile(rf"^(?P<who>\w+) gets (?P<money>{AMOUNT}) back on order (?P<order>\w+)$")
BECOMES = re.compile(r"^order (?P<order>\w+) becomes (?P<status>\w+)$")
GUEST = re.compile(r"^(?P<who>\w+) as a guest with (?P<email>\S+)(?P<rest> buys .*)$")
LOOKS = re.compile(r"^look at (?P<who>\w+)$")
TAKES = re.compile(r"^(?P<who>\w+) takes .+ \(reward (?P<reward>[\w-]+)\)$")
RATE = re.compile(r"^(?P<rate>[\d.]+) (?P<currency>[A-Z]{3}) are 1 [A-Z]{3}$")
HOLDS = re.compile(
    r"^(?P<who>\w+) puts (?P<amount>\d+) points aside for (?P<minutes>\d+) minutes \(hold (?P<hold>\w+)\)$"
)
CAPTURES = re.compile(r"^(?P<amount>\d+) points of hold (?P<hold>\w+) are spent$")
PLAIN = {"When", "What happens", "Points", "Balance", "Why"}
"""Columns of every table; others tell of a wallet or a tier set by its name, or what ``living`` knows."""
FREES = re.compile(r"^hold (?P<hold>\w+) is freed$")


@dataclass(frozen=True)
class Row:
    """A row of a story: what happens when, and what must come of it."""

    line: int
    at: dt.datetime
    what: str
    points: str
    balance: int
    further: dict[str, str]


@dataclass(frozen=True)
class Preview:
    """Who a page says would move, if a version began: told before it does."""

    line: int
    version: int
    who: str
    before: str
    after: str


@dataclass(frozen=True)
class Reason:
    """What a page says that the explanation of an order says: the points of a rule, and a sentence."""

    order: str
    points: str
    sentence: str


@dataclass
class Story:
    """A page: the versions of its programme, and its rows in order."""

    versions: list[dict[str, Any]]
    rows: list[Row]
    previews: list[Preview]
    reasons: list[Reason]
    owners: dict[str, str] = field(default_factory=dict)
    goods: dict[str, dict[str, str]] = field(default_factory=dict)
    who: str = ""
    ids: int = 0
    noted: str = ""


def read(path: Path) -> Story:
    """Read a page of ``docs/stories``."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:yaml|\{\.yaml \.refused\})\n(.*?)```", text, re.DOTALL)
    assert blocks, f"{path.name} has no programme"
    story = Story(_versions(blocks), [], [], [])
    zone = ZoneInfo(story.versions[0]["timezone"])
    heads: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells[:1] in (["When"], ["Version"], ["Order"]):
            heads = cells
        elif not cells:
            heads = []  # another table may follow that tells something else
        elif heads and not set(line) <= set("|- :"):
            _learn(story, number, dict(zip(heads, cells, strict=True)), zone)
    return story


def _versions(blocks: list[str]) -> list[dict[str, Any]]:
    """Give the versions of a page's programme: a later block says only what it changes."""
    first, *changes = [yaml.load(block) for block in blocks]
    versions = [first]
    for change in changes:
        same = {name: value for name, value in versions[-1].items() if name != "from"}
        versions.append({**same, **change})
    return versions


def _learn(story: Story, number: int, row: dict[str, str], zone: ZoneInfo) -> None:
    if "Version" in row:
        story.previews.append(Preview(number, int(row["Version"]), row["Who"], row["Before"], row["From then on"]))
    elif "Order" in row:
        story.reasons.append(Reason(row["Order"], row["Points"], row["What is said"]))
    else:
        at = dt.datetime.fromisoformat(row["When"]).replace(tzinfo=zone)
        further = {name: told for name, told in row.items() if name not in PLAIN}
        story.rows.append(Row(number, at, row["What happens"], row["Points"], int(row["Balance"]), further))


def event(story: Story, row: Row) -> Said | None:
    """Turn a row's sentence into its event; None where only time passes. Remembers who and what an order was about."""
    story.ids += 1
    if row.what == "time passes" or RATE.match(row.what):
        return None
    if looks := LOOKS.match(row.what):
        story.who = looks["who"]
        return None
    if act := between.WORDS.understand(row.what, row.at) or alone.WORDS.understand(row.what, row.at):
        story.who, said = act
        return said
    if guest := GUEST.match(row.what):
        bought = BUYS.match(guest["who"] + guest["rest"])
        assert bought, row.what
        purchase = _purchase(story, row, bought)
        return msgspec.structs.replace(purchase, member=None, contact=events.Contact(guest["email"]))
    if bought := BUYS.match(row.what):
        return _purchase(story, row, bought)
    if (back := _return(story, row)) is not None:
        return back
    if becomes := BECOMES.match(row.what):
        story.who = story.owners.get(becomes["order"], story.who)
        return events.StatusChanged(occurred_at=row.at, purchase=becomes["order"], status=becomes["status"])
    if takes := TAKES.match(row.what):
        story.who = takes["who"]
        return events.Redemption(
            occurred_at=row.at, id=f"redemption-{story.ids}", member=takes["who"], reward=takes["reward"]
        )
    if (moved := _of_a_hold(story, row)) is not None:
        return moved
    message = f"line {row.line}: «{row.what}» is no sentence that stories know"
    raise ValueError(message)


def rate(row: Row) -> tuple[str, str] | None:
    """Give the currency and the rate that a row says, where it says one."""
    found = RATE.match(row.what)
    return (found["currency"], found["rate"]) if found else None


def _return(story: Story, row: Row) -> events.Return | None:
    """Turn a sentence about what comes back of an order into its event; None where it is about something else."""
    if gets := MONEY_BACK.match(row.what):
        story.who = story.owners[gets["order"]]
        money = _cents(gets["money"])
        return events.Return(occurred_at=row.at, id=f"return-{story.ids}", purchase=gets["order"], money=money)
    if not (returned := RETURNS.match(row.what)):
        return None
    order = returned["order"]
    story.who = story.owners[order]
    lines = story.goods[order]
    name = returned["what"] or returned["of"]
    pieces = int(returned["pieces"]) * MILLIONTHS if returned["pieces"] else None
    back = tuple(events.ReturnLine(line=lines[one], quantity=pieces) for one in ([name] if name else lines))
    return events.Return(occurred_at=row.at, id=f"return-{story.ids}", purchase=order, lines=back)


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
        case events.Exchange(id=own):
            return "exchange", own
        case events.Adjustment(id=own):
            return "adjustment", own
        case events.PendingRestored(taken=act):
            return "pending_restored", act
        case _:
            return None


def _purchase(story: Story, row: Row, bought: re.Match[str]) -> events.Purchase:
    who, order = bought["who"], bought["order"]
    story.who = story.owners[order] = who
    goods = list(GOODS.finditer(bought["goods"]))
    story.goods[order] = {each["name"]: str(number) for number, each in enumerate(goods, 1)}
    lines = tuple(
        events.Line(
            id=str(number),
            amount=_cents(each["amount"]),
            quantity=int(each["pieces"] or 1) * MILLIONTHS,
            sku=each["sku"],
            category=None if each["name"] in KINDS else each["name"],
            tax=_cents(each["tax"] or "0"),
            kind=KINDS.get(each["name"], "goods"),
        )
        for number, each in enumerate(goods, 1)
    )
    more = dict(part.split(" ", 1) for part in bought["more"].split(", ") if part)
    dated = more.get("dated")
    tender = events.Tender(bought["wallet"], int(bought["points"]), bought["hold"]) if bought["points"] else None
    return events.Purchase(
        occurred_at=dt.datetime.fromisoformat(dated).replace(tzinfo=row.at.tzinfo) if dated else row.at,
        id=order,
        member=who,
        currency=bought["currency"] or story.versions[0]["currency"],
        store=bought["store"],
        lines=lines,
        points=tender,
        status=more.get("status", "completed"),
        channel=more.get("channel"),
        partner=more.get("partner"),
        payment=more.get("payment"),
        rounding=_cents(more.get("rounding", "0")),
        discounts=(events.Discount(amount=_cents(more["reward"]), kind="reward"),) if "reward" in more else (),
    )


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)
