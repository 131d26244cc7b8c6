"""The scene: what conditions look at, and what the names in them refer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from msgspec import Struct

from stammis.core.amounts import amount_text
from stammis.core.calendars import Calendar, calendar_of
from stammis.core.events import Line, Purchase, Scalar

LONGEST: Final = 120
"""Characters of what was wanted or seen that a step keeps."""
GOODS: Final = frozenset({"goods"})

Numbers = dict[str, int]
"""What conditions read of a member's history, by the names that ``histories`` gives; what never was is left out."""
NO_NUMBERS: Final[Numbers] = {}
NO_PROPERTIES: Final[dict[str, Scalar]] = {}


class Scene(Struct, frozen=True, gc=False):
    """What conditions look at besides one line: the moment (local), the purchase, the member, an event's properties.

    ``weekday`` is 0 on Mondays. An event that is no purchase has neither place, total, purchase nor lines.
    """

    day: int
    second: int
    weekday: int
    channel: str | None
    store: str | None
    total: int | None
    tiers: dict[str, str | None]
    labels: tuple[str, ...]
    attributes: dict[str, Scalar]
    at: int = 0
    purchase: Purchase | None = None
    lines: Sequence[Line] = ()
    consents: tuple[str, ...] = ()
    numbers: Numbers = NO_NUMBERS
    properties: dict[str, Scalar] = {}


Test = Callable[[Scene], bool]
LineTest = Callable[[Scene, Line], bool]
Look = Callable[[Scene], str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What conditions refer to.

    Attributes:
        decimals: those of the programme's currency.
        levels: the levels of each tier set, lowest first.
        money: how many minor units of a purchase's currency one of the programme's is.
        wallets: the decimals of each wallet.
        kinds: the kinds of line that the programme's basis counts.
        holidays: the days of each list, as ordinals.
        calendar: the days of the programme's zone.
        at_home: whether a minor unit of a purchase is one of the programme's.
    """

    decimals: int
    levels: dict[str, tuple[str, ...]]
    money: Fraction
    wallets: dict[str, int] = field(default_factory=dict)
    kinds: frozenset[str] = GOODS
    holidays: dict[str, frozenset[int]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=lambda: calendar_of("UTC"))
    at_home: bool = False

    def text(self, amount: int) -> str:
        """An amount in minor units of the purchase's currency as text, in the programme's; halves up."""
        if self.at_home:
            return amount_text(amount, self.decimals)
        one, parts = self.money.as_integer_ratio()
        return amount_text((2 * amount * int(10**self.decimals) * parts + one) // (2 * one), self.decimals)


def in_bounds(low: int, high: int | None, value: int) -> bool:
    """Whether a number lies within bounds, both included; None is no bound."""
    return low <= value and (high is None or value <= high)
