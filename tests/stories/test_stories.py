"""The stories of ``docs/stories`` come out as they are told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from django.db.models import Sum

from stammis.accrual.models import Standing as StandingRow
from stammis.accrual.outcomes import Accepted, Declined, Item
from stammis.accrual.services import pass_days, record
from stammis.core.calendars import instant
from stammis.core.fold import as_of
from stammis.core.standing import Standing
from stammis.core.views import wallet_view
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.programmes import queries, services, yaml
from stammis.programmes.models import Programme
from tests.stories.between import meant
from tests.stories.grammar import Row, Story, event, key, rate, read

PAGES = sorted(path for path in Path("docs/stories").glob("*.md") if path.name != "index.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.django_db
def test_a_story_comes_out_as_it_is_told(page: Path) -> None:
    """Every row of a page moves the points it says, and leaves the balance and the tier it says."""
    story = read(page)
    queries.forget()
    programme = services.publish(yaml.load(story.programme), by="the story", now=story.rows[0].at).programme
    told = [(row.line, row.points, row.balance, row.tier) for row in story.rows]
    assert [_happen(story, row, programme) for row in story.rows] == told


def _happen(story: Story, row: Row, programme: Programme) -> tuple[int, str, int, str | None]:
    """Let a row happen, and tell what came of it in the page's own form."""
    said = meant(event(story, row))
    before = _sum(story)
    if said is None:
        if (told := rate(row)) is not None:
            services.set_rate(programme, told[0], row.at.date(), told[1], by="the story", now=row.at)
        pass_days(row.at)
        points = f"{_sum(story) - before:+d}"
    else:
        [outcome] = record([Item(programme.id, said, key(said))], now=row.at)
        match outcome:
            case Accepted(status=202):
                points = "waits"
            case Accepted():
                points = f"{_sum(story) - before:+d}"
            case Declined(code=code):
                points = code
    member = Member.objects.get(reference=story.who)
    standing = msgspec.json.decode(StandingRow.objects.get(member_id=member.id).state, type=Standing)
    rules = queries.versions(programme.id).at(instant(row.at))
    assert rules is not None
    standing = as_of(standing, instant(row.at), rules)
    rank = standing.ranks.get("status")
    tier = (rank.level if rank else None) if row.tier is not None else None
    return (
        row.line,
        "0" if points == "+0" else points,
        wallet_view(standing, rules, instant(row.at))["points"]["active"],
        tier,
    )


def _sum(story: Story) -> int:
    """What the rows of the story's member add up to."""
    rows = Entry.objects.filter(member__reference=story.who).aggregate(total=Sum("amount"))
    return rows["total"] or 0
