"""Everything that moves points or changes what rules know about a member."""

from __future__ import annotations

from stammis.accrual.services.intake import record

__all__ = ["record"]
