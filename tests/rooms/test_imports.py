import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stammis.accrual.outcomes import Accepted, Item
from stammis.accrual.services import record, verify
from stammis.activity.models import Event
from stammis.imports import queries, services
from stammis.imports.files import BadFile
from stammis.imports.files.delimited import LONGEST_LINE
from stammis.imports.models import Run
from stammis.imports.services.taking import CHUNK
from stammis.intake.reading import read_purchase
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes import services as publishing
from stammis.programmes.models import Programme

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
DOCUMENT = {
    "stammis": 1,
    "programme": "shop",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "from": "2026-01-01",
    "basis": {"tax": "included"},
    "wallets": [{"id": "points", "name": "points", "expiry": {"kind": "days", "days": 365}}],
    "earn": [{"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}],
}
HEAD = "purchase,member,occurred_at,line,amount,quantity,category\n"


@pytest.fixture
def shop() -> Iterator[Programme]:
    programmes.forget()
    yield publishing.publish(DOCUMENT, by="test", now=NOW).programme
    programmes.forget()


def purchases(file: Path, text: str | bytes, shop: Programme) -> Run:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return services.import_purchases(file, shop, by="test", clock=lambda: NOW)


def members(file: Path, text: str, shop: Programme) -> Run:
    file.write_text(text, "utf-8")
    return services.import_members(file, shop, by="test", clock=lambda: NOW)


def counts(run: Run) -> tuple[int, int, int]:
    return run.accepted, run.repeated, run.refused


def listed(run: Run) -> list[tuple[int, str, str]]:
    return [(bad.line, bad.field, bad.code) for bad in queries.bad_rows(run)]


def points() -> dict[str | None, int]:
    rows = Entry.objects.values_list("source_id", "amount")
    return {source: sum(amount for other, amount in rows if other == source) for source, _amount in rows}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "till.csv"


def test_the_rows_of_a_purchase_are_one_purchase(file: Path, shop: Programme) -> None:
    text = (
        "A1,anna,2026-03-01T10:00:00+02:00,1,10.00,1,bread\n"
        "A1,anna,2026-03-01T10:00:00+02:00,2,5.50,2,milk\n"
        "A2,bert,2026-03-02T10:00:00+02:00,1,3.00,1,milk\n"
    )
    run = purchases(file, HEAD + text, shop)
    assert (run.state, counts(run)) == ("done", (2, 0, 0))
    assert points() == {"A1": 15, "A2": 3}
    assert Event.objects.get(external_id="A1").gross_minor == 1550


def test_a_later_row_may_leave_the_columns_of_the_purchase_empty(file: Path, shop: Programme) -> None:
    run = purchases(file, HEAD + "A1,anna,2026-03-01T10:00:00Z,1,10.00,1,\nA1,,,2,5.00,1,\n", shop)
    assert counts(run) == (1, 0, 0)
    assert points() == {"A1": 15}


def test_a_purchase_with_a_bad_row_is_left_out_as_a_whole_and_listed_line_by_line(file: Path, shop: Programme) -> None:
    text = (
        "A1,anna,2026-03-01T10:00:00Z,1,10.00,1,\n"
        "A1,anna,2026-03-01T10:00:00Z,2,five,1,\n"
        "A1,anna,2026-03-01T10:00:00Z,3,-1.00,one,\n"
        "A2,bert,2026-03-01T10:00:00Z,1,2.00,1,\n"
    )
    run = purchases(file, HEAD + text, shop)
    assert counts(run) == (1, 0, 1)
    assert listed(run) == [
        (3, "amount", "bad_amount"),
        (4, "quantity", "bad_quantity"),
        (4, "amount", "negative_amount"),
    ]
    assert points() == {"A2": 2}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("A9,anna,2026-03-01T10:00:00,1,1.00,1,", "occurred_at", "no_offset"),
        ("A9,anna,yesterday,1,1.00,1,", "occurred_at", "bad_time"),
        ("A9,anna,2026-03-01T10:00:00Z,1,1.000,1,", "amount", "too_many_decimals"),
        ("A9,anna,2026-03-01T10:00:00Z,1,１.00,1,", "amount", "bad_amount"),
        ("A9,anna,2026-03-01T10:00:00Z,1,1e2,1,", "amount", "bad_amount"),
        ("A9,anna,2026-03-01T10:00:00Z,1,NaN,1,", "amount", "bad_amount"),
        ("A9,anna,2027-03-01T10:00:00Z,1,1.00,1,", "", "in_future"),
        ("A9,anna,2020-03-01T10:00:00Z,1,1.00,1,", "", "too_old"),
        ("A9,anna,2026-03-01T10:00:00Z,1,1.00", "", "wrong_columns"),
        ('A9,anna,2026-03-01T10:00:00Z,"1,1.00,1,', "", "bad_quotes"),
        (",anna,2026-03-01T10:00:00Z,1,1.00,1,", "purchase", "empty"),
        ("x" * 201 + ",anna,2026-03-01T10:00:00Z,1,1.00,1,", "purchase", "too_long"),
    ],
)
def test_what_the_api_refuses_a_file_refuses_with_its_line_and_column(
    file: Path, shop: Programme, row: str, field: str, code: str
) -> None:
    good = "A1,anna,2026-03-01T10:00:00Z,1,10.00,1,\n{}\nA2,bert,2026-03-01T11:00:00Z,1,2.00,1,\n"
    run = purchases(file, HEAD + good.format(row), shop)
    assert listed(run) == [(3, field, code)]
    assert counts(run) == (2, 0, 1)
    assert points() == {"A1": 10, "A2": 2}


