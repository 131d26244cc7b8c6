"""Sentences of stories about the people who run a programme: points by hand above a limit, seals, and who tampers."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import connection

from stammis.accrual.models import Approval
from stammis.accrual.outcomes import Accepted, Outcome
from stammis.accrual.services import adjust, approve, ask_approval, refuse_approval, seal_days, verify
from stammis.kit.errors import Problem
from stammis.ledger.models import Entry, Seal
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.programmes.queries import versions
from stammis.staff.models import Person, Role
from stammis.staff.roles import Permission, may
from stammis.staff.services import found as found_person
from stammis.staff.services import limits
from tests.stories.acts import Acts
from tests.stories.grammar import Row, Story

ACTS = Acts()


@ACTS.sentence(r"(?P<name>\w+) works here as an? (?P<role>agent|manager|owner)")
def _works(found: re.Match[str], _row: Row, _story: Story, _programme: Programme) -> str:
    name = found["name"]
    found_person(email=mail(name), name=name, password="seven green kettles", role=Role(found["role"]), by="the story")
    return ""


@ACTS.sentence(r"(?P<role>agent|manager)s may give or take (?P<points>\d+) points by hand")
def _limits(found: re.Match[str], _row: Row, _story: Story, _programme: Programme) -> str:
    limits.set_limits({found["role"]: int(found["points"])}, by="the story")
    return ""


@ACTS.sentence(
    r"(?P<by>\w+) (?P<way>gives|takes) (?P<points>\d+) points by hand (?:to|from) (?P<who>\w+): (?P<reason>.+)"
    r" \(slip (?P<slip>\w+)\)"
)
def _by_hand(found: re.Match[str], row: Row, _story: Story, programme: Programme) -> str:
    by = Person.objects.get(email=mail(found["by"]))
    assert may(by, Permission.SERVE)
    amount = int(found["points"]) * (1 if found["way"] == "gives" else -1)
    slip, reason = found["slip"], found["reason"]
    if limits.above(by.role, amount, 0) is None:
        who, points = found["who"], "points"
        return _code(adjust(programme.id, who, id=slip, wallet=points, amount=amount, reason=reason, now=row.at))
    member = _member(found["who"], programme)
    ask_approval(programme, member, id=slip, wallet="points", amount=amount, reason=reason, by=by.email, now=row.at)
    return "waits"


@ACTS.sentence(r"(?P<by>\w+) (?P<answer>approves|refuses) slip (?P<slip>\w+)")
def _answers(found: re.Match[str], row: Row, story: Story, programme: Programme) -> str:
    by = Person.objects.get(email=mail(found["by"]))
    if not may(by, Permission.RUN):
        return "forbidden"
    member = _member(story.who, programme)
    try:
        if found["answer"] == "approves":
            return _code(approve(programme, member, found["slip"], by=by.email, now=row.at))
        refuse_approval(programme, member, found["slip"], by=by.email, now=row.at)
    except Problem as problem:
        return problem.code
    return ""


@ACTS.sentence(r"the days before are sealed")
def _sealed(_found: re.Match[str], row: Row, _story: Story, _programme: Programme) -> str:
    seal_days(row.at)
    return ""


@ACTS.sentence(r"the newest hash is written down elsewhere")
def _noted(_found: re.Match[str], _row: Row, story: Story, _programme: Programme) -> str:
    story.noted = Seal.objects.latest("number").hash
    return ""


@ACTS.sentence(r"somebody turns the row of order (?P<order>\w+) into one of (?P<points>\d+) points")
def _turned(found: re.Match[str], _row: Row, _story: Story, _programme: Programme) -> str:
    _as_superuser("UPDATE ledger_entry SET amount = %s WHERE source_id = %s", [int(found["points"]), found["order"]])
    return "0"


@ACTS.sentence(r"somebody dates the row of order (?P<order>\w+) back by (?P<hours>\d+) hours?")
def _dated(found: re.Match[str], _row: Row, _story: Story, _programme: Programme) -> str:
    change = "UPDATE ledger_entry SET posted_at = posted_at - make_interval(hours => %s) WHERE source_id = %s"
    _as_superuser(change, [int(found["hours"]), found["order"]])
    return "0"


@ACTS.sentence(r"somebody removes all seals and seals the days anew")
def _anew(_found: re.Match[str], row: Row, _story: Story, _programme: Programme) -> str:
    _as_superuser("DELETE FROM ledger_seal", [])
    seal_days(row.at)
    return "0"


def columns(story: Story, row: Row, programme: Programme) -> dict[str, Callable[[], str]]:
    """Give what columns tell of the whole programme."""
    return {
        "In force": lambda: str(_in_force(row, programme)),
        "Waiting": lambda: str(_waiting(programme)),
        "Seals": lambda: str(Seal.objects.count()),
        "Verify": lambda: ", ".join(sorted({each.where for each in verify()})) or "agrees",
        "Noted hash": lambda: "found" if Seal.objects.filter(hash=story.noted).exists() else "missing",
    }


def _in_force(row: Row, programme: Programme) -> int:
    at = int(row.at.timestamp())
    return max(number for starts, number in versions(programme.id).starts if starts <= at)


def _waiting(programme: Programme) -> int:
    return Approval.objects.filter(programme=programme, state=Approval.State.WAITING).count()


def _as_superuser(statement: str, values: list[int | str]) -> None:
    """Change something behind the programme's back."""
    with connection.cursor() as db:
        for table in (Entry._meta.db_table, Seal._meta.db_table):
            db.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        db.execute(statement, values)
        assert db.rowcount > 0


def _code(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Accepted) else outcome.code


def _member(who: str, programme: Programme) -> Member:
    return Member.objects.get(programme=programme, reference=who)


def mail(who: str) -> str:
    """Give somebody's mail address."""
    return f"{who.lower()}@example.com"
