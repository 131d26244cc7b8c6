"""Publishing: versions are for good, and only a first one may begin in the past."""

import datetime as dt
import uuid
from typing import Any

import pytest

from stammis.core.calendars import instant
from stammis.kit.errors import Invalid
from stammis.programmes import drafts, queries, yaml
from stammis.programmes.models import Version
from stammis.programmes.services import BadDocument, FixedForGood, StartsInPast, publish
from tests.rooms.till import NOW, SHOP, day

pytestmark = pytest.mark.django_db


def document(**changes: Any) -> dict[str, Any]:
    return SHOP | {"programme": f"shop-{uuid.uuid4().hex[:8]}"} | changes


def test_a_first_version_begins_at_local_midnight_of_its_day_even_in_the_past() -> None:
    version = publish(document(**{"from": "2025-07-01"}), by="ada", now=NOW)
    assert (version.number, version.starts_at) == (1, day("2025-06-30", "23:00"))
    assert (version.programme.name, version.programme.currency, version.programme.zone) == (
        "Shop",
        "EUR",
        "Europe/London",
    )


def test_a_later_version_begins_now_or_on_a_day_to_come_and_never_in_the_past() -> None:
    first = document()
    publish(first, by="ada", now=NOW)
    without_a_day = {name: value for name, value in first.items() if name != "from"} | {"name": "New"}
    assert publish(without_a_day, by="ada", now=NOW).starts_at == NOW
    assert publish(first | {"from": "2026-07-01"}, by="ada", now=NOW).starts_at == day("2026-06-30", "23:00")
    assert publish(first | {"from": "2026-06-01"}, by="ada", now=NOW).starts_at == NOW  # today means from now on
    with pytest.raises(StartsInPast):
        publish(first | {"from": "2026-05-31"}, by="ada", now=NOW)


def test_the_version_in_force_is_told_by_the_instant() -> None:
    first = document()
    programme = publish(first, by="ada", now=NOW).programme
    publish(first | {"from": "2026-07-01"}, by="ada", now=NOW)
    versions = queries.versions(programme.id)
    moments = [day("2024-12-31"), day("2025-01-01"), day("2026-06-30", "22:59"), day("2026-06-30", "23:00")]
    assert [versions.at(instant(moment)).version for moment in moments] == [0, 1, 1, 2]
    with pytest.raises(KeyError):
        versions.number(3)


def test_the_same_document_again_is_the_version_that_is_there() -> None:
    first = document()
    version = publish(first, by="ada", now=NOW)
    assert publish(first, by="bob", now=NOW + dt.timedelta(days=1)) == version
    assert Version.objects.filter(programme=version.programme).count() == 1


@pytest.mark.parametrize("change", [{"currency": "SEK"}, {"timezone": "Europe/Helsinki"}])
def test_currency_and_time_zone_are_fixed_for_good(change: dict[str, str]) -> None:
    first = document()
    publish(first, by="ada", now=NOW)
    with pytest.raises(FixedForGood):
        publish(first | change | {"from": "2026-07-01"}, by="ada", now=NOW)


def test_a_wallet_keeps_its_decimals_even_after_it_was_left_out() -> None:
    points = SHOP["wallets"][0]
    stars = {"id": "stars", "name": "Stars", "decimals": 2}
    first = document(wallets=[points, stars])
    publish(first, by="ada", now=NOW)
    publish(first | {"wallets": [points], "from": "2026-07-01"}, by="ada", now=NOW)
    for wallets in ([points | {"decimals": 2}], [points, stars | {"decimals": 0}]):
        with pytest.raises(FixedForGood) as refused:
            publish(first | {"wallets": wallets, "from": "2026-07-01"}, by="ada", now=NOW)
        assert "decimals" in str(refused.value)
    publish(first | {"from": "2026-07-01"}, by="ada", now=NOW)


