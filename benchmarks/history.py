"""Histories for back-tests, written straight as a snapshot: the sample company's year, or made up to any size."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import structs

from benchmarks.programme import document
from stammis.core.document import parse
from stammis.core.events import AnyEvent, MemberChanged, Purchase
from stammis.core.rules import Rules, compile_rules
from stammis.imports.sample import panel, year
from stammis.snapshot import manifest
from stammis.snapshot.columns import BUCKETS, EVENTS, HEADS, bucket_of, writer
from stammis.snapshot.manifest import FORM, Files, Manifest, Position

BEGINS = dt.datetime(2017, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2018, 1, 2, tzinfo=dt.UTC)
DRAWN = 20
"""One purchase in so many of the sample company's is there to be drawn by lot."""

CHUNK = 1_000
"""Rows that are written at once."""

_encode = msgspec.json.Encoder().encode
Lived = tuple[bytes, Iterable[AnyEvent]]
"""A member's internal id, and what happened."""


def sample_year() -> Iterator[Lived]:
    """The sample company's purchases by household, without what is made up."""
    found = panel.find(None)
    lives: dict[int, list[AnyEvent]] = {}
    for basket in found.baskets():
        life = lives.setdefault(basket.household, [MemberChanged(occurred_at=panel.local(basket.at))])
        life.append(year.purchase(found, basket))
    members = {uuid.uuid5(uuid.NAMESPACE_OID, str(household)).bytes: life for household, life in lives.items()}
    yield from sorted(members.items(), key=itemgetter(0))  # as a snapshot's files have them


def made_up(members: int, each: int, *, buckets: int = BUCKETS) -> Iterator[Lived]:
    """So many members with so many purchases each, drawn from the sample's by lot; only those of the first buckets.

    So the programme gives as much for a purchase as in the sample year, and histories differ in their lengths alone.
    """
    purchases = _purchases()
    for number in range(members):
        if number % BUCKETS < buckets:
            chance = random.Random(number)  # noqa: S311 - a repeatable sample needs no cryptography
            last = number % BUCKETS
            yield number.to_bytes(15, "big") + bytes([last]), _life(number, each, chance, purchases)


@cache
def _purchases() -> Sequence[Purchase]:
    found = panel.find(None)
    return [year.purchase(found, basket) for basket in islice(found.baskets(), 0, None, DRAWN)]


def _life(number: int, each: int, chance: random.Random, purchases: Sequence[Purchase]) -> Iterator[AnyEvent]:
    at = BEGINS + dt.timedelta(minutes=number % 1_000)
    yield MemberChanged(occurred_at=at)
    step = dt.timedelta(days=360 / each)
    for place in range(each):
        at += step
        drawn = chance.choice(purchases)
        yield structs.replace(drawn, occurred_at=at, id=f"{number}-{place}", member=str(number))


def write(folder: Path, lives: Iterable[Lived]) -> int:
    """Write a run's folder, its snapshot of these histories and the benchmark's programme; give the events."""
    place = folder / "snapshot"
    place.mkdir(parents=True)
    heads: dict[int, list[tuple[Any, ...]]] = {}
    writers: dict[int, pq.ParquetWriter] = {}
    waiting: dict[int, list[tuple[Any, ...]]] = {}
    for member, life in lives:
        bucket = bucket_of(member)
        rows = [_row(member, seq, event) for seq, event in enumerate(life, start=1)]
        heads.setdefault(bucket, []).append((member, len(rows), 0))
        waiting.setdefault(bucket, []).extend(rows)
        if len(waiting[bucket]) > CHUNK:
            _flush(place, bucket, writers, waiting)
    for bucket in waiting:
        _flush(place, bucket, writers, waiting)
        writers[bucket].close()
    files = {}
    for bucket, found in heads.items():
        pq.write_table(_table(found, HEADS), place / f"h{bucket:02d}.parquet")
        files[bucket] = Files(heads=f"h{bucket:02d}.parquet", events=(f"e{bucket:02d}.parquet",))
    events: int = sum(head[1] for found in heads.values() for head in found)
    position = Position(at=ENDS, transactions="", members=sum(map(len, heads.values())), events=events)
    manifest.replace(place, Manifest(form=FORM, source="", position=position, buckets=files))
    (folder / "course.json").write_bytes(_encode(_course()))
    (folder / "chained").write_bytes(b"")
    return events


def units(folder: Path) -> list[str]:
    """The units of a folder that was written."""
    buckets = sorted(int(path.stem[1:]) for path in (folder / "snapshot").glob("h*.parquet"))
    return [f"b{first:02d}-{first + 3:02d}" for first in range(0, max(buckets) + 1, 4)]


def buckets(unit: str) -> range:
    """The buckets of a unit."""
    first, _, last = unit[1:].partition("-")
    return range(int(first), int(last) + 1)


def programme() -> Rules:
    """The programme by which these histories are decided, compiled."""
    return compile_rules(parse(_document()), version=1)


def _document() -> dict[str, Any]:
    """The benchmark's programme, in the currency and zone of the histories."""
    return document() | {"currency": "USD", "timezone": "America/New_York"}


def _course() -> dict[str, Any]:
    """The course of a run (see ``stammis.simulation.course``), which stands among tables that need no loading here."""
    changed = _document()
    return {
        "programme": uuid.uuid5(uuid.NAMESPACE_OID, "benchmark"),
        "slug": changed["programme"],
        "name": "Benchmark",
        "currency": "USD",
        "zone": "America/New_York",
        "stages": [[1, 0, changed]],
        "kept": [],
        "until": int(ENDS.timestamp()),
    }


def _row(member: bytes, seq: int, event: AnyEvent) -> tuple[Any, ...]:
    at = event.occurred_at.astimezone(dt.UTC).replace(tzinfo=None)
    kind, own = str(event.__struct_config__.tag), getattr(event, "id", None)
    gross = sum(line.amount for line in event.lines) if isinstance(event, Purchase) else None
    return member, seq, kind, at, at, seq, own, None, gross, None, _encode(event), 1, None, None


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [pa.array(column, each.type) for column, each in zip(columns, schema, strict=True)], schema=schema
    )


def _flush(
    place: Path, bucket: int, writers: dict[int, pq.ParquetWriter], waiting: dict[int, list[tuple[Any, ...]]]
) -> None:
    if bucket not in writers:
        writers[bucket] = writer(place / f"e{bucket:02d}.parquet", EVENTS)
    if waiting[bucket]:
        writers[bucket].write_table(_table(waiting[bucket], EVENTS))
        waiting[bucket] = []
