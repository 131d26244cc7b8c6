"""Types of events: those that every programme knows, and those that a programme declares with their properties."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from stammis.core.conditions import Text, says
from stammis.core.parts import Part, Words

ENROLMENT: Final = "enrolment"
FIRST_PURCHASE: Final = "first_purchase"
BIRTHDAY: Final = "birthday"
ANNIVERSARY: Final = "anniversary"
BY_THEMSELVES: Final = (ENROLMENT, FIRST_PURCHASE, BIRTHDAY, ANNIVERSARY)
"""Types of events that happen without being reported."""
BUILT_IN: Final = (
    *BY_THEMSELVES,
    "review",
    "referral",
    "survey_answered",
    "profile_completed",
    "app_opened",
    "check_in",
)
"""Types of events that every programme knows, declared or not."""

Kind = Literal["text", "number", "boolean", "date"]


class PropertyType(Part, frozen=True):
    """A property that events of a type carry."""

    name: Text
    type: Annotated[Kind, says("boolean is true or false; date a text such as 2026-01-31.")] = "text"
    required: Annotated[bool, says("Whether every event must carry it.")] = False
    any_of: Annotated[tuple[Text, ...], says("The values allowed, as text; without them any of the type.")] = ()


class EventType(Part, frozen=True):
    """A type of event with what its events may carry: an event of it that does not fit is refused."""

    id: Annotated[Text, says("The type, as callers report it.")]
    name: Annotated[Words | None, says("What members read about it.")] = None
    properties: tuple[PropertyType, ...] = ()
