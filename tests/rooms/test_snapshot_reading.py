"""Columns are read from where they lie: the same values come out as Arrow gives one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from stammis.snapshot.reading import _values

CHANCE = random.Random(3)
KINDS: list[tuple[pa.DataType, Callable[[], Any]]] = [
    (pa.int64(), lambda: CHANCE.randrange(9**9)),
    (pa.int32(), lambda: CHANCE.randrange(99)),
    (pa.binary(), lambda: CHANCE.randbytes(CHANCE.randrange(5))),
    (pa.binary(16), lambda: CHANCE.randbytes(16)),
    (pa.string(), lambda: str(CHANCE.random())),
    (pa.dictionary(pa.int32(), pa.string()), lambda: CHANCE.choice("abc")),
    (pa.timestamp("us"), lambda: CHANCE.randrange(10**15)),
]


@pytest.mark.parametrize(("kind", "value"), KINDS, ids=lambda part: str(part) if isinstance(part, pa.DataType) else "")
@pytest.mark.parametrize("missing", [0, 0.3, 1])
def test_a_column_and_each_part_of_it_come_out_as_they_went_in(
    kind: pa.DataType, value: Callable[[], Any], missing: float
) -> None:
    values = [None if CHANCE.random() < missing else value() for _ in range(100)]
    column = pa.array(values, kind)
    for begins, count in ((0, 100), (3, 50), (17, 0), (9, 91)):
        assert _values(column.slice(begins, count)) == values[begins : begins + count]
