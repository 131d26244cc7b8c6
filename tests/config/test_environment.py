"""Every variable that is read is in the list, and the list is what the documentation is made from."""

import re
from pathlib import Path

import pytest

from stammis.config import environment, mail

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
