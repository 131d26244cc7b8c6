"""What many answers have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

Scalar = str | int | float | bool | None
Money = Annotated[str, Meta(description="Decimal text.", examples=["12.50"])]
Points = Annotated[int, Meta(description="In the wallet's smallest unit.", examples=[120])]
RowId = Annotated[str, Meta(description="Id of a ledger row.", examples=["0199c2f07a5b7c3e8d21f4a60b9e7c11-3"])]
RowKind = Literal[
    "earn", "spend", "return", "restore", "expire", "adjust", "transfer_in", "transfer_out", "hold", "release"
]
