"""The audit: who did what."""

from __future__ import annotations

from typing import Any

from stammis.kit.clock import real_now
from stammis.staff.models import Audit

COMMAND_LINE = "command line"


def record_audit(who: str, what: str, *, subject: str = "", **detail: Any) -> Audit:
    """Write down that ``who`` (a mail address, a key) did ``what`` (``room.verb``) to ``subject``; no secrets."""
    return Audit.objects.create(at=real_now(), who=who[:320], what=what, subject=subject[:320], detail=detail)
