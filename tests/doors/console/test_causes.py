"""Why something that happened moved points, or none, as a page of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from stammis.kit import clock
from stammis.members.queries import find
from stammis.staff import services as staff
from stammis.staff.models import Role
from tests.rooms.till import Till, bought

pytestmark = pytest.mark.django_db
SHUT, OPEN = '<details class="fold">', '<details class="fold" open>'


def test_rules_that_gave_nothing_are_told_at_once_where_no_points_moved(client: Client) -> None:
    till = Till(
        earn=[
            {"id": "spend", "kind": "amount", "points": 1},
            {"id": "tea", "kind": "amount", "points": 1, "when": {"kind": "category", "any_of": ["tea"]}},
        ]
    )
    till.say(bought("1", 50, member="anna"), bought("2", 500, member="anna"))
    clock.begin(till.now)
    member, secret = find(till.programme.id, "anna"), "seven green kettles"
    client.force_login(staff.found(email="v@example.com", name="V", password=secret, role=Role.VIEWER, by="tests"))
    pages = [client.get(reverse("console:cause", args=[member.id, seq])).content.decode() for seq in (2, 3)]
    assert [(SHUT in page, OPEN in page) for page in pages] == [(False, True), (True, False)]
