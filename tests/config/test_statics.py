"""Static files: given whole, so that an asynchronous server need not read a stream first."""

from __future__ import annotations

from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client, RequestFactory

from stammis.config.statics import Statics


def test_a_file_is_given_whole_in_part_or_not_at_all(client: Client) -> None:
    address = static("console/console.js")
    whole = client.get(address)
    assert isinstance(whole, HttpResponse)
    assert not whole.streaming
    assert b"What the pages do beyond HTML" in whole.content
    assert whole["Content-Type"].startswith("text/javascript")
    part = client.get(address, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, whole.content[:2])
    same = client.get(address, headers={"If-Modified-Since": whole["Last-Modified"]})
    assert (same.status_code, same.content) == (304, b"")
    # asked without the client, which itself takes away what answers of this kind may not have
    only_head = Statics(lambda _: HttpResponse(status=404))(RequestFactory().head(address))
    assert (only_head.status_code, only_head.content) == (200, b"")
    assert only_head["Content-Length"] == str(len(whole.content))
