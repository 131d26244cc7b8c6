"""API keys."""

import pytest

from stammis.kit.clock import real_now
from stammis.staff import services
from stammis.staff.models import ApiKey
from stammis.staff.services import keys

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    keys._remembered.clear()  # noqa: SLF001 - another process would begin with nothing


def test_a_key_is_known_by_its_text_alone_and_its_text_is_nowhere_kept() -> None:
    key, plain = services.create_key("shop", by="ada")
    assert services.authenticate_key(plain) == key
    assert services.authenticate_key(plain + "x") is None
    row = str(ApiKey.objects.values_list().get())
    assert plain not in row
    assert plain.startswith(key.prefix)


def test_a_key_without_scopes_may_do_everything_and_one_with_scopes_only_these() -> None:
    assert services.create_key("all", by="ada")[0].scopes == list(services.SCOPES)
    some, _plain = services.create_key("till", ["purchases:write", "members:read"], by="ada")
    assert some.scopes == ["members:read", "purchases:write"]


def test_an_unknown_scope_is_refused_with_the_list_of_scopes() -> None:
    with pytest.raises(keys.UnknownScope, match="purchases:write"):
        services.create_key("till", ["purchase:write"], by="ada")


def test_a_revoked_key_is_useless_at_once_here_and_within_five_seconds_elsewhere() -> None:
    key, plain = services.create_key("shop", by="ada")
    assert services.remembered_key(plain) is None
    assert services.authenticate_key(plain) == services.remembered_key(plain) == key
    services.revoke_key(key.id, by="ada")
    assert services.authenticate_key(plain) is services.remembered_key(plain) is None
    assert keys.REMEMBERED_SECONDS <= 5


def test_the_day_of_the_last_use_is_kept() -> None:
    key, plain = services.create_key("shop", by="ada")
    before = real_now().date()
    services.authenticate_key(plain)
    key.refresh_from_db()
    assert key.last_used_on in {before, real_now().date()}  # midnight may come in between
