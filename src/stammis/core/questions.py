"""Questions: conditions turned into closures that look at a scene, and into words that say what was wanted and seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from stammis.core.amounts import AmountText
from stammis.core.baskets import basket_test, bounds, look_at_basket, quantity_bounds
from stammis.core.conditions import (
    All,
    Any,
    Attribute,
    BasketAmount,
    BasketLines,
    BasketQuantity,
    Category,
    Channel,
    Condition,
    Consent,
    Label,
    LineAmount,
    LineQuantity,
    Not,
    NthPurchase,
    OfBasket,
    OfHistory,
    OfLine,
    OfMember,
    OfMoment,
    OfPlace,
    Partner,
    Payment,
    Property,
    Sku,
    Store,
    Tier,
    Together,
    Total,
)
from stammis.core.histories import history_test, look_at_history, wanted_history
from stammis.core.moments import look_at_moment, moment_test, wanted_moment
from stammis.core.properties import as_text, property_test
from stammis.core.scene import LONGEST, LineTest, Look, Terms, Test


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The conditions that a condition is made of, without all, any and not."""
    match condition:
        case None:
            return
        case All() | Any():
            for inner in condition.of:
                yield from leaves(inner)
        case Not():
            yield from leaves(condition.of)
        case _:
            yield condition


def asks_lines(condition: Condition) -> bool:
    """Whether a condition asks anything about a line by itself."""
    return any(isinstance(leaf, OfLine) for leaf in leaves(condition))


def asks_purchase(condition: Condition) -> bool:
    """Whether a condition asks anything about a purchase or its lines, so that it has no meaning for other events."""
    return any(isinstance(leaf, OfLine | OfPlace | OfBasket | NthPurchase) for leaf in leaves(condition))


def asks_event(condition: Condition) -> bool:
    """Whether a condition asks anything about an event's properties, so that it has no meaning for purchases."""
    return any(isinstance(leaf, Property) for leaf in leaves(condition))


def allowed_levels(condition: Tier, levels: tuple[str, ...]) -> frozenset[str]:
    """The levels at which a tier condition holds."""
    above = levels[levels.index(condition.at_least) :] if condition.at_least is not None else ()
    return frozenset((*condition.any_of, *above))


def scene_test(condition: Condition, terms: Terms) -> Test:
    """A condition that asks nothing about lines by themselves, as a closure."""
    match condition:
        case All():
            tests = [scene_test(inner, terms) for inner in condition.of]
            return lambda scene: all(test(scene) for test in tests)
        case Any():
            tests = [scene_test(inner, terms) for inner in condition.of]
            return lambda scene: any(test(scene) for test in tests)
        case Not():
            denied = scene_test(condition.of, terms)
            return lambda scene: not denied(scene)
        case Property():
            return property_test(condition)
        case _ if isinstance(condition, OfPlace):
            return _place_test(condition, terms)
        case _ if isinstance(condition, OfBasket):
            return basket_test(condition, _line_tests(condition, terms), terms)
        case _ if isinstance(condition, OfMoment):
            return moment_test(condition, terms)
        case _ if isinstance(condition, OfMember):
            return _member_test(condition, terms)
        case _ if isinstance(condition, OfHistory):
            return history_test(condition, terms)
        case _:
            raise AssertionError("a question about lines needs a line")


def line_test(condition: Condition, terms: Terms) -> LineTest:
    """Any condition as a closure that looks at one line and the scene."""
    match condition:
        case Sku():
            skus = frozenset(condition.any_of)
            return lambda _scene, line: line.sku in skus
        case Category():
            categories = frozenset(condition.any_of)
            return lambda _scene, line: line.category in categories
        case LineAmount():
            low, high = bounds(condition.at_least, condition.at_most, terms.money)
            return lambda _scene, line: low <= line.amount and (high is None or line.amount <= high)
        case LineQuantity():
            least, most = quantity_bounds(condition.at_least, condition.at_most)
            return lambda _scene, line: least <= line.quantity and (most is None or line.quantity <= most)
        case All():
            tests = [line_test(inner, terms) for inner in condition.of]
            return lambda scene, line: all(test(scene, line) for test in tests)
        case Any():
            tests = [line_test(inner, terms) for inner in condition.of]
            return lambda scene, line: any(test(scene, line) for test in tests)
        case Not():
            denied = line_test(condition.of, terms)
            return lambda scene, line: not denied(scene, line)
        case _:
            asked = scene_test(condition, terms)
            return lambda scene, _line: asked(scene)


def inner_of(condition: OfBasket) -> tuple[Condition, ...]:
    """What a condition about the basket asks of each line."""
    match condition:
        case Together():
            return condition.of
        case BasketQuantity() | BasketAmount() | BasketLines():
            return () if condition.of is None else (condition.of,)
        case _:
            assert_never(condition)


def _line_tests(condition: OfBasket, terms: Terms) -> list[LineTest]:
    return [line_test(inner, terms) for inner in inner_of(condition)]


