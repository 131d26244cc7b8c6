"""Posting rows, and sealing the days in which they were posted."""

from __future__ import annotations

from stammis.ledger.services.posting import EntryRow, post

__all__ = ["EntryRow", "post"]
