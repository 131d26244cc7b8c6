"""A merge and a transfer may have the same id: each kind has ids of its own."""

import pytest

from stammis.accrual.services import verify
from stammis.core.events import Transfer
from tests.rooms.test_merges import merges, parts, two
from tests.rooms.till import NOW, bought

pytestmark = pytest.mark.django_db


def test_undoing_a_merge_leaves_what_a_later_transfer_with_the_same_id_brought() -> None:
    till = two()
    till.one(bought("B-1", 2_500, "ben"))
    merges(till)
    till.one(Transfer(occurred_at=NOW, id="M-1", member="ben", to="anna", wallet="points", amount=25))
    assert till.active("anna") == 165
    till.one(parts())
    assert (till.active("old"), till.active("anna"), till.active("ben")) == (40, 125, 0)
    assert verify(till.programme) == []