def test_two_lines_with_one_id_and_rows_that_contradict_each_other_are_refused(file: Path, shop: Programme) -> None:
    text = (
        "A1,anna,2026-03-01T10:00:00Z,1,10.00,1,\nA1,anna,2026-03-01T10:00:00Z,1,5.00,1,\n"
        "A2,anna,2026-03-01T10:00:00Z,1,10.00,1,\nA2,bert,2026-03-01T10:00:00Z,2,5.00,1,\n"
    )
    run = purchases(file, HEAD + text, shop)
    assert listed(run) == [(3, "line", "duplicate_line"), (5, "member", "differs")]
    assert counts(run) == (0, 0, 2)


def test_a_row_that_cannot_be_read_spoils_the_purchase_that_it_belongs_to(file: Path, shop: Programme) -> None:
    row = "{},anna,2026-03-01T10:00:00Z,{},1.00,1,\n"
    text = row.format("A1", 1) + "A1,an\0na,2026-03-01T10:00:00Z,2,1.00,1,\n" + row.format("A2", 1)
    run = purchases(file, (HEAD + text + row.format("A3", 1) + "\0\n" + row.format("A3", 2)).encode(), shop)
    assert listed(run) == [(3, "", "nul_character"), (6, "", "nul_character")]
    assert points() == {"A2": 1}
    assert counts(run) == (1, 0, 2)


def test_a_row_that_is_too_long_spoils_the_purchase_that_it_names(file: Path, shop: Programme) -> None:
    row, long = "{},anna,2026-03-01T10:00:00Z,{},1.00,1,{}\n", "y" * LONGEST_LINE
    first = row.format("A1", 1, "") + row.format("A1", 2, long) + row.format("A2", 1, "")
    run = purchases(file, HEAD + first + row.format("A3", 1, long) + row.format("A3", 2, ""), shop)
    assert listed(run) == [(3, "", "too_long"), (5, "", "too_long")]
    assert points() == {"A2": 1}


