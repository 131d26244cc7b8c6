"""What a programme decides: pure values and functions; no Django, no clock, no randomness, no I/O.

The library in short: ``parse`` a programme, ``compile_rules``, make a ``cart`` and ``preview`` it. Money is in minor
units of its currency, points in the smallest unit of their wallet, quantities in millionths, times carry their offset.
"""

from __future__ import annotations

from stammis.core.document import DocumentErrors, parse
from stammis.core.events import Discount, Happening, Line, Purchase, Tender
from stammis.core.previews import MEMBER, Preview, cart, preview
from stammis.core.rules import Rules, compile_rules
from stammis.core.standing import Standing

__all__ = [
    "MEMBER",
    "Discount",
    "DocumentErrors",
    "Happening",
    "Line",
    "Preview",
    "Purchase",
    "Rules",
    "Standing",
    "Tender",
    "cart",
    "compile_rules",
    "parse",
    "preview",
]
