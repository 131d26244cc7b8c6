"""What is kept of a decision, so that it can be answered, explained and proven again."""

from __future__ import annotations

from msgspec import Struct, json

from stammis.accrual.outcomes import WalletView
from stammis.core.effects import Amounts, Effect, Refund, Step
from stammis.core.events import AnyEvent, Purchase
from stammis.core.parcels import Awaits
from stammis.core.standing import Hold, IssuedReward, PurchaseState, Standing, Take
from stammis.core.world import Grants


class Record(Struct, frozen=True, array_like=True, omit_defaults=True):
    """A decision as it is stored: positional, since there is one for every event.

    Attributes:
        effects, steps: what it did, and why.
        wallets: what was in each wallet after it.
        tiers: by tier set the level after it.
        amounts, refund: the money in it.
        grants: what was granted by chance or from shared stocks; refolding reads it back.
        current: the version by which tiers moved, where it is not the one that decided.
    """

    effects: tuple[Effect, ...]
    steps: tuple[Step, ...]
    wallets: dict[str, WalletView]
    tiers: dict[str, str | None]
    amounts: Amounts | None = None
    refund: Refund | None = None
    grants: Grants | None = None
    current: int | None = None


encode = json.Encoder().encode
read_record = json.Decoder(Record).decode
read_event = json.Decoder(AnyEvent).decode
read_purchase = json.Decoder(Purchase).decode
read_standing = json.Decoder(Standing).decode
read_state = json.Decoder(PurchaseState).decode
read_issued = json.Decoder(IssuedReward).decode
read_hold = json.Decoder(Hold).decode
read_awaits = json.Decoder(Awaits).decode
read_takes = json.Decoder(tuple[Take, ...]).decode