def test_reading_a_file_again_takes_nothing_in_twice(file: Path, shop: Programme) -> None:
    text = HEAD + "".join(f"A{n},m{n % 7},2026-03-01T10:00:00Z,1,1.00,1,\n" for n in range(50))
    assert counts(purchases(file, text, shop)) == (50, 0, 0)
    assert counts(purchases(file, text + "B1,anna,2026-03-01T10:00:00Z,1,1.00,1,\n", shop)) == (1, 50, 0)
    assert Entry.objects.count() == 51


def test_a_run_that_was_interrupted_is_over_when_its_file_is_read_again(file: Path, shop: Programme) -> None:
    class Interrupted(Exception):
        """Somebody pulled the plug."""

    def pull_the_plug(_standing: services.Standing) -> None:
        raise Interrupted

    file.write_text(HEAD + "A1,anna,2026-03-01T10:00:00Z,1,1.00,1,\n", "utf-8")
    with pytest.raises(Interrupted):
        services.import_purchases(file, shop, by="test", clock=lambda: NOW, progress=pull_the_plug)
    assert [run.state for run in queries.runs(shop)] == ["running"]
    again = services.import_purchases(file, shop, by="test", clock=lambda: NOW)
    assert counts(again) == (0, 1, 0)
    assert [run.state for run in queries.runs(shop)] == ["done", "failed"]


def test_an_id_that_stands_for_another_purchase_is_listed(file: Path, shop: Programme) -> None:
    purchases(file, HEAD + "A1,anna,2026-03-01T10:00:00Z,1,1.00,1,\n", shop)
    run = purchases(file, HEAD + "A1,anna,2026-03-01T10:00:00Z,1,2.00,1,\n", shop)
    assert listed(run) == [(2, "", "id_reused")]
    assert points() == {"A1": 1}


def test_a_purchase_sent_by_http_and_found_in_a_file_is_the_same(file: Path, shop: Programme) -> None:
    body = (
        b'{"id": "A1", "member": "anna", "occurred_at": "2026-03-01T10:00:00Z", "currency": "EUR",'
        b'"lines": [{"id": "1", "quantity": 1, "amount": "1.00", "category": "milk"}]}'
    )
    said = read_purchase(body)
    (sent,) = record([Item(shop.id, said.event, ("purchase", "A1"), said.digest)], now=NOW)
    assert isinstance(sent, Accepted)
    run = purchases(file, HEAD + "A1,anna,2026-03-01T12:00:00+02:00,1,1.0,1.000,milk\n", shop)
    assert counts(run) in {(0, 1, 0), (0, 0, 1)}
    run = purchases(file, HEAD + "A1,anna,2026-03-01T10:00:00Z,1,1.0,1.000,milk\n", shop)
    assert counts(run) == (0, 1, 0)


def test_a_parquet_file_is_read_as_well(tmp_path: Path, shop: Programme) -> None:
    at = pa.array([1_772_360_000_000_000, 1_772_360_000_000_000], pa.timestamp("us", tz="UTC"))
    table = pa.table({"purchase": [1, 2], "member": [7, 7], "occurred_at": at, "amount": [2.99, 0.1 + 0.2]})
    pq.write_table(table, tmp_path / "till.parquet")
    run = services.import_purchases(tmp_path / "till.parquet", shop, by="test", clock=lambda: NOW)
    assert listed(run) == [(2, "amount", "bad_amount")]
    assert points() == {"1": 2}


def test_progress_is_told_up_to_the_end_of_the_file(file: Path, shop: Programme) -> None:
    file.write_text(HEAD + "".join(f"A{n},m,2026-03-01T10:00:00Z,1,1.00,1,\n" for n in range(2_500)), "utf-8")
    told: list[tuple[int, int, int]] = []
    services.import_purchases(
        file, shop, by="test", clock=lambda: NOW, progress=lambda at: told.append((at.position, at.size, at.accepted))
    )
    assert [accepted for _position, _size, accepted in told] == [1_000, 2_000, 2_500]
    assert told[-1][0] == told[-1][1] == file.stat().st_size


