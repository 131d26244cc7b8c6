import csv
import io
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.imports.files import Bad, BadFile, Columns, Row, open_sheet
from stammis.imports.files.delimited import LONGEST_CELL, LONGEST_LINE

COLUMNS = ("purchase", "member", "note")
ALLOWED = Columns(COLUMNS, needed=("purchase",), families=("attribute.",))


def rows_of(path: Path, content: bytes) -> list[Row | Bad]:
    path.write_bytes(content)
    with open_sheet(path, ALLOWED) as sheet:
        return list(sheet.rows)


def seen(rows: list[Row | Bad]) -> list[tuple[int, object]]:
    return [(row.line, row.cells if isinstance(row, Row) else row.code) for row in rows]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "purchases.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_table_reads_the_same_however_a_program_has_saved_it(
    file: Path, delimiter: str, end: str, mark: bytes
) -> None:
    text = end.join(["Purchase,member ,note", "1,Åsa,", '2,,"a ""b"""', ""]).replace(",", delimiter)
    assert seen(rows_of(file, mark + text.encode())) == [
        (2, {"purchase": "1", "member": "Åsa"}),
        (3, {"purchase": "2", "note": 'a "b"'}),
    ]


def test_a_last_line_without_an_end_and_empty_lines_between_lose_nothing(file: Path) -> None:
    assert seen(rows_of(file, b"purchase\n1\n\n\n2")) == [(2, {"purchase": "1"}), (5, {"purchase": "2"})]


def test_a_quoted_cell_may_run_over_lines(file: Path) -> None:
    rows = rows_of(file, b'purchase,note\n1,"two\nlines"\n2,one\n')
    assert seen(rows) == [(2, {"purchase": "1", "note": "two\nlines"}), (4, {"purchase": "2", "note": "one"})]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"2,caf\xe9,x", "bad_utf8"),
        (b"2,a\0b,x", "nul_character"),
        (b"2,a", "wrong_columns"),
        (b"2,a,b,c", "wrong_columns"),
        (b'2,"open,x', "bad_quotes"),
        (b'2,"a"b,x', "bad_quotes"),
        (b"2,a\rb,x", "bad_line"),
        (b'2,"' + b"y" * (LONGEST_CELL + 1) + b'",x', "too_long"),
        (b"2," + b"y" * LONGEST_LINE + b",x", "too_long"),
        (b'2,"' + b"y" * LONGEST_LINE + b",x", "too_long"),
        (b"\xff\0,a,b", "nul_character"),
    ],
)
def test_a_bad_row_is_listed_with_its_line_and_the_rows_around_it_are_kept(file: Path, line: bytes, code: str) -> None:
    rows = rows_of(file, b"purchase,member,note\n1,a,b\n" + line + b"\n3,c,d\n4,e,f\n")
    assert seen(rows) == [
        (2, {"purchase": "1", "member": "a", "note": "b"}),
        (3, code),
        (4, {"purchase": "3", "member": "c", "note": "d"}),
        (5, {"purchase": "4", "member": "e", "note": "f"}),
    ]


def test_what_is_kept_of_a_bad_row_is_short_and_can_be_stored(file: Path) -> None:
    bad = rows_of(file, b"purchase,member,note\n\xff\0" + b"y" * LONGEST_LINE)[0]
    assert isinstance(bad, Bad)
    assert len(bad.raw) <= 500
    assert "\0" not in bad.raw
    assert bad.raw.encode()


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        (b"purchase,memebr", ["unknown_column"]),
        (b"purchase,member,member", ["double_column"]),
        (b"member", ["missing_column"]),
        (b"purchase,,x", ["empty_column", "unknown_column"]),
    ],
)
def test_a_head_that_cannot_be_understood_refuses_the_file(file: Path, head: bytes, codes: list[str]) -> None:
    with pytest.raises(BadFile) as refused:
        rows_of(file, head + b"\n1,2,3\n")
    assert [error["code"] for error in refused.value.errors] == codes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"purchase,member\r1,anna\r2,bert\r", "CR alone"),
        (b"purchase,member\r" + b"1,anna\r" * LONGEST_LINE, "CR alone"),
        (b"purchase" + b",member" * LONGEST_LINE, "more than 1048576 bytes"),
        (b"purchase,memb\xe4r\r1,anna\r", "no text in UTF-8"),
    ],
)
def test_a_head_that_has_no_end_says_what_is_wrong_with_the_lines(file: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        rows_of(file, content)
    assert said in str(refused.value)


def test_an_unknown_column_is_answered_with_the_nearest_name(file: Path) -> None:
    with pytest.raises(BadFile) as refused:
        rows_of(file, b"purchase,memebr\n")
    assert "Did you mean «member»?" in refused.value.errors[0]["message"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfep\0", b"purch\xe4se\n", b"PAR1 but not really"])
def test_a_file_that_is_no_table_says_so(file: Path, content: bytes) -> None:
    with pytest.raises(BadFile):
        rows_of(file, content)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be opened"):
        open_sheet(tmp_path / "none.csv", Columns(COLUMNS))


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


@given(st.lists(st.tuples(st.text("0123456789", min_size=1, max_size=5), CELL, CELL), max_size=20))
def test_whatever_a_program_writes_as_csv_is_read_back(tmp_path_factory: pytest.TempPathFactory, table: list) -> None:  # type: ignore[type-arg] # Hypothesis makes the rows
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([COLUMNS, *table])
    rows = rows_of(tmp_path_factory.getbasetemp() / "any.csv", written.getvalue().encode())
    wanted = [{name: cell for name, cell in zip(COLUMNS, row, strict=True) if cell} for row in table]
    assert [row.cells for row in rows if isinstance(row, Row)] == wanted
    assert len(rows) == len(wanted)


def test_parquet_cells_become_the_text_that_a_csv_file_would_hold(tmp_path: Path) -> None:
    table = pa.table(
        {
            "purchase": [1, 2],
            "member": pa.array([Decimal("2.50"), Decimal("3.00")]),
            "note": [2.99, None],
        }
    )
    pq.write_table(table, tmp_path / "any.dat")
    with open_sheet(tmp_path / "any.dat", ALLOWED) as sheet:
        rows = list(sheet.rows)
    assert seen(rows) == [
        (1, {"purchase": "1", "member": "2.50", "note": "2.99"}),
        (2, {"purchase": "2", "member": "3"}),
    ]


def test_parquet_times_keep_their_zone_and_naive_ones_stay_naive(tmp_path: Path) -> None:
    at = pa.array([0], pa.timestamp("ns", tz="Europe/Helsinki"))
    table = pa.table({"purchase": at, "member": at.cast(pa.timestamp("ns"))})
    pq.write_table(table, tmp_path / "any.parquet")
    with open_sheet(tmp_path / "any.parquet", Columns(COLUMNS)) as sheet:
        (row,) = sheet.rows
    assert isinstance(row, Row)
    assert row.cells == {"purchase": "1970-01-01T02:00:00+02:00", "member": "1970-01-01T00:00:00"}
