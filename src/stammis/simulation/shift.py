"""A shift: units of one run worked off one after the other, by the files in its folder. It asks no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from stammis.accrual.services.deciding import Decided
from stammis.simulation import course as courses
from stammis.simulation import settling
from stammis.simulation.folding import Fold
from stammis.simulation.population import circles
from stammis.simulation.units import Results, fold_bucket, fold_chain, play_alone, play_chain
from stammis.snapshot import manifest
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Snapshot, Stored

_TICK = 500
"""After so many events it is told how far a fold is."""


def ids(path: Path) -> frozenset[bytes]:
    """Read a file of member ids, 16 bytes each."""
    raw = path.read_bytes()
    return frozenset(raw[start : start + 16] for start in range(0, len(raw), 16))


def bounds(unit: str) -> tuple[int, int]:
    """Give the first bucket of a unit, and the first after it."""
    first, _, last = unit[1:].partition("-")
    return int(first), int(last or first) + 1


class Shift:
    """What units of a run have in common, read once: the ``course``, and its ``versions``, compiled."""

    def __init__(self, folder: Path) -> None:
        found = manifest.read(folder / "snapshot")
        assert found is not None, "the run's own copy of the manifest"
        self._folder = folder
        self._snapshot = Snapshot(folder / "snapshot", found)
        self.course = courses.read(folder)
        self.versions = self.course.versions()
        self._chained = ids(folder / "chained")
        self._population = ids(folder / "population") if (folder / "population").exists() else None
        self._settled = settling.read(folder)
        shared = folder / "m0.members"
        self._sharing = ids(shared) if shared.exists() else frozenset[bytes]()

    def do(self, unit: str) -> int:
        """Work a unit off: buckets (``b08-11``) or a chain (``m0`` shares budgets); give how many events it folded."""
        results = Results(self._folder, unit)
        if unit.startswith("b"):
            fold = self._fold()
            fold.sums = results.sums
            for bucket in range(*bounds(unit)):
                fold_bucket(fold, self._snapshot, bucket, results, members=self._alone(bucket))
            return results.close()
        members = ids(self._folder / f"{unit}.members")
        fold = self._fold(shared=unit.startswith("m"))
        fold.sums = results.sums
        return fold_chain(fold, self._snapshot, members, results)

    def has(self, member: bytes) -> bool:
        """Tell whether the run is about a member."""
        if self._population is not None and member not in self._population:
            return False
        return member in self._chained or member in self._snapshot.members(bucket_of(member))

    def together(self, member: bytes) -> bool:
        """Tell whether others have to be folded with a member: points or budgets are shared."""
        return member in self._chained or member in self._sharing

    def tell(self, members: Sequence[bytes], ticks: Callable[[int], None] | None = None) -> dict[bytes, list[Decided]]:
        """Fold the first of some members again, with those who belong to it; give the decisions within the stretch.

        The others are told as well as far as they belong to it; who does not is left out. ``ticks`` is told now and
        then how many events are folded.
        """
        member, circle = members[0], self._circle(members[0])
        fold = _Telling(self.course, self.versions, shared=Counter() if member in self._sharing else None)
        fold.ticks, fold.settled = ticks, self._settled
        told = [each for each in members if each in circle]
        for each in told:
            fold.account(each).told = []
        if self.together(member):
            with TemporaryDirectory() as scratch:
                play_chain(fold, self._snapshot, circle, Path(scratch))
        else:
            for found in self._snapshot.histories(bucket_of(member), circle):
                play_alone(fold, *found)
        return {each: fold.account(each).told or [] for each in told}

    def events_of(self, member: bytes) -> int:
        """Count the events that are folded where a member is told."""
        members = pa.table({"member_id": pa.array(sorted(self._circle(member)), pa.binary(16))})
        with self._snapshot.sql() as db:
            db.register("wanted", members)
            found = db.execute("SELECT count(*) FROM events SEMI JOIN wanted USING (member_id)").fetchone()
        return 0 if found is None else int(found[0])

    def _circle(self, member: bytes) -> frozenset[bytes]:
        """Give who is folded with a member, itself included."""
        if member in self._sharing:
            return self._sharing
        if member not in self._chained:
            return frozenset([member])
        ties = circles(self._snapshot)
        return frozenset(each for each in ties if ties[each] == ties[member])

    def _fold(self, *, shared: bool = False) -> Fold:
        fold = Fold(self.course, self.versions, shared=Counter() if shared else None)
        fold.settled = self._settled
        return fold

    def _alone(self, bucket: int) -> frozenset[bytes] | None:
        """Give those of a bucket who are wanted and fold alone; None: all."""
        if not self._chained and self._population is None:
            return None
        members = self._snapshot.members(bucket) - self._chained
        return members if self._population is None else members & self._population


class _Telling(Fold):
    """A fold that says now and then how far it is."""

    listens = True
    ticks: Callable[[int], None] | None = None
    _happened = 0

    def happen(self, stored: Stored) -> None:
        """Let a stored event happen again."""
        super().happen(stored)
        self._happened += 1
        if self.ticks is not None and not self._happened % _TICK:
            self.ticks(self._happened)
