"""What ``stammis programme plan`` says of the last days: the back-test of a file, in lines and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from stammis.config.cli.progress import Work
from stammis.core.programme import Programme as Document
from stammis.kit import clock
from stammis.programmes import queries as programmes
from stammis.simulation import queries, sentences
from stammis.simulation import services as simulation
from stammis.simulation.queries.comparing import Comparison

NAMES = ("wallets", "cost_minor", "spread", "levels", "rules")


def compare(parsed: Document, document: dict[str, Any], name: str) -> Comparison:
    """Work off what a document would have meant over the last days, telling on stderr how far it is."""
    programme = programmes.programme(parsed.programme)
    run = simulation.begin_cost(programme, document, name=name, by="command line", now=clock.now())
    with Work(_("Trying it on the last %(days)s days") % {"days": simulation.DAYS}, "members") as work:
        run = simulation.work(run.id, progress=work.at)
    return queries.compared(run)


def told(parsed: Document, found: Comparison) -> Iterator[str]:
    """Tell it in lines."""
    yield "\n" + _("Over the last %(days)s days:") % {"days": simulation.DAYS}
    yield from (f"  {sentence}" for sentence in sentences.verdict(found, parsed))
    yield f"{sentences.BEHAVIOUR}"
    yield _("All of it stands in the console, under Back-tests.")


def plain(parsed: Document, found: Comparison) -> dict[str, Any]:
    """Give it as plain values; amounts of points in smallest units, of money in minor units."""
    kept: dict[str, Any] = {name: msgspec.to_builtins(getattr(found, name)) for name in NAMES}
    limits = [msgspec.to_builtins(limit) for limit in found.tried.limits]
    return {
        "days": simulation.DAYS,
        "run": str(found.run),
        "sentences": sentences.verdict(found, parsed),
        "assumption": str(sentences.BEHAVIOUR),
        **kept,
        "limits": limits,
        "not_possible": found.tried.refused,
    }