def _place_test(condition: OfPlace, terms: Terms) -> Test:
    match condition:
        case Channel():
            channels = frozenset(condition.any_of)
            return lambda scene: scene.channel in channels
        case Store():
            stores = frozenset(condition.any_of)
            return lambda scene: scene.store in stores
        case Payment():
            means = frozenset(condition.any_of)
            return lambda scene: scene.purchase is not None and scene.purchase.payment in means
        case Partner():
            partners = frozenset(condition.any_of)
            return lambda scene: scene.purchase is not None and scene.purchase.partner in partners
        case Total():
            low, high = bounds(condition.at_least, condition.at_most, terms.money)
            return lambda scene: (
                scene.total is not None and low <= scene.total and (high is None or scene.total <= high)
            )
        case _:
            assert_never(condition)


def _member_test(condition: OfMember, terms: Terms) -> Test:
    match condition:
        case Tier():
            name, levels = condition.set, allowed_levels(condition, terms.levels[condition.set])
            return lambda scene: scene.tiers.get(name) in levels
        case Label():
            labels = frozenset(condition.any_of)
            return lambda scene: not labels.isdisjoint(scene.labels)
        case Attribute():
            attribute, values = condition.name, frozenset(condition.any_of)
            return lambda scene: as_text(scene.attributes.get(attribute)) in values
        case Consent():
            purposes = frozenset(condition.any_of)
            return lambda scene: not purposes.isdisjoint(scene.consents)
        case _:
            assert_never(condition)


def look(condition: Condition, terms: Terms) -> Look:
    """What a condition finds when it looks, as short text; nothing where it asks about lines."""
    match condition:
        case All() | Any():
            looks = [look(inner, terms) for inner in condition.of]
            return lambda scene: ", ".join(dict.fromkeys(seen for at in looks if (seen := at(scene))))[:LONGEST]
        case Not():
            return look(condition.of, terms)
        case Property():
            name = condition.name
            return lambda scene: (as_text(scene.properties.get(name)) or "")[:LONGEST]
        case _ if isinstance(condition, OfPlace):
            return _look_at_place(condition, terms)
        case _ if isinstance(condition, OfBasket):
            names = [wanted(inner) for inner in inner_of(condition)]
            return look_at_basket(condition, _line_tests(condition, terms), names, terms)
        case _ if isinstance(condition, OfMoment):
            return look_at_moment(condition)
        case _ if isinstance(condition, OfMember):
            return _look_at_member(condition)
        case _ if isinstance(condition, OfHistory):
            return look_at_history(condition, terms)
        case _:
            return lambda _scene: ""


def _look_at_place(condition: OfPlace, terms: Terms) -> Look:
    match condition:
        case Channel():
            return lambda scene: scene.channel or ""
        case Store():
            return lambda scene: scene.store or ""
        case Payment():
            return lambda scene: (scene.purchase and scene.purchase.payment) or ""
        case Partner():
            return lambda scene: (scene.purchase and scene.purchase.partner) or ""
        case Total():
            return lambda scene: "" if scene.total is None else terms.text(scene.total)
        case _:
            assert_never(condition)


def _look_at_member(condition: OfMember) -> Look:
    match condition:
        case Tier():
            name = condition.set
            return lambda scene: scene.tiers.get(name) or ""
        case Label():
            return lambda scene: ",".join(scene.labels)[:LONGEST]
        case Attribute():
            attribute = condition.name
            return lambda scene: (as_text(scene.attributes.get(attribute)) or "")[:LONGEST]
        case Consent():
            return lambda scene: ",".join(scene.consents)[:LONGEST]
        case _:
            assert_never(condition)


def wanted(condition: Condition) -> str:
    """What a condition asks for, as short text."""
    match condition:
        case Tier():
            text = ",".join((*condition.any_of, *((f"{condition.at_least}+",) if condition.at_least else ())))
        case Sku() | Category() | Channel() | Store() | Payment() | Partner() | Label() | Consent():
            text = ",".join(condition.any_of)
        case Attribute():
            text = f"{condition.name}={','.join(condition.any_of)}"
        case Property():
            values = ",".join(condition.any_of) or _range(condition.at_least, condition.at_most)
            text = f"{condition.name}={values}"
        case LineAmount() | LineQuantity() | Total():
            text = _range(condition.at_least, condition.at_most)
        case BasketQuantity() | BasketAmount() | BasketLines():
            inner = "" if condition.of is None else f" {wanted(condition.of)}"
            text = f"{_range(condition.at_least, condition.at_most)}{inner}"
        case All() | Together():
            text = " & ".join(wanted(inner) for inner in condition.of)
        case Any():
            text = " | ".join(wanted(inner) for inner in condition.of)
        case Not():
            text = f"not {wanted(condition.of)}"
        case _ if isinstance(condition, OfMoment):
            text = wanted_moment(condition)
        case _ if isinstance(condition, OfHistory):
            text = wanted_history(condition)
        case _:
            assert_never(condition)
    return text[:LONGEST]


def _range(low: AmountText | None, high: AmountText | None) -> str:
    return f"{'' if low is None else low}..{'' if high is None else high}"


def kind_of(condition: Condition) -> str:
    """The name of a condition's kind, as programmes write it."""
    return str(condition.__struct_config__.tag)
