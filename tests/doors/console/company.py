"""A small company with everything that a page can show."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from importlib import resources
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from stammis.accrual import services as accrual
from stammis.accrual.outcomes import Accepted, Item, MemberFields
from stammis.core.events import (
    Happening,
    HoldPlaced,
    Line,
    Merged,
    PoolChanged,
    Purchase,
    Redemption,
    Return,
    ReturnLine,
)
from stammis.imports.models import BadRow, Run
from stammis.insight import services as insight
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.ledger.queries import row_id
from stammis.members.models import Member
from stammis.programmes import services as publishing
from stammis.programmes import yaml
from stammis.programmes.models import Draft, Programme
from stammis.rewards.models import Issued
from stammis.simulation import services as simulation
from stammis.staff import services as staff
from stammis.staff.models import ApiKey, Role

ZONE = ZoneInfo("America/New_York")
BEGINS = dt.datetime(2018, 1, 1, tzinfo=ZONE)
PASSWORD = "seven green kettles"
MEMBERS = 60
NAMES = (
    ("Ada", "Grace", "Mary", "Joan", "Elsa", "Nina", "Otto", "Hugo", "Aino", "Helmi"),
    ("Lovelace", "Hopper", "Lindqvist", "Virtanen", "Nowak", "Berg", "Salo", "Moore"),
)
CATEGORIES = ("GROCERY", "PRODUCE", "MEAT", "DRUG GM", "FUEL", "DELI")


# Somebody whose record tries the page: markup, and words without a gap.
ODD = {
    "name": "<script>alert(1)</script> " + "Wolfeschlegelsteinhausenbergerdorff" * 5,
    "email": "x" * 60 + "@example.com",
    "labels": ["y" * 150, "<b>"],
    "attributes": {"z" * 60: "w" * 300},
}


@dataclass(frozen=True)
class Company:
    """What the tests need to know of it."""

    member: str
    odd: str
    redemption: str
    earned: str
    expired: str
    run: str
    key: str
    pool: str
    part: str
    merged: str
    draft: str = ""
    backtest: str = ""
    proof: str = ""
    correction: str = ""
    posted: str = ""


def found(members: int = MEMBERS) -> Company:
    """Sets the company up in the database that Django is pointed to; the same every time."""
    call_command("migrate", verbosity=0)
    clock.begin(BEGINS)
    for role in Role.values:
        staff.found(email=f"{role}@example.com", name=f"Robin {role.title()}", password=PASSWORD, role=role, by="tests")
    document = resources.files("stammis.programmes").joinpath("templates", "sample.yaml").read_text("utf-8")
    programme = publishing.publish(yaml.load(document), by="tests", now=clock.now(), note="As agreed.").programme
    chance = random.Random(7)
    _record(_joining(programme, members, chance))
    _record([Item(programme.id, MemberFields("odd", ODD))])
    _record(_shopping(programme, members, chance))
    _record(_afterwards(programme, members))
    accrual.pass_days(clock.now())
    run = _import(programme)
    pool = _together(programme)
    key, _plain = staff.create_key("Web shop", by="tests")
    issued = Issued.objects.filter(state="issued").order_by("member__reference", "redemption")[0]
    _hold(programme, issued.member.reference or "")
    earned = Entry.objects.filter(member_id=issued.member_id, kind="earn").order_by("-amount")[0]
    expired = Entry.objects.filter(kind="expire").order_by("member__reference", "row")[0]
    assert ApiKey.objects.count() == 1
    draft = _draft(programme)
    backtest, proof = _tried(programme, draft)
    correction, posted = _corrected(programme, draft)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAMMIS_DATA", folder)
        insight.liability(programme)
    return Company(
        member=str(issued.member_id),
        odd=str(Member.objects.get(reference="odd").id),
        redemption=issued.redemption,
        earned=row_id(earned.member_id, earned.row),
        expired=row_id(expired.member_id, expired.row),
        run=str(run.id),
        key=str(key.id),
        pool=pool,
        part=str(Member.objects.get(reference="m-0001").id),
        merged=str(Member.objects.get(reference="m-0059").id),
        draft=str(draft.id),
        backtest=backtest,
        proof=proof,
        correction=correction,
        posted=posted,
    )


def _hold(programme: Programme, member: str) -> None:
    """Puts a point of a member aside."""
    held = HoldPlaced(occurred_at=clock.now(), id="held", member=member, wallet="points", amount=1, seconds=9_000)
    _record([Item(programme.id, held, ("hold", held.id))])


def _together(programme: Programme) -> str:
    """Lets accounts belong together, and something wait for approval; gives the household's internal id."""
    now = clock.now()
    _record(
        [
            Item(programme.id, MemberFields("home", {"name": "The Lovelaces"}, "household")),
            Item(programme.id, MemberFields("trees", {"name": "Trees for all"}, "charity")),
            Item(programme.id, PoolChanged(occurred_at=now, member="m-0001", pool="home", account="", share=50)),
            Item(programme.id, Merged(occurred_at=now, id="M-1", member="m-0059", into="m-0002"), ("merge", "M-1")),
        ]
    )
    ada = Member.objects.get(reference="m-0003")
    by, reason = "agent@example.com", "A parcel went missing."
    accrual.ask_approval(programme, ada, id="J-1", wallet="points", amount=5_000, reason=reason, by=by, now=now)
    return str(Member.objects.get(reference="home").id)


def _draft(programme: Programme) -> Draft:
    """A draft with a change, a change that is taken back, and a note."""
    author = publishing.Author("manager@example.com", clock.now(), "For the summer")
    draft = publishing.begin(programme, "Double points in June", author)
    rules = [{**rule, "points": 30} if rule["id"] == "large" else rule for rule in draft.document["earn"]]
    draft = publishing.save(draft, {**draft.document, "earn": rules}, author)
    draft = publishing.save(draft, {**draft.document, "declared_age_days": 30}, author)
    return publishing.undo(draft, author)


