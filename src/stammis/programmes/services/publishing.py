"""Publishing: the only way in which a programme comes to be, changes, or goes back to what it was."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from stammis.core.document import DocumentErrors, parse
from stammis.core.programme import Programme as Document
from stammis.core.reading import plain
from stammis.kit.errors import Conflict, Invalid
from stammis.programmes import queries
from stammis.programmes.models import Programme, Version


class BadDocument(Invalid):
    """The programme document has mistakes."""

    code = "bad_document"


class StartsInPast(Conflict):
    """Only a programme's first version may begin in the past. Leave «from» out, or give a day from today on."""

    code = "starts_in_past"


class FixedForGood(Conflict):
    """A programme's currency and time zone cannot change once it is published."""

    code = "fixed_for_good"


def read(document: dict[str, Any]) -> Document:
    """Parse a document. Raises BadDocument with everything that is wrong with it."""
    try:
        return parse(document)
    except DocumentErrors as error:
        _refuse(error)


def publish(document: dict[str, Any], *, by: str, now: dt.datetime, note: str = "") -> Version:
    """Publish a document as its programme's next version, or as the first of a new programme.

    It decides events from the local midnight of its ``from`` on, or from ``now``; a version may not begin in the past,
    except the first. The document in force published once more gives the version that is there.
    Raises BadDocument, StartsInPast and FixedForGood.
    """
    parsed = read(document)
    with transaction.atomic():
        programme = _programme(parsed, now)
        newest = programme.versions.order_by("-number").first()
        if newest is not None and newest.document == document:
            return newest
        if (programme.currency, programme.zone) != (parsed.currency, parsed.timezone):
            raise FixedForGood
        hold_decimals(programme, parsed)
        version = Version.objects.create(
            programme=programme,
            number=newest.number + 1 if newest else 1,
            document=document,
            starts_at=_starts_at(parsed, now, first=newest is None),
            published_at=now,
            published_by=by,
            note=note,
        )
        Programme.objects.filter(id=programme.id).update(name=english(parsed))
    queries.forget()
    transaction.on_commit(queries.forget)
    return version


def hold_decimals(programme: Programme, document: Document) -> None:
    """Hold the wallets of a document to the decimals that they have: every amount is kept in their smallest unit.

    Raises FixedForGood.
    """
    kept = {
        wallet["id"]: wallet.get("decimals", 0)
        for published in programme.versions.order_by("number").values_list("document", flat=True)
        for wallet in published["wallets"]
    }
    for wallet in document.wallets:
        if kept.get(wallet.id, wallet.decimals) != wallet.decimals:
            raise FixedForGood(
                gettext_noop("A wallet keeps its decimals once it is published: its points are counted in them.")
            )


def english(document: Document) -> str:
    """Give a programme's name in English, or in the first language that it has."""
    match document.name:
        case str(name):
            return name
        case names:
            return names.get("en") or next(iter(names.values()))


def _refuse(error: DocumentErrors) -> NoReturn:
    errors = [plain(problem) | {"message": problem.message} for problem in error.errors]
    raise BadDocument(errors=errors) from error


def _programme(document: Document, now: dt.datetime) -> Programme:
    """Give the programme's row, locked; made where this is the first version."""
    known = Programme.objects.select_for_update().filter(slug=document.programme).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Programme.objects.create(
                slug=document.programme,
                name=english(document),
                currency=document.currency,
                zone=document.timezone,
                created_at=now,
            )
    except IntegrityError:  # another publisher was quicker
        return Programme.objects.select_for_update().get(slug=document.programme)


def _starts_at(document: Document, now: dt.datetime, *, first: bool) -> dt.datetime:
    if document.from_ is None:
        return now
    zone = ZoneInfo(document.timezone)
    starts_at = dt.datetime.combine(document.from_, dt.time(), tzinfo=zone)
    if first or starts_at >= now:
        return starts_at
    if document.from_ == now.astimezone(zone).date():
        return now
    raise StartsInPast
