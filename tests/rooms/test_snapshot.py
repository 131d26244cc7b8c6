"""The snapshot holds what the database holds, at one instant, whatever happens while it is made."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from stammis.activity.models import Event
from stammis.ledger.models import Entry
from stammis.snapshot import manifest, queries, services
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Snapshot
from tests.rooms.beside import beside
from tests.rooms.till import Till, bought, day, redeems, returned

PEOPLE = [f"person-{number}" for number in range(12)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAMMIS_DATA", str(tmp_path))
    return tmp_path


def shop() -> Till:
    till = Till()
    for number, person in enumerate(PEOPLE):
        till.say(bought(f"p-{number}", 10_000, person, at=day("2026-01-02")))
    return till


def held(snapshot: Snapshot) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All events and all rows of a snapshot, by member and number."""
    events = [
        (event.member, event.seq, event.kind, str(event.body, "utf-8"), event.version, event.occurred_at)
        for bucket in snapshot.buckets
        for _, found in snapshot.histories(bucket)
        for event in found
    ]
    rows = [
        (row.member, row.row, row.seq, row.wallet, row.kind, row.amount, row.running, row.ends_at, row.lots)
        for bucket in snapshot.buckets
        for _, found in snapshot.entries(bucket)
        for row in found
    ]
    return sorted(events), sorted(rows)


def stored(till: Till) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The same of the database."""
    events = [
        (event.member_id.bytes, event.seq, event.kind, event.body, 1, int(event.occurred_at.timestamp()) * 1_000_000)
        for event in Event.objects.filter(programme=till.programme)
    ]
    rows = [
        (
            row.member_id.bytes,
            row.row,
            row.seq,
            row.wallet,
            row.kind,
            row.amount,
            row.running,
            None if row.ends_at is None else int(row.ends_at.timestamp()) * 1_000_000,
            row.lots,
        )
        for row in Entry.objects.filter(programme=till.programme)
    ]
    return sorted(events), sorted(rows)


@pytest.mark.django_db
def test_a_snapshot_holds_every_event_and_every_row() -> None:
    till = shop()
    till.say(bought("pays", 4_000, PEOPLE[0], pay=30), returned("back", "p-1", "1"))
    position = services.refresh(till.programme)
    snapshot = queries.open(till.programme)
    assert held(snapshot) == stored(till)
    assert snapshot.position == position
    assert (position.members, position.events, position.rows) == (12, len(stored(till)[0]), len(stored(till)[1]))


@pytest.mark.django_db
def test_what_came_since_is_added_in_files_of_its_own() -> None:
    till = shop()
    services.refresh(till.programme)
    before = queries.open(till.programme)
    till.say(bought("later", 700, PEOPLE[3]), bought("newcomer", 700, "new"))
    services.refresh(till.programme)
    after = queries.open(till.programme)
    assert held(after) == stored(till)
    for bucket in before.buckets:
        assert set(before.paths("events", bucket)) <= set(after.paths("events", bucket))
    assert len(after.paths("events")) == len(before.paths("events")) + 2


@pytest.mark.django_db
def test_a_reader_of_the_position_before_still_finds_its_files() -> None:
    till = shop()
    services.refresh(till.programme)
    before = queries.open(till.programme)
    then = held(before)
    till.say(bought("later", 700, PEOPLE[3]))
    services.rebuild(till.programme)
    assert held(before) == then
    assert held(queries.open(till.programme)) == stored(till)


@pytest.mark.django_db
def test_a_bucket_of_many_files_is_written_anew() -> None:
    till = shop()
    counts = []
    for number in range(services.MOST_PARTS + 2):
        till.say(bought(f"again-{number}", 700, PEOPLE[5]))
        services.refresh(till.programme)
        counts.append(max(len(files.events) for files in queries.open(till.programme).manifest.buckets.values()))
    assert counts == [*range(1, services.MOST_PARTS + 1), 1, 2]
    assert held(queries.open(till.programme)) == stored(till)


@pytest.mark.django_db
def test_a_refresh_that_is_killed_leaves_the_position_before_and_no_litter(folder: Path) -> None:
    till = shop()
    services.refresh(till.programme)
    then = held(queries.open(till.programme))
    till.say(*(bought(f"more-{person}", 700, person) for person in PEOPLE))
    place = queries.folder_of(till.programme.id)
    files = len(list(place.glob("*.parquet")))

    def stop(done: int, _total: int) -> None:
        if done > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.refresh(till.programme, stop)
    assert len(list(place.glob("*.parquet"))) > files
    assert held(queries.open(till.programme)) == then
    services.refresh(till.programme)
    assert held(queries.open(till.programme)) == stored(till)
    found = manifest.read(place)
    assert found is not None
    named = {name for files in found.buckets.values() for name in files.names()} | found.retired.keys()
    assert {path.name for path in place.glob("*.parquet")} == named


@pytest.mark.django_db
def test_a_snapshot_of_another_database_is_made_anew() -> None:
    till = shop()
    services.refresh(till.programme)
    place = queries.folder_of(till.programme.id)
    found = manifest.read(place)
    assert found is not None
    manifest.replace(place, msgspec.structs.replace(found, source="another"))
    services.refresh(till.programme)
    assert not set(queries.open(till.programme).paths("events")) & {
        place / name for files in found.buckets.values() for name in files.events
    }
    assert held(queries.open(till.programme)) == stored(till)


@pytest.mark.django_db
def test_only_grants_are_kept_of_a_decision() -> None:
    till = shop()
    till.one(redeems("mug", "mug", PEOPLE[0]))
    services.refresh(till.programme)
    snapshot = queries.open(till.programme)
    member = Event.objects.get(external_id="mug", kind="redemption").member_id.bytes
    _, events = next(snapshot.histories(bucket_of(member), [member]))
    grants = [event.grants for event in events]
    assert grants[:-1] == [None] * (len(grants) - 1)
    assert grants[-1] is not None
    assert msgspec.json.decode(grants[-1])["stock"] == 1


@pytest.mark.django_db
def test_sql_reads_the_same_rows() -> None:
    till = shop()
    services.refresh(till.programme)
    db = queries.open(till.programme).sql()
    assert db.sql("SELECT count(*), sum(amount) FROM entries").fetchone() == (12, 1_200)
    assert db.sql("SELECT count(*) FROM events WHERE kind = 'purchase'").fetchone() == (12,)
    db.close()


@pytest.mark.django_db
def test_without_a_snapshot_it_says_how_to_make_one() -> None:
    till = Till()
    with pytest.raises(queries.NoSnapshot):
        queries.open(till.programme)
    services.refresh(till.programme)
    db = queries.open(till.programme).sql()
    assert db.sql("SELECT count(*) FROM events").fetchone() == (0,)
    db.close()


@pytest.mark.usefixtures("own_database")
def test_a_snapshot_is_one_instant_even_while_purchases_come_in() -> None:
    till = shop()
    begun: list[int] = []

    def buy(done: int, _total: int) -> None:
        if begun:
            return
        begun.append(done)

        with beside(lambda: till.say(*(bought(f"meanwhile-{person}", 700, person) for person in PEOPLE))):
            pass

    then = stored(till)
    services.refresh(till.programme, buy)
    assert begun
    assert held(queries.open(till.programme)) == then
    services.refresh(till.programme)
    assert held(queries.open(till.programme)) == stored(till)
