"""Selection: which rules a purchase selects, by its articles and categories, its place and its means of payment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from stammis.core.events import Line
from stammis.core.matching import Matching

Places = dict[int, list[int]]
"""By the bit of a rule, the lines (by place) that select it."""


@dataclass(frozen=True, slots=True)
class Index:
    """For each value of a property the mask of rules that it admits, and the mask for all other values."""

    masks: dict[str | None, int]
    others: int

    def admitted(self, value: str | None) -> int:
        """The mask of rules that a value admits."""
        return self.masks.get(value, self.others)


class Named(Struct, frozen=True, gc=False):
    """The bits of the rules that a category selects where no article is asked for, and of those that it rules out."""

    admits: tuple[int, ...] = ()
    spurns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LineIndex:
    """Which rules a line selects.

    Attributes:
        skus: by article the bits of rules, each with the categories that it asks for besides; None where it does not.
        categories: what each category does.
        spurning: the bits of rules that are for all but some categories.
        others: the mask of rules that every line selects, whatever they ask of it.
    """

    skus: dict[str | None, tuple[tuple[int, frozenset[str] | None], ...]]
    categories: dict[str | None, Named]
    spurning: tuple[int, ...]
    others: int

    def places(self, lines: Sequence[Line]) -> Places:
        """The lines that select each rule, without the rules that every line selects."""
        skus, categories = self.skus, self.categories
        places: Places = {}
        spurned: dict[int, tuple[int, ...]] = {}
        for place, line in enumerate(lines):
            named = categories.get(line.category)
            if named is not None:
                for bit in named.admits:
                    places.setdefault(bit, []).append(place)
                if named.spurns:
                    spurned[place] = named.spurns
            if skus:
                asked = skus.get(line.sku)
                if asked is not None:
                    for bit, wanted in asked:
                        if wanted is None or line.category in wanted:
                            places.setdefault(bit, []).append(place)
        if self.spurning and lines:
            everything = [*range(len(lines))]
            for bit in self.spurning:
                places[bit] = everything if not spurned else [at for at in everything if bit not in spurned.get(at, ())]
        return places


@dataclass(frozen=True, slots=True)
class BasketNeeds:
    """For each article and category the mask of rules that need it somewhere in the basket; ``free`` need nothing."""

    skus: dict[str | None, int]
    categories: dict[str | None, int]
    free: int

    def admitted(self, lines: Sequence[Line]) -> int:
        """The mask of rules that find in these lines what they need."""
        mask = self.free
        for line in lines:
            mask |= self.skus.get(line.sku, 0) | self.categories.get(line.category, 0)
        return mask


Asking = Iterable[tuple[int, Matching]]
"""Rules by their bits, and how they find their purchases."""


def line_index(rules: Asking) -> LineIndex:
    """The index of the rules that ask something of lines."""
    skus: dict[str | None, tuple[tuple[int, frozenset[str] | None], ...]] = {}
    categories: dict[str | None, Named] = {}
    spurning: list[int] = []
    others = 0
    for bit, match in rules:
        if match.skus is not None:
            for name in match.skus:
                skus[name] = (*skus.get(name, ()), (bit, match.categories))
        elif match.categories is not None:
            for name in match.categories:
                named = categories.get(name, Named())
                categories[name] = Named((*named.admits, bit), named.spurns)
        elif match.of_lines:
            others |= bit
            if match.spurned is not None and match.line_test is None:
                spurning.append(bit)
                for name in match.spurned:
                    named = categories.get(name, Named())
                    categories[name] = Named(named.admits, (*named.spurns, bit))
    return LineIndex(skus, categories, tuple(spurning), others)


def index(rules: Iterable[tuple[int, frozenset[str] | None]]) -> Index:
    """The index of rules, by their bits, that ask for one of some values; None where any will do."""
    asking = tuple(rules)
    others = sum(bit for bit, names in asking if names is None)
    masks: dict[str | None, int] = {}
    for bit, names in asking:
        for name in names or ():
            masks[name] = masks.get(name, others) | bit
    return Index(masks, others)


def index_or_none(rules: Iterable[tuple[int, frozenset[str] | None]]) -> Index | None:
    """The same, where any rule asks at all."""
    found = index(rules)
    return found if found.masks else None


def basket_needs(rules: Asking) -> BasketNeeds | None:
    """What the basket must hold for rules that ask about all of it; None where no rule does."""
    skus: dict[str | None, int] = {}
    categories: dict[str | None, int] = {}
    free = 0
    for bit, match in rules:
        if match.needs is None:
            free |= bit
            continue
        for name in match.needs.skus:
            skus[name] = skus.get(name, 0) | bit
        for name in match.needs.categories:
            categories[name] = categories.get(name, 0) | bit
    return BasketNeeds(skus, categories, free) if skus or categories else None
