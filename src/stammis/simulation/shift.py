"""A shift: units of one run worked off one after the other, by the files in its folder. It asks no database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from stammis.accrual.services.deciding import Decided
from stammis.simulation import course as courses
from stammis.simulation.folding import Fold
from stammis.simulation.population import circles
from stammis.simulation.units import Results, fold_bucket, fold_chain, play_alone, play_chain
from stammis.snapshot import manifest
from stammis.snapshot.columns import bucket_of
from stammis.snapshot.reading import Snapshot


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

    def do(self, unit: str) -> int:
        """Work a unit off: buckets (``b08-11``) or a chain (``m0`` shares budgets); give how many events it folded."""
        results = Results(self._folder, unit)
        if unit.startswith("b"):
            fold = self._fold()
            for bucket in range(*bounds(unit)):
                fold_bucket(fold, self._snapshot, bucket, results, members=self._alone(bucket))
            return results.close()
        members = ids(self._folder / f"{unit}.members")
        return fold_chain(self._fold(shared=unit.startswith("m")), self._snapshot, members, results)

    def tell(self, member: bytes, scratch: Path) -> list[Decided] | None:
        """Fold a member again, with those who belong to it; give the decisions within the stretch.

        None where the run is not about this member.
        """
        if self._population is not None and member not in self._population:
            return None
        shared = self._folder / "m0.members"
        sharing = ids(shared) if shared.exists() else frozenset()
        fold = self._fold(shared=member in sharing)
        fold.account(member).told = []
        if member in sharing:
            play_chain(fold, self._snapshot, sharing, scratch)
        elif member in self._chained:
            ties = circles(self._snapshot)
            play_chain(fold, self._snapshot, [each for each in ties if ties[each] == ties[member]], scratch)
        else:
            found = next(self._snapshot.histories(bucket_of(member), [member]), None)
            if found is None:
                return None
            play_alone(fold, *found)
        return fold.account(member).told

    def _fold(self, *, shared: bool = False) -> Fold:
        return Fold(self.course, self.versions, shared=Counter() if shared else None)

    def _alone(self, bucket: int) -> frozenset[bytes] | None:
        """Give those of a bucket who are wanted and fold alone; None: all."""
        if not self._chained and self._population is None:
            return None
        members = self._snapshot.members(bucket) - self._chained
        return members if self._population is None else members & self._population
