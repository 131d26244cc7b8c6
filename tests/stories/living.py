"""How stories happen: a page's rows, one after the other, in the database."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from django.db.models import Sum

from stammis.accrual.models import Standing as StandingRow
from stammis.accrual.outcomes import Accepted, Declined, Item
from stammis.accrual.services import pass_days, record
from stammis.core.amounts import amount_text
from stammis.core.calendars import instant
from stammis.core.effects import Posted
from stammis.core.fold import as_of
from stammis.core.progress import tier_progress
from stammis.core.rules import Rules
from stammis.core.standing import Standing
from stammis.core.views import tier_view, wallet_view
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.programmes import queries, services
from stammis.programmes.models import Programme
from stammis.simulation import services as simulation
from tests.stories import drafting, office
from tests.stories.between import meant
from tests.stories.grammar import Row, Story, event, key, rate, read

PUBLISHED = re.compile(r"^version (?P<number>\d+) is published(?: again)?$")
RIGHTED = re.compile(r"^what version (?P<wrong>\d+) gave is put right by version (?P<right>\d+): (?P<who>\w+)$")


def begin(page: Path) -> tuple[Story, Programme]:
    """Read a page and publish its programme."""
    story = read(page)
    queries.forget()
    return story, services.publish(story.versions[0], by="the story", now=story.rows[0].at).programme


def lived(page: Path) -> Programme:
    """Let a whole page happen."""
    story, programme = begin(page)
    for row in story.rows:
        happen(story, row, programme)
    return programme


def happen(story: Story, row: Row, programme: Programme) -> str:
    """Let a row happen, and tell which points it moved, or why none, in the page's own form."""
    if righted := RIGHTED.match(row.what):
        story.who = righted["who"]
        before = points_of(story.who)
        put_right(programme, int(righted["wrong"]), int(righted["right"]), row)
        return written(points_of(story.who) - before)
    if published := PUBLISHED.match(row.what):
        document = story.versions[int(published["number"]) - 1]
        services.publish(document, by="the story", now=row.at)
        return "0"
    if task := office.ACTS.task(story, row, programme) or drafting.ACTS.task(story, row, programme):
        before = points_of(story.who)
        return task() or written(points_of(story.who) - before)
    said = meant(event(story, row))
    before = points_of(story.who)
    if said is None:
        if (told := rate(row)) is not None:
            services.set_rate(programme, told[0], row.at.date(), told[1], by="the story", now=row.at)
        pass_days(row.at)
        return written(points_of(story.who) - before)
    only_asked = " asks about " in row.what
    [outcome] = record([Item(programme.id, said, None if only_asked else key(said))], now=row.at, dry_run=only_asked)
    match outcome:
        case Accepted(status=202):
            return "waits"
        case Accepted(answer=answer) if only_asked:
            return written(sum(row.amount for row in answer.effects if isinstance(row, Posted)))
        case Accepted():
            return written(points_of(story.who) - before)
        case Declined(code=code):
            return code


def put_right(programme: Programme, wrong: int, right: int, row: Row) -> None:
    """Plan a correction of what a version gave, and post it to everybody."""
    clock.begin(row.at)
    asked = simulation.begin_correction(programme, by="the story", name=row.what, wrong=wrong, version=right)
    simulation.plan(asked.id)
    simulation.begin_posting(programme, asked.id, by="the story")
    simulation.post(asked.id)


def state_of(story: Story, row: Row, programme: Programme) -> tuple[int, dict[str, str]]:
    """Tell the balance after a row, and what the page's further columns ask for."""
    member = Member.objects.filter(programme=programme, reference=story.who).first()
    if member is None:
        return 0, {}
    standing = msgspec.json.decode(StandingRow.objects.get(member_id=member.id).state, type=Standing)
    at = instant(row.at)
    rules = queries.versions(programme.id).at(at)
    assert rules is not None
    standing = as_of(standing, at, rules)
    balance = wallet_view(standing, rules, at)["points"]["active"]
    seen = office.columns(story, row, programme)
    return balance, {
        name: seen[name]() if name in seen else _further(name, standing, rules, at) for name in row.further
    }


def _further(name: str, standing: Standing, rules: Rules, at: int) -> str:
    """Tell what a column of this name tells: of a wallet or a tier set of this name, or of the first tier set."""
    wallets = {str(wallet.name): wallet.id for wallet in rules.programme.wallets}
    if name in wallets:
        view = wallet_view(standing, rules, at)[wallets[name]]
        return amount_text(view["active"], view["decimals"])
    levels = tier_view(standing, rules, at)
    sets = {str(tiers.name): tiers.id for tiers in rules.programme.tiers}
    if name in sets:
        return levels[sets[name]] or "none"
    if name == "Tier":
        return levels["status"] or "none"
    if name == "Pending":
        return str(wallet_view(standing, rules, at)["points"]["pending"])
    progress = tier_progress(standing, rules, at)[0]
    if name == "Last day":
        return progress["last_day"] or "none"
    if name == "Projected":
        return (progress["projected"] or {"level": None})["level"] or "none"
    raise KeyError(name)


def points_of(who: str) -> int:
    """What the rows of a member add up to."""
    rows = Entry.objects.filter(member__reference=who, wallet="points").aggregate(total=Sum("amount"))
    return rows["total"] or 0


def written(points: int) -> str:
    """Points as pages write them."""
    return f"{points:+d}" if points else "0"
