"""The worked numbers of the page about programme files are what the engine gives."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from stammis.core.amounts import whole_units
from stammis.core.document import parse
from stammis.core.effects import Posted
from stammis.core.events import Discount, Line, Purchase, Tender
from stammis.core.fold import apply
from stammis.core.rules import compile_rules
from stammis.core.schema import programme_schema
from stammis.core.standing import Lot, Purse, Rank, Standing
from stammis.core.world import World
from stammis.programmes import yaml
from tests.docs.markdown import CODE, PROJECT, prose

PAGE = PROJECT / "docs" / "reference" / "programme.md"
WALLETS = [{"id": name, "name": name, "value": "0.01", "pays": True} for name in ("points", "stamps")]
FRAME: dict[str, Any] = {
    "stammis": 1,
    "programme": "example",
    "name": "Example",
    "currency": "EUR",
    "timezone": "Europe/Helsinki",
    "wallets": WALLETS,
}
EXAMPLE = re.compile(r"```yaml\n(?P<document>[^`]*)```\n\n(?P<table>\| Lines \|(?:[^\n]+\n)+)")
NOON = dt.datetime.fromisoformat("2026-03-04T12:00:00+02:00")
PLENTY = 1_000_000


def examples() -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Every worked number: the programme, and the cells of its row by their heads."""
    for match in EXAMPLE.finditer(PAGE.read_text("utf-8")):
        head, _rule, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in match["table"].strip().splitlines()
        ]
        for row in rows:
            yield yaml.load(match["document"]), dict(zip(head, row, strict=True))


def bought(cells: dict[str, str]) -> tuple[Purchase, Standing]:
    """What a row tells of a purchase and of the member before it."""
    facts: dict[str, Any] = {"occurred_at": NOON}
    spent = 0
    for said in filter(None, cells.get("Also", "").split(", ")):
        name, value = said.split(" ")
        match name:
            case "reward":
                facts["discounts"] = (Discount(whole_units(value, 2), "reward"),)
            case "points":
                facts["points"] = Tender("points", int(value))
            case "spent":
                spent = whole_units(value, 2)
            case "at":
                facts["occurred_at"] = dt.datetime.fromisoformat(value)
            case "channel":
                facts["channel"] = value
            case _:
                pytest.fail(f"«{said}» is not understood")
    lines = tuple(line(number, text) for number, text in enumerate(cells["Lines"].split("; "), start=1))
    yesterday = facts["occurred_at"].date().toordinal() - 1
    standing = Standing(
        enrolled=True,
        purses={"points": Purse((Lot(1, PLENTY, None),), 0, 0, PLENTY)},
        ranks={"level": Rank(None, ((yesterday, spent),), 0, spent)} if spent else {},
        rows=1,
    )
    return Purchase(id="1", member="anna", currency="EUR", lines=lines, **facts), standing


def line(number: int, text: str) -> Line:
    """A line such as «10.00 ×2 bread tax=1.00 kind=goods»."""
    amount, *more = text.split(" ")
    facts: dict[str, Any] = {"quantity": 1_000_000}
    for word in more:
        name, _, value = word.partition("=")
        if word.startswith("×"):
            facts["quantity"] = whole_units(word[1:], 6)
        elif name == "tax":
            facts["tax"] = whole_units(value, 2)
        elif name == "kind":
            facts["kind"] = value
        else:
            facts["category"] = word
    return Line(str(number), whole_units(amount, 2), **facts)


@pytest.mark.parametrize(
    ("document", "cells"), [pytest.param(*one, id=" | ".join(one[1].values())) for one in examples()]
)
def test_the_numbers_of_the_page_are_what_the_engine_gives(document: dict[str, Any], cells: dict[str, str]) -> None:
    rules = compile_rules(parse(FRAME | document), version=1)
    purchase, standing = bought(cells)
    decision, _world = apply(purchase, World(standing=standing), rules)
    earned = sum(each.amount for each in decision.effects if isinstance(each, Posted) and each.kind == "earn")
    assert earned == int(cells["Points"])


def test_the_page_has_worked_numbers_for_every_kind_of_rule_that_purchases_meet() -> None:
    kinds = {rule["kind"] for document, _cells in examples() for rule in document.get("earn", ())}
    assert kinds == {"amount", "unit", "purchase", "multiply"}


def test_the_page_names_every_field_kind_and_choice_of_the_schema() -> None:
    said = set(re.findall(r"[\w-]+", " ".join(CODE.findall(prose(PAGE)))))
    missing = sorted(set(named(programme_schema())) - said)
    assert not missing, f"the page says nothing about {', '.join(missing)}"


def named(schema: Any) -> Iterator[str]:
    """Every field, and every word that a field may have."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (str(word) for word in (*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())))
        for key, part in schema.items():
            yield from named(list(part.values()) if key == "properties" else part)
    elif isinstance(schema, list):
        for part in schema:
            yield from named(part)
