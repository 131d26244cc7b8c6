"""Paging by cursor."""

import contextlib
import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.kit.pages import BadCursor, page, read_cursor, write_cursor
from stammis.staff.models import Audit

KEYS = st.one_of(
    st.text(), st.integers(), st.uuids(), st.dates(), st.datetimes(timezones=st.just(dt.UTC)), st.booleans(), st.none()
)


@given(keys=st.lists(KEYS, max_size=4), back=st.booleans())
def test_a_cursor_reads_as_it_was_written(*, keys: list[str | int | uuid.UUID | dt.date | None], back: bool) -> None:
    assert read_cursor(write_cursor(keys, back=back)) == (keys, back)


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadCursor):
        read_cursor(text)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("-id",), ("who", "id"), ("-who", "id")])
def test_walking_forth_meets_every_row_once_and_walking_back_the_same_pages(order: tuple[str, ...]) -> None:
    for number in range(23):
        Audit.objects.create(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), who=f"who {number % 3}", what="x")
    wanted = [row.id for row in Audit.objects.order_by(*order)]
    pages, cursor = [], None
    while True:
        found = page(Audit.objects.all(), order=order, cursor=cursor, limit=5)
        pages.append([row.id for row in found.rows])
        if found.after is None:
            break
        cursor = found.after
    assert [one for each in pages for one in each] == wanted
    back = found.before
    for expected in reversed(pages[:-1]):
        found = page(Audit.objects.all(), order=order, cursor=back, limit=5)
        assert [row.id for row in found.rows] == expected
        assert found.after is not None
        back = found.before
    assert back is None


@pytest.mark.django_db
def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursor):
        page(Audit.objects.all(), order=("-id",), cursor=write_cursor(["x", "y"]))


@pytest.mark.django_db
def test_an_empty_list_has_one_empty_page() -> None:
    found = page(Audit.objects.all(), order=("-id",))
    assert (found.rows, found.after, found.before) == ((), None, None)
