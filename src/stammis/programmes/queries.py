"""Programmes and the rules in force, kept in the process: a published version never changes."""

from __future__ import annotations

import threading
import time
import uuid
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from django.utils.translation import gettext_noop

from stammis.core.currencies import DECIMALS
from stammis.core.document import published
from stammis.core.programme import Programme as Document
from stammis.core.rules import Rules, before_first, compile_rules
from stammis.kit.arrays import microseconds
from stammis.kit.errors import Invalid, NotFound
from stammis.programmes.models import Programme, Rate, Version

FRESH_SECONDS = 1.0
_slugs: dict[str, Programme] = {}
_only: list[tuple[float, Programme]] = []
_versions: dict[uuid.UUID, Versions] = {}
_lock = threading.Lock()


class ProgrammeRequired(Invalid):
    """There are several programmes: name the one that is meant."""

    code = "programme_required"


class UnknownProgramme(NotFound):
    """There is no programme with this id."""

    code = "unknown_programme"


@dataclass
class Versions:
    """The published versions of a programme, oldest first, compiled when first asked for.

    Attributes:
        stamp: number of the newest version and when it was published (microseconds since 1970): changes with each.
        starts: (starts_at in epoch seconds, number) in ascending order.
    """

    programme: Programme
    stamp: tuple[int, int]
    starts: tuple[tuple[int, int], ...]
    _rules: dict[int, Rules] = field(default_factory=dict)

    def at(self, at: int) -> Rules:
        """Give the rules in force at an instant (epoch seconds); before the first version those that give nothing."""
        place = bisect_right(self.starts, (at, 1 << 62))
        return self.number(self.starts[place - 1][1] if place else 0)

    @cached_property
    def reviews(self) -> tuple[int, ...]:
        """The instants at which versions came into force that changed the tier sets of the one before, ascending."""
        return tuple(
            starts_at
            for (_, before), (starts_at, number) in pairwise(self.starts)
            if self.document(before).tiers != self.document(number).tiers
        )

    def number(self, number: int) -> Rules:
        """Give the rules of a version, 0 being the time before the first. Raises KeyError where there is none."""
        rules = self._rules.get(number)
        if rules is None:
            if number and all(known != number for _, known in self.starts):
                raise KeyError(number)
            rules = self._rules[number] = _compiled(self.programme.id, number, self.stamp)
        return rules

    def document(self, number: int) -> Document:
        """Give the parsed document of a version."""
        return self.number(number).programme


def programme(slug: str | None) -> Programme:
    """Give the programme with this id; without one, the only programme there is.

    Raises UnknownProgramme, and ProgrammeRequired where a name is needed. What is found is remembered: for good by its
    id, for a second as the only one.
    """
    if slug is not None:
        known = _slugs.get(slug) or Programme.objects.filter(slug=slug).first()
        if known is None:
            raise UnknownProgramme(gettext_noop("There is no programme «%(name)s»."), values={"name": slug})
        return _slugs.setdefault(slug, known)
    if _only and time.monotonic() - _only[0][0] < FRESH_SECONDS:
        return _only[0][1]
    found = list(Programme.objects.order_by("slug")[:2])
    if not found:
        raise UnknownProgramme(gettext_noop("There is no programme yet: publish one first."))
    if len(found) > 1:
        raise ProgrammeRequired
    _only[:] = [(time.monotonic(), found[0])]
    return found[0]


def by_id(programme_id: uuid.UUID) -> Programme:
    """Give the programme with this internal id. Raises UnknownProgramme."""
    known = _versions.get(programme_id)
    found = known.programme if known else Programme.objects.filter(id=programme_id).first()
    if found is None:
        raise UnknownProgramme
    return found


def versions(programme_id: uuid.UUID, stamp: tuple[int, int] | None = None) -> Versions:
    """Give the versions of a programme.

    ``stamp`` is what the caller just read from the database (see ``STAMPS``): where it differs from what is kept, the
    versions are read again. Without it they are read again in any case.
    """
    known = _versions.get(programme_id)
    if known is not None and stamp is not None and known.stamp == stamp:
        return known
    fresh = _read(programme_id)
    with _lock:
        _versions[programme_id] = fresh
    return fresh


STAMPS = """
SELECT p.id, v.number, v.published_at
FROM unnest($1::uuid[]) AS p(id)
CROSS JOIN LATERAL (
    SELECT number, published_at FROM programmes_version WHERE programme_id = p.id ORDER BY number DESC LIMIT 1
) AS v
"""
"""For many programmes at once: id, number and time of the newest version, to tell whether what is kept is fresh."""


RateKey = tuple[bytes, str, str]
"""A programme (the 16 bytes of its id), a currency and a day (ISO)."""

RATES = """
SELECT a.place::int4, r.rate, r."on"::text
FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS a (programme_id, currency, day, place)
CROSS JOIN LATERAL (
    SELECT rate, "on" FROM programmes_rate
    WHERE programme_id = a.programme_id AND currency = a.currency AND "on" <= a.day::date ORDER BY "on" DESC LIMIT 1
) AS r
"""
"""The latest rate on or before a day, for many programmes, currencies and days (ISO) at once."""


def rates(programme_id: uuid.UUID) -> list[Rate]:
    """Give a programme's rates, by currency, the latest first."""
    return list(Rate.objects.filter(programme_id=programme_id).order_by("currency", "-on"))


def decimals_abroad(programme: Programme) -> int | None:
    """Give the most decimals of a currency with a rate, where they are more than the programme's currency has."""
    known = Rate.objects.filter(programme=programme).values_list("currency", flat=True).distinct()
    most = max((DECIMALS[currency] for currency in known), default=0)
    return most if most > DECIMALS[programme.currency] else None


def forget() -> None:
    """Forget what is kept, as after another database was connected."""
    with _lock:
        _slugs.clear()
        _only.clear()
        _versions.clear()


def _read(programme_id: uuid.UUID) -> Versions:
    found = by_id(programme_id)
    rows = list(
        Version.objects.filter(programme_id=programme_id)
        .order_by("number")
        .values_list("number", "starts_at", "published_at")
    )
    starts = sorted((int(starts_at.timestamp()), number) for number, starts_at, _ in rows)
    stamp = (rows[-1][0], microseconds(rows[-1][2])) if rows else (0, 0)
    return Versions(found, stamp, tuple(starts))


@lru_cache(maxsize=64)
def _compiled(programme_id: uuid.UUID, number: int, _stamp: tuple[int, int]) -> Rules:
    """Compile a version once; the stamp only tells one history of publishing from another."""
    document = Version.objects.values_list("document", flat=True).get(programme_id=programme_id, number=number or 1)
    return compile_rules(published(document), number) if number else before_first(published(document))