def _tried(programme: Programme, draft: Draft) -> tuple[str, str]:
    """Back-tests the draft, and proves the ledger; gives both ids."""
    by = "manager@example.com"
    asked = simulation.begin(programme, by=by, document=draft.document, first=dt.date(2017, 6, 1), name=draft.name)
    return str(simulation.work(asked.id).id), str(simulation.work(simulation.begin_identity(programme, by=by).id).id)


def _corrected(programme: Programme, draft: Draft) -> tuple[str, str]:
    """Plans to put a year right by the draft, and posts a correction of two weeks; gives both ids."""
    asked: dict[str, Any] = {"by": "manager@example.com", "document": draft.document, "wrong": 1}
    year = simulation.begin_correction(programme, name="A better large basket", **asked)
    first, end = (dt.datetime(2017, 6, day, tzinfo=ZONE) for day in (1, 15))
    weeks = simulation.begin_correction(programme, name="Two weeks in June", begins_at=first, ends_at=end, **asked)
    for each in (year, weeks):
        simulation.plan(each.id)
    simulation.begin_posting(programme, weeks.id, by="manager@example.com")
    return str(year.id), str(simulation.post(weeks.id).id)


def name_of(number: int) -> str:
    """A made-up name."""
    first, last = NAMES
    return f"{first[number % len(first)]} {last[number // len(first) % len(last)]}"


def _joining(programme: Programme, members: int, chance: random.Random) -> list[Item]:
    return [
        Item(
            programme.id,
            MemberFields(
                f"m-{number:04d}",
                {
                    "name": name_of(number),
                    "email": f"m{number}@example.com",
                    "phone": f"+1 555 {number:04d}",
                    "labels": ["newsletter"] if number % 3 == 0 else [],
                    "birthday": dt.date(1980, 1, 1) + dt.timedelta(days=chance.randrange(9_000)),
                    "attributes": {"size": "M"},
                    "joined_at": dt.datetime(2017, 1, 2, 9, tzinfo=ZONE) + dt.timedelta(days=number),
                },
            ),
        )
        for number in range(members)
    ]


def _shopping(programme: Programme, members: int, chance: random.Random) -> list[Item]:
    bought = []
    for number in range(members):
        day, every = number, chance.choice((4, 8, 20))
        while day < 365:
            at = dt.datetime(2017, 1, 1, 9, tzinfo=ZONE) + dt.timedelta(days=day, minutes=chance.randrange(600))
            lines = tuple(
                Line(
                    id=str(line),
                    amount=chance.randrange(99, 2_500),
                    quantity=1_000_000,
                    category=chance.choice(CATEGORIES),
                )
                for line in range(chance.randrange(1, 9))
            )
            bought.append((at, f"m-{number:04d}", lines, str(chance.randrange(300, 340))))
            day += max(1, int(chance.expovariate(1 / every)))
    bought.sort(key=lambda one: (one[0], one[1]))
    return [
        Item(
            programme.id,
            Purchase(
                occurred_at=at, id=f"p{number}", currency="USD", member=member, lines=lines, store=store, channel="till"
            ),
            ("purchase", f"p{number}"),
        )
        for number, (at, member, lines, store) in enumerate(bought)
    ]


def _afterwards(programme: Programme, members: int) -> list[Item]:
    last = dt.datetime(2017, 12, 31, 12, tzinfo=ZONE)
    items = []
    for number in range(0, members, 3):
        member = f"m-{number:04d}"
        reward = ("coffee", "basket-5", "cookbook")[number % 3 if number % 2 else 0]
        redemption = Redemption(occurred_at=last, id=f"x{number}", member=member, reward=reward)
        items.append(Item(programme.id, redemption, ("redemption", f"x{number}")))
        review = Happening(occurred_at=last, id=f"e{number}", type="review", member=member, properties={"stars": 5})
        items.append(Item(programme.id, review, ("event", f"e{number}")))
    for number in range(5):
        back = Return(occurred_at=last, id=f"r{number}", purchase=f"p{number * 7}", lines=(ReturnLine(line="0"),))
        items.append(Item(programme.id, back, ("return", f"r{number}")))
    early = Return(occurred_at=last, id="early", purchase="not-yet", lines=(ReturnLine(line="0"),))
    items.append(Item(programme.id, early, ("return", "early")))
    return items


def _record(items: list[Item]) -> None:
    for some in (items[start : start + 500] for start in range(0, len(items), 500)):
        outcomes = accrual.record(some, now=clock.now())
        assert sum(isinstance(outcome, Accepted) for outcome in outcomes) > len(outcomes) * 0.8


def _import(programme: Programme) -> Run:
    now = clock.real_now()
    run = Run.objects.create(
        programme=programme,
        kind=Run.Kind.PURCHASES,
        file_name="december.csv",
        state=Run.State.DONE,
        started_at=now - dt.timedelta(seconds=40),
        finished_at=now,
        started_by="owner@example.com",
        accepted=1_204,
        repeated=3,
        refused=2,
    )
    for number, (field, code, message, raw) in enumerate(
        (
            ("amount", "bad_amount", 'Write digits, and a point before the decimals, such as "12.50".', "p-77;twelve"),
            ("currency", "unknown_currency", "There is no currency with this ISO 4217 code.", "p-78;12.00;ZZZ"),
        ),
        start=1,
    ):
        BadRow.objects.create(
            run=run, number=number, line=number * 11, field=field, code=code, message=message, raw=raw
        )
    assert Member.objects.filter(programme=programme).exists()
    return run
