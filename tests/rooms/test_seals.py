"""Days that are over are sealed: a chain of hashes that breaks where somebody changes a row behind our back."""

import datetime as dt
import hashlib

import pytest
from django.db import connection

from stammis.accrual.outcomes import MemberFields
from stammis.accrual.services import pass_days, seal_days, verify
from stammis.ledger.models import Entry, Seal
from stammis.ledger.services.seals import hash_of
from tests.rooms.till import NOW, Till, adjusted, bought

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def till() -> Till:
    """Two days of rows."""
    till = Till()
    till.say(bought("1"), bought("2", pay=30))
    till.now = NOW + DAY
    till.say(bought("3"))
    return till


def planted(statement: str) -> list[str]:
    """Changes something as a superuser could, and gives which links the proof finds broken."""
    with connection.cursor() as db:
        for table in ("ledger_entry", "ledger_seal"):
            db.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        db.execute(statement)
        assert db.rowcount > 0
    return [found.where for found in verify() if found.what == "seal"]


def test_a_day_is_sealed_once_it_is_over_and_only_once(till: Till) -> None:
    assert not seal_days(NOW)
    assert [link.number for link in seal_days(NOW + DAY)] == [1]
    assert not seal_days(NOW + DAY)
    (second,) = seal_days(NOW + 2 * DAY)
    assert second.number == 2
    assert second.first_at == Seal.objects.get(number=1).ends_at == dt.datetime(2026, 6, 2, tzinfo=dt.UTC)
    assert [link.rows for link in Seal.objects.order_by("number")] == [3, 1]
    assert not verify()


def test_a_day_is_not_sealed_before_ten_minutes_have_passed(till: Till) -> None:
    midnight = dt.datetime(2026, 6, 2, tzinfo=dt.UTC)
    assert not seal_days(midnight + dt.timedelta(minutes=9))
    assert seal_days(midnight + dt.timedelta(minutes=10))


def test_days_that_were_left_unsealed_get_a_link_each(till: Till) -> None:
    links = seal_days(NOW + 9 * DAY)
    assert [(link.number, link.rows) for link in links] == [(1, 3), (2, 1)]
    assert links[0].hash == hash_of("", 1, links[0].ends_at, 3, links[0].digest)
    assert links[1].hash == hash_of(links[0].hash, 2, links[1].ends_at, 1, links[1].digest)


def test_the_hash_can_be_reckoned_by_anybody(till: Till) -> None:
    (link,) = seal_days(NOW + DAY)
    said = f"\n1\n2026-06-02T00:00:00+00:00\n3\n{link.digest}\n"
    assert link.hash == hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.parametrize(
    ("statement", "links"),
    [
        ("UPDATE ledger_entry SET amount = amount + 1, running = running + 1 WHERE row = 1", ["link 1"]),
        ("UPDATE ledger_entry SET posted_at = posted_at - interval '1 day' WHERE row = 4", ["link 1", "link 2"]),
        ("DELETE FROM ledger_entry WHERE row = 4", ["link 2"]),
        ("UPDATE ledger_seal SET rows = 2 WHERE number = 1", ["link 1"]),
        ("UPDATE ledger_seal SET hash = 'x' || hash WHERE number = 1", ["link 1", "link 2"]),
        ("DELETE FROM ledger_seal WHERE number = 1", ["link 2"]),
    ],
)
def test_whatever_is_changed_breaks_the_chain(till: Till, statement: str, links: list[str]) -> None:
    seal_days(NOW + 2 * DAY)
    assert planted(statement) == links


def test_nobody_posts_into_a_closed_day(till: Till) -> None:
    seal_days(NOW + 2 * DAY)
    till.now = NOW  # as a client whose time was taken long before
    till.say(adjusted("late", 5, at=NOW))
    assert Entry.objects.order_by("-row")[0].posted_at == dt.datetime(2026, 6, 3, tzinfo=dt.UTC)
    pass_days(NOW)
    assert not verify()


def test_sealed_rows_hold_nothing_personal(till: Till) -> None:
    till.say(MemberFields("ada", {"name": "Zuckmayer", "email": "zuckmayer@example.com"}))
    till.say(bought("personal", [700], "ada"))
    rows = Entry.objects.filter(member__reference="ada")
    assert rows
    with connection.cursor() as db:
        db.execute("SELECT string_agg(ledger_entry::text, ' ') FROM ledger_entry")
        held = db.fetchone()[0]
    assert str(rows[0].member_id) in held
    assert "@" not in held
    assert "zuckmayer" not in held.lower()
