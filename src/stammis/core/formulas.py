"""Formulas: bounded arithmetic over declared quantities, read by a small grammar of our own, reckoned exactly.

::

    sum      = product { ("+" | "-") product }
    product  = factor { ("*" | "/") factor }
    factor   = "-" factor | number | quantity | function "(" sum { "," sum } ")" | "(" sum ")"
    function = min | max | floor | ceil | round
    quantity = amount | quantity | lines | total | rank | event.NAME | member.NAME
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Final

from stammis.core.wording import Worded

LONGEST_FORMULA: Final = 200
"""Characters that a formula may have."""
DEEPEST_FORMULA: Final = 12
"""Brackets, functions and signs that may stand inside one another."""
OF_PURCHASES: Final = ("amount", "quantity", "lines", "total")
"""Quantities that only purchases have."""
QUANTITIES: Final = (*OF_PURCHASES, "rank")
PROPERTIES: Final = ("event", "member")
"""What has quantities of its own, named after a dot."""

Quantities = Callable[[str], Fraction | None]
"""Tells the value of a quantity; None where there is none."""
Reckoning = Callable[[Quantities], Fraction]

_PIECE = re.compile(r"\s*(?:([0-9]{1,12}(?:\.[0-9]{1,6})?)|([a-z]+(?:\.[A-Za-z0-9_-]{1,64})?)|([-+*/(),]))", re.ASCII)
_SIGNS = str.maketrans({"−": "-", "×": "*", "÷": "/"})


class FormulaError(ValueError):
    """The formula cannot be read; ``said`` says where and why."""

    def __init__(self, said: Worded) -> None:
        super().__init__(said)
        self.said = said


class NoValue(Exception):
    """A formula could not be reckoned: it divides by zero, or a quantity has no value."""

    def __init__(self, because: str, name: str = "") -> None:
        super().__init__(because, name)
        self.because = because
        self.name = name


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula that was read: how it is reckoned, and the names of its quantities in their order."""

    reckon: Reckoning
    names: tuple[str, ...]


def read_formula(text: str) -> Reading:
    """Reads a formula.

    Raises:
        FormulaError: It is too long or too deep, or does not follow the grammar.
    """
    if len(text) > LONGEST_FORMULA:
        message = Worded("A formula has at most %(most)s characters.", most=LONGEST_FORMULA)
        raise FormulaError(message)
    parser = _Parser(list(_pieces(text)))
    reckon = parser.whole()
    return Reading(reckon, tuple(dict.fromkeys(parser.names)))


def _pieces(text: str) -> Iterator[str]:
    text = text.translate(_SIGNS).rstrip()
    place = 0
    while place < len(text):
        found = _PIECE.match(text, place)
        if found is None:
            message = Worded("«%(text)s» cannot be read.", text=text[place:].strip()[:20])
            raise FormulaError(message)
        yield found[0].strip()
        place = found.end()


def _divided(above: Fraction, below: Fraction) -> Fraction:
    if not below:
        raise NoValue("divides_by_zero")
    return above / below


def _half_up(value: Fraction) -> Fraction:
    return Fraction(math.floor(value + Fraction(1, 2)))


_OPERATIONS: Final[dict[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
}
_FUNCTIONS: Final[dict[str, Callable[[list[Fraction]], Fraction]]] = {
    "min": lambda values: reduce(min, values),
    "max": lambda values: reduce(max, values),
    "floor": lambda values: Fraction(math.floor(values[0])),
    "ceil": lambda values: Fraction(math.ceil(values[0])),
    "round": lambda values: _half_up(values[0]),
}
_OF_MANY: Final = frozenset({"min", "max"})


class _Parser:
    """Reads pieces from left to right; ``names`` collects the quantities."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._place = 0
        self._depth = 0
        self.names: list[str] = []

    def whole(self) -> Reckoning:
        reckon = self._sum()
        if self._next:
            message = Worded("«%(text)s» is not expected here.", text=self._next)
            raise FormulaError(message)
        return reckon

    @property
    def _next(self) -> str:
        return self._pieces[self._place] if self._place < len(self._pieces) else ""

    def _take(self) -> str:
        piece = self._next
        self._place += 1
        return piece

    def _expect(self, piece: str) -> None:
        found = self._take()
        if found != piece:
            message = (
                Worded("Expected «%(piece)s», found «%(found)s».", piece=piece, found=found)
                if found
                else Worded("Expected «%(piece)s», found the end.", piece=piece)
            )
            raise FormulaError(message)

    def _sum(self) -> Reckoning:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Reckoning:
        return self._chain(("*", "/"), self._factor)

    def _chain(self, signs: tuple[str, ...], inner: Callable[[], Reckoning]) -> Reckoning:
        first = inner()
        others: list[tuple[Callable[[Fraction, Fraction], Fraction], Reckoning]] = []
        while self._next in signs:
            operation = _OPERATIONS[self._take()]
            others.append((operation, inner()))
        if not others:
            return first

        def reckon(quantities: Quantities) -> Fraction:
            value = first(quantities)
            for operation, other in others:
                value = operation(value, other(quantities))
            return value

        return reckon

    def _factor(self) -> Reckoning:
        self._depth += 1
        if self._depth > DEEPEST_FORMULA:
            message = Worded("Nested more than %(most)s levels deep.", most=DEEPEST_FORMULA)
            raise FormulaError(message)
        reckon = self._of(self._take())
        self._depth -= 1
        return reckon

    def _of(self, piece: str) -> Reckoning:
        if piece == "-":
            inner = self._factor()
            return lambda quantities: -inner(quantities)
        if piece == "(":
            inner = self._sum()
            self._expect(")")
            return inner
        if piece in _FUNCTIONS:
            return self._function(piece)
        if piece[:1].isdigit():
            number = Fraction(piece)
            return lambda _quantities: number
        return self._quantity(piece)

    def _function(self, name: str) -> Reckoning:
        self._expect("(")
        values = [self._sum()]
        while self._next == ",":
            self._take()
            values.append(self._sum())
        self._expect(")")
        if len(values) > 1 and name not in _OF_MANY:
            message = Worded("«%(name)s» takes one value.", name=name)
            raise FormulaError(message)
        function = _FUNCTIONS[name]
        return lambda quantities: function([value(quantities) for value in values])

    def _quantity(self, name: str) -> Reckoning:
        kind, dot, rest = name.partition(".")
        if not (name in QUANTITIES or (kind in PROPERTIES and dot and rest)):
            known = ", ".join((*QUANTITIES, *(f"{kind}.NAME" for kind in PROPERTIES), *_FUNCTIONS))
            message = (
                Worded("There is no quantity «%(name)s». Known: %(known)s.", name=name, known=known)
                if name
                else Worded("Something is missing at the end. Known: %(known)s.", known=known)
            )
            raise FormulaError(message)
        self.names.append(name)

        def reckon(quantities: Quantities) -> Fraction:
            value = quantities(name)
            if value is None:
                raise NoValue("no_value", name)
            return value

        return reckon
