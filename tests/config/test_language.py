"""The command line speaks the language of the environment; what programs read is the same in all of them."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from django.utils.translation import get_language, gettext, override

from stammis.config.cli import borrowed, options
from stammis.config.cli import stammis as root
from stammis.config.language import choose, paragraphs
from stammis.config.postgres.errors import DiskFull
from stammis.staff.services.keys import UnknownScope
from tests.config.installed import data_folder, stammis
from tools import messages
from tools.reference.commands import tree


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "fi_FI.UTF-8", "LC_MESSAGES": "sv_FI"}, "sv"),
        ({"LANG": "fi_FI.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_ALL": "pl", "STAMMIS_LANGUAGE": "fi"}, "fi"),
        ({"LC_ALL": "pl_PL", "STAMMIS_LANGUAGE": ""}, "pl"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "final"}, "en"),
        ({"STAMMIS_LANGUAGE": "SV-se"}, "sv"),
    ],
)
def test_the_first_variable_that_is_set_decides(variables: dict[str, str], language: str) -> None:
    assert choose(variables) == language


def test_help_speaks_finnish_click_included(tmp_path: Path) -> None:
    shown = stammis(tmp_path, "--help", STAMMIS_LANGUAGE="fi").stdout
    assert "Käyttö:" in shown
    assert "Komennot:" in shown
    assert "Kirjoita varmuuskopio." in shown
    assert "Usage" not in shown
    one = stammis(tmp_path, "serve", "--help", LC_ALL="fi_FI.UTF-8").stdout
    assert "Valmis, kun GET /health vastaa 200." in " ".join(one.split())
    assert "Datakansio." in one


def test_an_error_speaks_the_reader_s_language_and_ends_as_in_any_other(tmp_path: Path) -> None:
    silent = f"postgresql://nobody@/none?host={tmp_path}"
    told = stammis(tmp_path, "key", "create", "till", DATABASE_URL=silent, STAMMIS_LANGUAGE="fi")
    assert told.returncode == 1
    assert "Mikään tietokanta ei vastaa. Tarkista DATABASE_URL." in told.stderr
    wrong = stammis(tmp_path, "import", "members", "none.csv", STAMMIS_LANGUAGE="pl")
    assert wrong.returncode == 2
    assert "Plik 'none.csv': nie istnieje." in wrong.stderr


def test_what_programs_read_is_the_same_in_every_language(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    report = tmp_path / "bad.csv"
    file.write_text("member,birthday\nanna,yesterday\nbert,1990-04-17\n")
    with data_folder() as folder:
        assert stammis(folder, "init", "--template", "cafe-stamps").returncode == 0
        read = stammis(folder, "import", "members", str(file), "--report", str(report), STAMMIS_LANGUAGE="sv")
        assert read.returncode == 0, read.stderr
        assert "1 medlem togs in, 1 avvisad." in read.stdout
        assert "rad 2, birthday: Skriv ett datum som 1990-04-17. (bad_date)" in read.stdout
        assert report.read_text().splitlines()[:2] == [
            "line,field,code,message,row",
            "2,birthday,bad_date,Write a date such as 1990-04-17.,anna",
        ]
        key = stammis(folder, "key", "create", "till", STAMMIS_LANGUAGE="fi")
        assert "Avain näytetään vain kerran." in key.stderr
        assert key.stdout.startswith("stammis_")


def test_an_error_is_english_for_programs_and_in_the_reader_s_language_for_people() -> None:
    full = DiskFull(where="/data")
    with override("fi"):
        assert full.told().startswith("/data: Levy on täynnä.")
        assert full.message.startswith("/data: The disk is full.")
        assert str(full) == full.message
        said = "There is no scope «%(name)s». The scopes are: %(known)s."
        wrong = UnknownScope(said, values={"name": "a", "known": "b"})
        assert wrong.told() == "Oikeutta «a» ei ole. Oikeudet: b."
        assert wrong.message == "There is no scope «a». The scopes are: b."


def helps() -> Iterator[tuple[str, str]]:
    """Every help text of every command, beside what one types to call it."""
    groups = [command for command in root.commands.values() if isinstance(command, click.Group)]
    for name, command in [("stammis", root), *((str(group.name), group) for group in groups), *tree().items()]:
        for text in (command.help, command.short_help, *(getattr(one, "help", None) for one in command.params)):
            yield from ((name, paragraph) for paragraph in paragraphs(text or "") if paragraph)


def read(module: ModuleType) -> list[messages.Found]:
    """What the catalogues find in a module of the commands."""
    file = io.BytesIO(Path(str(module.__file__)).read_bytes())
    return list(messages.read_commands(file, messages.KEYWORDS, (), {}))


def test_every_help_text_is_found_by_the_catalogues() -> None:
    known = {message.id for message in messages.collect()}
    assert get_language() == "en"
    missing = [text for text in helps() if text[1] not in known]
    assert not missing


def test_the_options_that_commands_share_are_found_as_well() -> None:
    assert "The data folder. Default: STAMMIS_DATA, else the user's own." in {found[2] for found in read(options)}


def test_click_still_says_what_we_have_borrowed_from_it() -> None:
    said = {
        node.value
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    ours = [found[2] for found in read(borrowed) if found[1]]
    singles = {text for one in ours for text in ([one] if isinstance(one, str) else one)}
    assert len(ours) == len(borrowed.TEXTS) + len(borrowed.COUNTED)
    assert singles <= said, singles - said


def test_the_languages_of_the_command_line_are_those_of_the_catalogues() -> None:
    for language in messages.LANGUAGES:
        assert choose({"LANG": language}) == language
        with override(language):
            assert gettext("Stopped.") != "Stopped."
