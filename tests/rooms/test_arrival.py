"""Arrival: the order in which events were decided, whoever's they are, and that of what an older release recorded."""

import datetime as dt

import pytest
from django.core.management import call_command

from stammis.accrual.services import verify
from stammis.activity.models import Event
from stammis.ledger.models import Entry
from tests.rooms.till import NOW, Till, bought, gives

pytestmark = pytest.mark.usefixtures("own_database")


def arrivals(till: Till) -> list[str | None]:
    purchases = Event.objects.filter(programme=till.programme, kind="purchase")
    return list(purchases.order_by("arrival").values_list("external_id", flat=True))


def test_events_are_numbered_as_they_came() -> None:
    till = Till()
    for hour in (1, 0):
        at = NOW - dt.timedelta(hours=hour)
        till.say(bought(f"ben-{hour}", 1_000, "ben", at=at), bought(f"anna-{hour}", 1_000, at=at))
    assert arrivals(till) == ["ben-1", "anna-1", "ben-0", "anna-0"]
    till.one(gives("gift", 5, "ben", "anna"))
    given, received = Event.objects.filter(kind__in=["transfer", "received"]).order_by("arrival")
    assert (given.kind, received.kind) == ("transfer", "received")


def test_what_was_recorded_before_events_were_numbered_is_numbered_by_its_time() -> None:
    till = Till()
    hours = {"ben": 3, "anna": 2, "carl": 1}
    for member in ("carl", "anna", "ben"):
        at = NOW - dt.timedelta(hours=hours[member])
        till.now = at  # the clock was put back: the oldest is recorded last
        till.say(bought(f"second-{member}", 1_000, member, at=at), bought(f"first-{member}", 500, member, at=at))
    rows = Entry.objects.count()
    call_command("migrate", "activity", "0006", verbosity=0)
    call_command("migrate", "activity", verbosity=0)
    assert arrivals(till) == [f"{which}-{member}" for member in hours for which in ("second", "first")]
    till.now = NOW
    till.one(bought("latest", 1_000))
    assert arrivals(till)[-1] == "latest"
    assert (verify(till.programme), Entry.objects.count()) == ([], rows + 1)
