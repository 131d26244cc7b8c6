"""Every variable that is read is in the list, and the list is what the documentation is made from."""

import re
from pathlib import Path

import pytest

from stammis.config import environment, mail
from tests.config.installed import stammis

SOURCE = Path(environment.__file__).parents[1]


def test_every_variable_that_is_read_is_in_the_list() -> None:
    listed = {variable.name for variable in environment.VARIABLES}
    read = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"""["'](STAMMIS_[A-Z_]+)["']""", path.read_text("utf-8"))
    }
    assert read <= listed
    assert listed - read == {"DATABASE_URL", "PORT"}


def test_reading_a_variable_that_is_not_in_the_list_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        environment.read("STAMMIS_UNHEARD_OF")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMMIS_HOSTS", " ")
    assert environment.split("STAMMIS_HOSTS", "a, b") == ["a", "b"]


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://anna:p%40ss@mail.example", 587, True, False),
        ("smtps://anna:p%40ss@mail.example", 465, False, True),
        ("smtp://anna:p%40ss@mail.example:2525", 2525, True, False),
    ],
)
def test_a_mail_server_is_named_by_one_address(url: str, port: int, *, tls: bool, ssl: bool) -> None:
    read = mail.parse(url)
    assert (read["EMAIL_HOST"], read["EMAIL_HOST_PASSWORD"]) == ("mail.example", "p@ss")
    assert (read["EMAIL_PORT"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (port, tls, ssl)


@pytest.mark.parametrize(
    ("said", "on"), [("1", True), ("true", True), ("On", True), ("0", False), ("", False), ("no", False)]
)
def test_a_switch_is_on_or_off_however_it_is_said(monkeypatch: pytest.MonkeyPatch, said: str, *, on: bool) -> None:
    monkeypatch.setenv("STAMMIS_PRODUCTION", said)
    assert environment.is_on("STAMMIS_PRODUCTION") is on


@pytest.mark.parametrize(
    ("name", "said", "instead"),
    [
        ("STAMMIS_PRODUCTION", "maybe", "Write 1 for on, 0 for off."),
        ("STAMMIS_WORKERS", "0", "Write a whole number, 1 or more."),
        ("STAMMIS_BACKTESTS_KEPT", "many", "Write a whole number, 1 or more."),
        ("STAMMIS_LOG_FORMAT", "xml", "Write one of: json, text."),
        ("STAMMIS_MAIL_URL", "mail.example.com", "smtp://user:password@host:587"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_before_anything_begins(
    tmp_path: Path, name: str, said: str, instead: str
) -> None:
    refused = stammis(tmp_path / "none", "upgrade", "--check", **{name: said})
    assert refused.returncode == 1, refused.stderr
    assert refused.stderr.startswith(name)
    assert instead in refused.stderr
    assert refused.stderr.count("\n") == 1
