"""Files in, numbers out, and the clock moved: ``stammis import``, ``metrics``, ``day`` and ``verify``."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.config.installed import data_folder, stammis

pytestmark = pytest.mark.xdist_group("commands")

CLOCK = "2026-06-01T12:00:00+03:00"
HEAD = "purchase,member,occurred_at,category,quantity,amount\n"
GOOD = "A{n},anna,2026-05-0{n}T12:00:00+03:00,hot drinks,2,7.00\n"


@pytest.fixture(scope="module")
def cafe() -> Iterator[Path]:
    """A café with a stamp card, a clock of its own and three purchases out of a file, one of them bad."""
    with data_folder() as folder:
        made = stammis(
            folder,
            "init",
            "--owner",
            "anna@example.com",
            "--template",
            "cafe-stamps",
            "--clock",
            "2026-04-01T12:00:00Z",
        )
        assert made.returncode == 0, made.stderr
        moved = stammis(folder, "day", "--to", CLOCK)
        assert moved.returncode == 0, moved.stderr
        yield folder


@pytest.fixture(scope="module")
def read(cafe: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, str]]]:
    """What was said about a file with a bad row in it, and the report."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "till.csv").write_text(HEAD + GOOD.format(n=1) + "A2,anna,yesterday,,1,1.00\n" + GOOD.format(n=3))
    done = stammis(cafe, "import", "purchases", str(folder / "till.csv"), "--report", str(folder / "bad.csv"))
    assert done.returncode == 0, done.stderr
    with (folder / "bad.csv").open(newline="", encoding="utf-8") as report:
        return done.stdout, list(csv.DictReader(report))


def metrics(cafe: Path, *arguments: str) -> dict[str, Any]:
    asked = stammis(cafe, "metrics", *arguments, "--json")
    assert asked.returncode == 0, asked.stderr
    answer: dict[str, Any] = json.loads(asked.stdout)
    return answer


def test_good_rows_land_and_bad_ones_are_listed(read: tuple[str, list[dict[str, str]]]) -> None:
    said, report = read
    assert "2 purchases taken in, 1 refused." in said
    assert "line 3, occurred_at: " in said
    assert [(row["line"], row["field"], row["code"], row["row"]) for row in report] == [
        ("3", "occurred_at", "bad_time", "A2")
    ]


def test_metrics_are_the_numbers_of_what_was_taken_in(cafe: Path, read: object) -> None:
    found = metrics(cafe)
    assert list(found) == [
        *("members", "active_members", "purchases", "gross_sales", "points_issued", "points_redeemed"),
        *("points_expired", "points_outstanding", "points_worth", "new_customers", "returning_customers"),
    ]
    assert found["purchases"]["value"] == 2
    assert found["gross_sales"]["value"] == "14.00"
    assert found["points_issued"]["value"] == 4
    one_day = metrics(cafe, "gross_sales", "--from", "2026-05-02", "--to", "2026-05-03")
    assert one_day["gross_sales"]["value"] == "0.00"
    by_month = metrics(cafe, "purchases", "--by", "month")["purchases"]["slices"]
    assert [(each["month"], each["value"], each["complete"]) for each in by_month] == [
        ("2026-05", 2, True),
        ("2026-06", 0, False),
    ]


def test_metrics_are_readable_without_json(cafe: Path, read: object) -> None:
    said = stammis(cafe, "metrics", "purchases", "gross_sales").stdout.splitlines()
    assert [" ".join(line.split()) for line in said] == ["purchases 2 Purchases", "gross_sales 14.00 EUR Gross sales"]


def test_an_unknown_metric_is_a_failure_that_names_all_metrics(cafe: Path) -> None:
    asked = stammis(cafe, "metrics", "memebrs")
    assert asked.returncode == 1
    assert "active_members" in asked.stderr


def test_what_no_metric_can_be_divided_by_is_a_failure_whether_metrics_are_named_or_not(cafe: Path) -> None:
    for named in ((), ("purchases",)):
        asked = stammis(cafe, "metrics", *named, "--by", "colour")
        assert asked.returncode == 1
        assert "day, week, month, year" in asked.stderr
    assert list(metrics(cafe, "--by", "channel")) == ["purchases", "gross_sales"]


def test_a_file_of_which_nothing_could_be_taken_in_is_a_failure(cafe: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(HEAD + "A9,anna,yesterday,,1,1.00\n")
    assert stammis(cafe, "import", "purchases", str(tmp_path / "bad.csv")).returncode == 1
    (tmp_path / "odd.csv").write_text("purchase,memebr\n")
    odd = stammis(cafe, "import", "purchases", str(tmp_path / "odd.csv"))
    assert odd.returncode == 1
    assert "Did you mean «member»?" in odd.stderr
    assert stammis(cafe, "import", "purchases", str(tmp_path / "none.csv")).returncode == 2


def test_members_are_taken_in(cafe: Path, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("member,name\nbert,Bert Berg\n")
    assert "1 member taken in, 0 refused" in stammis(cafe, "import", "members", str(tmp_path / "members.csv")).stdout


def test_the_clock_moves_forward_and_applies_what_falls_due(cafe: Path, read: object) -> None:
    moved = stammis(cafe, "day", "--to", "2027-05-02T00:00:00+03:00")
    assert moved.returncode == 0, moved.stderr
    assert metrics(cafe, "points_expired")["points_expired"]["value"] == 2
    back = stammis(cafe, "day", "--to", CLOCK)
    assert back.returncode == 1
    assert "only moves forward" in back.stderr
    proof = stammis(cafe, "verify")
    assert proof.returncode == 0
    compared, said = proof.stdout.splitlines()
    assert compared.startswith("Compared with what the events give: decisions, ledger rows")
    assert "Not compared: when each member's next day is due." in compared
    assert said == "Everything agrees."


def test_real_time_cannot_be_moved() -> None:
    with data_folder() as folder:
        refused = stammis(folder, "day", "--to", CLOCK)
    assert refused.returncode == 1
    assert "real time" in refused.stderr


def test_what_is_owed_is_shown_and_written_to_files(
    cafe: Path, read: tuple[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    shown = stammis(cafe, "liability", "--on", "2026-05-31")
    assert shown.returncode == 0, shown.stderr
    assert "A calculation for the accountant." in shown.stdout
    told = json.loads(stammis(cafe, "liability", "--json").stdout)
    issued = metrics(cafe, "points_issued")["points_issued"]["value"]
    assert sum(line["issued"] for line in told["wallets"][0]["points"]) == issued
    written = stammis(cafe, "liability", "--table", "points", "--csv", str(tmp_path / "p.csv"))
    assert written.returncode == 0, written.stderr
    with (tmp_path / "p.csv").open(newline="", encoding="utf-8-sig") as file:
        assert sum(int(row["issued"]) for row in csv.DictReader(file)) == issued
    refused = stammis(cafe, "liability", "--on", "2099-01-01")
    assert (refused.returncode, refused.stderr.strip().splitlines()[-1]) == (1, "This day has not come yet.")
