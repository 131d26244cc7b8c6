"""Levels as pages tell of them: how far a member is, what keeps the level, who would move, whose level ends soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammis.accrual import queries
from stammis.accrual.sentences.levels import level_name
from stammis.console import formats
from stammis.core import standing as core
from stammis.core.programme import Programme as Document
from stammis.core.progress import MeasureProgress, TierProgress, tier_progress
from stammis.core.rules import Rules
from stammis.core.tier_sets import TierSet
from stammis.members.models import Member
from stammis.programmes.models import Programme
from stammis.programmes.plan import Plan
from stammis.programmes.sentences import words

SOON_DAYS = 30
"""A level that ends in so many days is pointed out."""


@dataclass(frozen=True)
class Climb:
    """A tier set: the level held, what the next one takes, what keeps this one, and how far along (0 to 100) it is.

    Amounts are written out; what does not apply is empty or None. ``measures`` tells each of several measures.
    """

    id: str
    name: str
    level: str
    next: str
    missing: str
    counted: str
    share: int
    last_day: dt.date | None
    by: dt.date | None
    keep: str
    keep_by: dt.date | None
    projected: str
    pace: str
    by_hand: str
    by_hand_until: dt.date | None
    reason: str
    falls_soon: bool
    measures: list[dict[str, str]]


def climbs(standing: core.Standing, rules: Rules, at: int) -> list[Climb]:
    """Give how far a member is in each tier set."""
    sets = {tiers.id: tiers for tiers in rules.programme.tiers}
    today = dt.date.fromordinal(rules.calendar.day(at))
    return [
        _climb(progress, sets[progress["set"]], rules.programme, today)
        for progress in tier_progress(standing, rules, at)
    ]


def _climb(progress: TierProgress, tiers: TierSet, document: Document, today: dt.date) -> Climb:
    measures = progress["measures"]
    main, missing, keep = measures[0], progress["missing"], progress["keep"]
    projected, by_hand, last_day = progress["projected"], progress["by_hand"], _date(progress["last_day"])

    def named(level: str | None) -> str:
        return level_name(tiers.id, level, document)

    return Climb(
        id=tiers.id,
        name=words.name(tiers.name, tiers.id),
        level=_("no level yet") if progress["level"] is None else named(progress["level"]),
        next=named(progress["next"]) if progress["next"] else "",
        missing="" if missing is None else _written(missing, main, document),
        counted=_written(progress["counted"], main, document),
        share=_share(progress["counted"], missing),
        last_day=last_day,
        by=_date(progress["by"]),
        keep=_written(keep["missing"], main, document) if keep and keep["missing"] else "",
        keep_by=_date(keep["by"]) if keep else None,
        projected=named(projected["level"]) if projected else "",
        pace=_written(projected["counted"], main, document) if projected else "",
        by_hand=named(by_hand["level"]) if by_hand else "",
        by_hand_until=_date(by_hand["until"]) if by_hand else None,
        reason=by_hand["reason"] if by_hand else "",
        falls_soon=last_day is not None and (last_day - today).days <= SOON_DAYS,
        measures=[_measure(each, document) for each in measures] if len(measures) > 1 else [],
    )


def _measure(measure: MeasureProgress, document: Document) -> dict[str, str]:
    missing = measure["missing"]
    return {
        "name": measure_name(measure["counts"]),
        "counted": _written(measure["counted"], measure, document),
        "missing": _written(missing, measure, document) if missing else "",
    }


def measure_name(counts: str) -> str:
    """Say what is counted."""
    names = {
        "spend": _("spent"),
        "points": _("points earned"),
        "balance": _("points in the balance"),
        "purchases": _("purchases"),
        "visits": _("visits"),
        "events": _("events"),
        "referrals": _("referrals"),
    }
    return names.get(counts, counts)


def _written(amount: int, measure: MeasureProgress, document: Document) -> str:
    """Write an amount of a measure: money, points, or how often."""
    if measure["counts"] == "spend":
        return formats.money(Decimal(amount).scaleb(-measure["decimals"]), document.currency)
    if measure["counts"] in {"points", "balance"}:
        return formats.points(amount, measure["decimals"])
    return formats.number(amount)


def moved_by(plan: Plan, now: dt.datetime) -> list[dict[str, Any]]:
    """Say who would move to another level where a plan changes a tier set; nothing where it changes none."""
    if plan.programme is None or not any(change.list == "tiers" for change in plan.changes):
        return []
    return moves(plan.programme, plan.document, plan.begins, now)


def moves(programme: Programme, document: Document, on: dt.date | None, now: dt.datetime) -> list[dict[str, Any]]:
    """Give who would move where in each tier set if a document came into force: counts as sentences, and members."""
    names = {tiers.id: words.name(tiers.name, tiers.id) for tiers in document.tiers}
    found = []
    for one in queries.what_if(programme, document, on=on, now=now):
        counts = []
        for (before, after), number in one.counts:
            facts = {
                "n": formats.number(number),
                "before": level_name(one.set, before, document),
                "after": level_name(one.set, after, document),
            }
            said = ngettext(
                "%(n)s member goes from %(before)s to %(after)s.",
                "%(n)s members go from %(before)s to %(after)s.",
                number,
            )
            counts.append(said % facts)
        listed = [
            {
                "id": move.member_id,
                "name": move.name or move.reference or str(move.member_id),
                "before": level_name(one.set, move.before, document),
                "after": level_name(one.set, move.after, document),
            }
            for move in one.members
        ]
        found.append(
            {"name": names[one.set], "counts": counts, "moving": one.moving, "staying": one.staying, "members": listed}
        )
    return found


def falling(programme: Programme, rules: Rules, days: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Give for each tier set whose level ends within so many days, soonest first."""
    return [_falling(programme, rules, tiers, days, now) for tiers in rules.programme.tiers]


def _falling(programme: Programme, rules: Rules, tiers: TierSet, days: int, now: dt.datetime) -> dict[str, Any]:
    found = queries.falling(programme, tiers.id, days=days, now=now, limit=200)
    references = [item["member"] for item in found["items"] if item["member"]]
    ids = dict(Member.objects.filter(programme=programme, reference__in=references).values_list("reference", "id"))
    main = MeasureProgress(
        measure=tiers.id,
        counts=tiers.counts,
        counted=0,
        missing=None,
        keep=None,
        decimals=rules.tier_sets[tiers.id].decimals,
    )
    rows = [
        {
            "id": ids.get(item["member"]),
            "name": item["name"] or item["member"] or _("Guest"),
            "level": level_name(tiers.id, item["level"], rules.programme),
            "falls_to": level_name(tiers.id, item["falls_to"], rules.programme),
            "last_day": _date(item["last_day"]),
            "keep": _kept_by(item["keep"], main, rules.programme),
        }
        for item in found["items"]
    ]
    return {"name": words.name(tiers.name, tiers.id), "count": found["count"], "rows": rows}


def _kept_by(keep: dict[str, Any] | None, main: MeasureProgress, document: Document) -> str:
    if keep is None:
        return "–"
    facts = {
        "amount": _written(keep["missing"], main, document),
        "day": formats.day(dt.date.fromisoformat(keep["by"])),
    }
    return _("%(amount)s more by %(day)s") % facts if keep["missing"] else _("enough counts already")


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _share(counted: int, missing: int | None) -> int:
    if missing is None:
        return 100
    return 100 * counted // (counted + missing) if counted + missing else 0
