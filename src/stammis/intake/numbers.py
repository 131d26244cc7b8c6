"""What callers say when they ask for numbers that are reckoned first."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from msgspec import Meta

from stammis.intake.bodies import Body, Name


class ReckoningBody(Body, kw_only=True):
    """Which report is wanted: at the end of a day, or (without one) as of now."""

    on: Annotated[dt.date | None, Meta(description="The day, local to the programme.")] = None


class ExpiryBody(Body, kw_only=True):
    """An expiry rule to try, as it stands in a programme document, for a wallet (without one: the first)."""

    expiry: Annotated[dict[str, Any], Meta(description="The rule.", examples=[{"kind": "days", "days": 365}])]
    wallet: Name | None = None
