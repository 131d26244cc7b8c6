"""Finding the back-test of a document that was asked for last."""

from __future__ import annotations

from typing import Any

from stammis.programmes.models import Programme
from stammis.simulation.models import Run


def run_of(programme: Programme, document: dict[str, Any]) -> Run | None:
    """Give the newest back-test of exactly this document over all members, if there is one."""
    known = Run.objects.filter(programme=programme, document=document, label="", sample=None)
    return known.select_related("compared_with", "programme").order_by("-id").first()
