"""Files that were handed over in the console, read by the worker."""

from pathlib import Path

import pytest
from django.utils.translation import override

from stammis.imports.models import Run
from stammis.imports.tasks import read_file
from stammis.kit import clock
from stammis.kit.telling import told_again
from stammis.members.models import Member
from stammis.programmes import services as publishing
from stammis.programmes import yaml
from stammis.programmes.models import Programme

pytestmark = pytest.mark.django_db
DOCUMENT = """
stammis: 1
programme: shop
name: Shop
currency: EUR
timezone: Europe/Helsinki
wallets: [{id: points, name: points}]
"""


@pytest.fixture
def programme() -> Programme:
    return publishing.publish(yaml.load(DOCUMENT), by="tests", now=clock.now()).programme


def handed_over(folder: Path, text: bytes) -> str:
    file = folder / "upload" / "members.csv"
    file.parent.mkdir()
    file.write_bytes(text)
    return str(file)


def test_a_file_is_read_in_and_removed(programme: Programme, tmp_path: Path) -> None:
    file = handed_over(tmp_path, b"member,name\nm-1,Ada\n")
    read_file("members", file, str(programme.id), "owner@example.com")
    assert Member.objects.get().name == "Ada"
    run = Run.objects.get()
    assert (run.state, run.accepted, run.started_by) == ("done", 1, "owner@example.com")
    assert not Path(file).parent.exists()


def test_a_file_that_is_no_table_becomes_a_run_that_failed_and_says_why(programme: Programme, tmp_path: Path) -> None:
    read_file("members", handed_over(tmp_path, b"\x00\x01\x02"), str(programme.id), "owner@example.com")
    run = Run.objects.get()
    assert run.state == "failed"
    assert run.message


def test_a_run_that_failed_for_its_columns_says_which(programme: Programme, tmp_path: Path) -> None:
    read_file("members", handed_over(tmp_path, b"memebr,name\nm-1,Ada\n"), str(programme.id), "owner@example.com")
    run = Run.objects.get()
    assert run.message == (
        "The first line of the file must name its columns. There is no column «memebr». Did you mean «member»? "
        "The column «member» is needed."
    )
    with override("fi"):
        told = told_again(run.message, run.wording)
    assert "«memebr»" in told
    assert "«member»" in told
    assert "column" not in told


def test_a_file_that_is_gone_becomes_a_run_that_failed(programme: Programme, tmp_path: Path) -> None:
    read_file("members", str(tmp_path / "upload" / "gone.csv"), str(programme.id), "owner@example.com")
    assert Run.objects.get().state == "failed"
