"""One item at a time, for the calls that Django answers: the same recording, one transaction each."""

from __future__ import annotations

from django.http import HttpRequest

from stammis.accrual.outcomes import Accepted, Declined, Item
from stammis.accrual.services import record
from stammis.api.hot.preview import Preview, chosen
from stammis.api.problems import Refused
from stammis.kit import clock


def preview_asked(request: HttpRequest) -> Preview | None:
    """Give the dry run that a request asks for, or None. Raises Invalid."""
    return chosen(request.GET.get("dry_run", "false"), request.GET.get("as_of"))


def decide(item: Item, preview: Preview | None = None) -> Accepted:
    """Record an item, or say what it would give. Raises Refused."""
    outcome = preview.outcomes([item])[0] if preview else record([item], now=clock.now())[0]
    if isinstance(outcome, Declined):
        raise Refused(outcome.status, outcome.code, outcome.reason, outcome.detail)
    return outcome