def test_a_file_without_the_needed_columns_takes_nothing_in(file: Path, shop: Programme) -> None:
    with pytest.raises(BadFile) as refused:
        purchases(file, "purchase,amount\nA1,1.00\n", shop)
    assert refused.value.errors[0]["code"] == "missing_column"
    assert not Run.objects.exists()


def test_members_are_taken_in_with_their_facts_and_merged(file: Path, shop: Programme) -> None:
    head = "member;name;email;birthday;labels;attribute.city;consent.mail\n"
    run = members(file, head + "m1;Åsa Öberg;asa@example.com;1990-04-17;staff|vip;Turku;true\nm2;;;;;;\n", shop)
    assert counts(run) == (2, 0, 0)
    asa = Member.objects.get(reference="m1")
    assert (asa.name, asa.labels, asa.attributes, asa.consents) == (
        "Åsa Öberg",
        ["staff", "vip"],
        {"city": "Turku"},
        {"mail": True},
    )
    members(file, "member;email\nm1;new@example.com\nm2;\n", shop)
    assert Member.objects.get(reference="m1").name == "Åsa Öberg"
    assert Member.objects.get(reference="m1").email == "new@example.com"


def test_a_bad_member_is_listed_with_its_column_and_the_others_are_taken_in(file: Path, shop: Programme) -> None:
    head = "member,email,birthday,attribute.city\n"
    run = members(file, head + "m1,a@b,1990-04-17,\nm2,nobody,1990-13-17,\n,x@y,,\nm4,,,Turku\n", shop)
    assert listed(run) == [(3, "email", "bad_form"), (3, "birthday", "bad_date"), (4, "member", "missing_field")]
    assert counts(run) == (2, 0, 2)


def test_members_first_and_their_history_afterwards_earn_as_if_it_had_been_live(file: Path, shop: Programme) -> None:
    members(file, "member,labels\nanna,staff\n", shop)
    purchases(file, HEAD + "A1,anna,2026-01-05T10:00:00Z,1,10.00,1,\nA2,anna,2026-02-05T10:00:00Z,1,1.00,1,\n", shop)
    assert list(Entry.objects.order_by("row").values_list("amount", "running")) == [(10, 10), (1, 11)]
    assert verify(shop) == []


@pytest.mark.parametrize("kind", ["members", "purchases"])
def test_a_file_that_was_stopped_goes_on_when_it_is_read_again(file: Path, shop: Programme, kind: str) -> None:
    read = {"members": services.import_members, "purchases": services.import_purchases}[kind]
    count = 2 * CHUNK + 1
    purchased = HEAD + "".join(f"{n},m{n},2026-03-02T12:00:00+02:00,1,1.00,1,a\n" for n in range(count))
    known = "member\n" + "".join(f"{n}\n" for n in range(count))
    text = {"members": known, "purchases": purchased}[kind]
    file.write_text(text, "utf-8")
    stopped = read(file, shop, by="test", clock=lambda: NOW, progress=lambda at: services.ask_to_stop(at.run))
    assert (stopped.state, counts(stopped)) == ("stopped", (2 * CHUNK, 0, 0))
    assert stopped.finished_at
    assert 0 < stopped.positions[0] <= stopped.size == len(text)
    again = read(file, shop, by="test", clock=lambda: NOW)
    assert (again.state, again.accepted + again.repeated) == ("done", count)
    assert Member.objects.count() == count
    services.ask_to_stop(again)
    assert Run.objects.get(id=again.id).stopping is False


def test_a_wish_to_stop_that_comes_with_the_last_piece_is_too_late(file: Path, shop: Programme) -> None:
    file.write_text("member\n1\n", "utf-8")
    run = services.import_members(
        file, shop, by="test", clock=lambda: NOW, progress=lambda at: services.ask_to_stop(at.run)
    )
    assert run.state == "done"
