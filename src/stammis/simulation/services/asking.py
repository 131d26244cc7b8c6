"""Asking for a run: what would decide, over which stretch, for whom. The same question goes on with the same run."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from stammis.core.programme import Programme as Document
from stammis.kit import clock
from stammis.kit.errors import Invalid
from stammis.programmes import services as publishing
from stammis.programmes.models import Programme, Version
from stammis.simulation.course import FORM, Course, Stage
from stammis.simulation.models import Run
from stammis.simulation.results import fingerprint


class UnknownRule(Invalid):
    """What is published has no rule with this id."""

    code = "unknown_rule"


class BadPeriod(Invalid):
    """The period ends before it begins."""

    code = "bad_period"


class BadResponse(Invalid):
    """The range of the supposed response ends below its beginning."""

    code = "bad_response"


class OtherProgramme(Invalid):
    """This document is of another programme: its id, currency or time zone differs."""

    code = "other_programme"


def begin(
    programme: Programme,
    *,
    by: str,
    document: dict[str, Any] | None = None,
    without: str = "",
    first: dt.date | None = None,
    end: dt.date | None = None,
    opening: Run.Opening = Run.Opening.CARRIED,
    label: str = "",
    sample: int | None = None,
    name: str = "",
    redemption: Run.Redemption = Run.Redemption.OBSERVED,
    response: tuple[float, float] | None = None,
) -> Run:
    """Ask for a back-test of a document, of what is published without a rule, or (with neither) of what is published.

    It counts from the local day ``first`` to the day ``end`` (not included); other rules decide from its beginning on.
    ``sample`` looks at so many members, chosen by their ids. A run of the same question that was stopped or interrupted
    is given again, to be gone on with by ``work``.
    Assumptions are reckoned beside the results and change none of them: ``redemption`` by a curve of lot ages, and a
    ``response`` of sales, from and to so many per cent for each per cent more points.
    Raises BadDocument, OtherProgramme, UnknownRule, BadPeriod and BadResponse.
    """
    if first is not None and end is not None and end <= first:
        raise BadPeriod
    if response is not None and response[1] < response[0]:
        raise BadResponse
    run = Run(
        programme=programme,
        name=name,
        document=document,
        without=without,
        begins_on=first,
        ends_on=end,
        opening=opening,
        label=label,
        sample=sample,
        redemption=redemption,
        response_low=None if response is None else response[0],
        response_high=None if response is None else response[1],
        begun_by=by,
        begun_at=clock.real_now(),
    )
    return _ask(run)


def begin_identity(programme: Programme, *, by: str) -> Run:
    """Ask for the proof: what is published, over the whole history, compared with the ledger row by row."""
    return _ask(
        Run(
            programme=programme,
            opening=Run.Opening.EMPTY,
            exact=True,
            begun_by=by,
            begun_at=clock.real_now(),
        )
    )


def begin_again(run: Run, *, by: str) -> Run:
    """Ask the question of a run once more, over the history as it is now. Raises as ``begin`` does."""
    if run.exact:
        return begin_identity(run.programme, by=by)
    low, high = run.response_low, run.response_high
    return begin(
        run.programme,
        by=by,
        document=run.document,
        without=run.without,
        first=run.begins_on,
        end=run.ends_on,
        opening=Run.Opening(run.opening),
        label=run.label,
        sample=run.sample,
        name=run.name,
        redemption=Run.Redemption(run.redemption),
        response=None if low is None or high is None else (low, high),
    )


def _ask(run: Run) -> Run:
    course = course_of(run)
    run.fingerprint = fingerprint(run, course)
    open_states = (Run.State.QUEUED, Run.State.RUNNING, Run.State.CANCELLED, Run.State.FAILED)
    known = (
        Run.objects.filter(programme=run.programme, fingerprint=run.fingerprint, state__in=open_states)
        .order_by("-id")
        .first()
    )
    if known is not None:
        return known
    run.save(force_insert=True)
    return run


def course_of(run: Run) -> Course:
    """Give the course of a run as far as it does not depend on the position. Raises as ``begin`` does."""
    programme = run.programme
    begins_at, ends_at = _midnight(run.begins_on, programme.zone), _midnight(run.ends_on, programme.zone)
    published = [
        Stage(number, int(starts_at.timestamp()), document)
        for number, starts_at, document in Version.objects.filter(programme=programme)
        .order_by("number")
        .values_list("number", "starts_at", "document")
    ]
    published.sort(key=lambda stage: (stage.starts_at, stage.number))
    changed = run.document is not None or bool(run.without)
    changes_at = max(begins_at or published[0].starts_at, published[0].starts_at) if changed else None
    stages, kept = _stages(run, published, changes_at)
    return Course(
        form=FORM,
        programme=programme.id,
        slug=programme.slug,
        name=programme.name,
        currency=programme.currency,
        zone=programme.zone,
        stages=tuple(stages),
        kept=kept,
        changes_at=changes_at,
        begins_at=begins_at,
        ends_at=ends_at,
        empty=run.opening == Run.Opening.EMPTY and not run.exact,
        exact=run.exact,
    )


def _stages(run: Run, published: list[Stage], changes_at: int | None) -> tuple[list[Stage], tuple[int, ...]]:
    """Give the versions that decide, and the numbers of those that are as they were published."""
    if changes_at is None:
        return published, tuple(stage.number for stage in published)
    before = [stage for stage in published if stage.starts_at < changes_at]
    kept = tuple(stage.number for stage in before)
    number = max(stage.number for stage in published) + 1
    if run.document is not None:
        check(run.document, run.programme)
        return [*before, Stage(number, changes_at, run.document)], kept
    later = [stage for stage in published if stage.starts_at >= changes_at]
    if before and (not later or later[0].starts_at > changes_at):
        later.insert(0, before[-1])
    changed = [
        Stage(number + place, max(stage.starts_at, changes_at), _without(stage.document, run.without))
        for place, stage in enumerate(later)
    ]
    if all(one.document == other.document for one, other in zip(changed, later, strict=True)):
        raise UnknownRule
    return [*before, *changed], kept


def check(document: dict[str, Any], programme: Programme) -> Document:
    """Read a document that is to decide instead of a programme's own.

    Raises BadDocument, OtherProgramme and FixedForGood.
    """
    parsed = publishing.read(document)
    if (parsed.programme, parsed.currency, parsed.timezone) != (programme.slug, programme.currency, programme.zone):
        raise OtherProgramme
    publishing.hold_decimals(programme, parsed)
    return parsed


def _without(document: dict[str, Any], rule: str) -> dict[str, Any]:
    """Give a document without a rule, and without what is about it alone; nothing names any of them then."""
    gone = {each["id"] for each in document.get("earn", []) if each["id"] == rule or _is_only_about(each, {rule})}
    rules = [each for each in document.get("earn", []) if each["id"] not in gone]
    found: dict[str, Any] = _forget({**document, "earn": rules}, gone)
    if "groups" in found:  # the last of a group has nobody left to give way to
        found["groups"] = [each for each in found["groups"] if len(each["rules"]) > 1]
    return found


def _forget(value: Any, gone: set[str]) -> Any:
    """Take ids of rules out of the lists that name rules; what is about no other rule goes with them."""
    if isinstance(value, list):
        return [_forget(each, gone) for each in value if not _is_only_about(each, gone)]
    if not isinstance(value, dict):
        return value
    return {
        key: [each for each in one if each not in gone]
        if key == "rules" and isinstance(one, list)
        else _forget(one, gone)
        for key, one in value.items()
    }


def _is_only_about(value: Any, gone: set[str]) -> bool:
    return isinstance(value, dict) and bool(value.get("rules")) and set(value["rules"]) <= gone


def _midnight(day: dt.date | None, zone: str) -> int | None:
    """Give the instant at which a local day begins."""
    return None if day is None else int(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp())