def test_a_bad_document_is_refused_with_every_mistake_and_its_place() -> None:
    bad = document(currency="XXQ", walets=[], earn=[{"id": "a", "kind": "amount", "points": 1, "wallet": "pionts"}])
    with pytest.raises(BadDocument) as refused:
        publish(bad, by="ada", now=NOW)
    pointers = {error["pointer"] for error in refused.value.errors}
    assert {"/currency", "/walets", "/earn/0/wallet"} <= pointers
    assert {"wallets", "points"} <= {error.get("nearest") for error in refused.value.errors}


def test_a_programme_is_asked_for_by_its_id_or_as_the_only_one() -> None:
    with pytest.raises(queries.UnknownProgramme):
        queries.programme(None)
    first = publish(document(), by="ada", now=NOW).programme
    assert queries.programme(None) == queries.programme(first.slug) == queries.by_id(first.id) == first
    publish(document(), by="ada", now=NOW)
    with pytest.raises(queries.ProgrammeRequired):
        queries.programme(None)
    with pytest.raises(queries.UnknownProgramme):
        queries.programme("nowhere")


def test_a_file_keeps_amounts_dates_and_times_as_they_were_written() -> None:
    said = yaml.load(
        "a: 1.50\nb: 2026-01-31\nc: 12:30\nd: 24:00\ne: yes\nf: 7\ng: true\nh: null\ni: 007\nj: 1e3\nk: 1_000"
    )
    assert said == {
        "a": "1.50",
        "b": "2026-01-31",
        "c": "12:30",
        "d": "24:00",
        "e": "yes",
        "f": 7,
        "g": True,
        "h": None,
        "i": "007",
        "j": "1e3",
        "k": "1_000",
    }
    assert yaml.load(yaml.dump(said)) == said


def test_a_documents_own_yaml_reads_back_as_the_same_document() -> None:
    assert yaml.load(yaml.dump(SHOP)) == SHOP


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\na: 2", "duplicate_field", "line 2, column 1"),
        ("a: {b: 1, b: 2}", "duplicate_field", "line 1, column 11"),
        ("a: 1\nb: *x", "alias", "line 2, column 4"),
        ("a: 1\nb: &x {c: 1}", "anchor", "line 2, column 4"),
        ("a: [1, &x 2]", "anchor", "line 1, column 8"),
        ("&x a: 1", "anchor", "line 1, column 1"),
        ("a: [", "yaml", "line 1"),
        ("- 1", "yaml", ""),
        ("", "yaml", ""),
        ("a: !!float 1.5", "tag", "line 1, column 4"),
        ("a: !!python/object:os.system x", "tag", "line 1"),
        ("? [a]\n: 1", "key", "line 1"),
        ("<<: {a: 1}", "key", "line 1"),
        ("[" * 50 + "]" * 50, "too_deep", "line 1, column 41"),
        (b"\xff", "encoding", "byte 1"),
        ("a: " + "x" * yaml.LARGEST_FILE, "too_large", ""),
        ("a: \x00", "yaml", ""),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(text: str | bytes, code: str, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        yaml.load(text)
    assert refused.value.errors[0]["code"] == code
    assert place in refused.value.message


def test_what_was_published_stays_readable_whatever_is_refused_since_then() -> None:
    never = {"kind": "all", "of": [{"kind": "channel", "any_of": [name]} for name in ("web", "till")]}
    refused = document(earn=[{"id": "spend", "kind": "amount", "points": 1}, SHOP["earn"][1] | {"when": never}])
    with pytest.raises(BadDocument):
        publish(refused, by="ada", now=NOW)
    programme = publish(document(), by="ada", now=NOW).programme
    later = NOW + dt.timedelta(days=1)
    version = Version.objects.create(
        programme=programme, number=2, document=refused, starts_at=later, published_at=later, published_by="ada"
    )
    assert queries.versions(programme.id).at(instant(later)).programme.earn[1].when is not None
    assert drafts.start_of(version)["earn"][1]["when"] == never
