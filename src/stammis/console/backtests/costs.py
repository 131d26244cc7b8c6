"""What a draft would have meant over the last days, for the page of the draft."""

from __future__ import annotations

from dataclasses import dataclass

from stammis.console.backtests import asked
from stammis.console.pace import Progress
from stammis.kit.errors import Problem
from stammis.programmes import services as publishing
from stammis.programmes.models import Draft, Programme
from stammis.simulation import queries, sentences, services
from stammis.simulation.models import Run


@dataclass(frozen=True)
class Cost:
    """The back-test of a draft: none yet, on its way, or what it says. ``days`` are those that are asked for."""

    days: int
    run: Run | None = None
    progress: Progress | None = None
    period: str = ""
    sentences: tuple[str, ...] = ()
    behaviour: str = ""


def of(programme: Programme, draft: Draft) -> Cost:
    """Give what is known of a draft as it stands now: whatever changes in it makes the question a new one."""
    run = queries.run_of(programme, draft.document)
    if run is None:
        return Cost(services.DAYS)
    told: tuple[str, ...] = ()
    if run.state == Run.State.DONE and run.compared_with is not None:
        try:
            told = tuple(sentences.verdict(queries.compared(run), publishing.read(draft.document)))
        except (Problem, OSError):  # its files are gone: it can be asked again
            return Cost(services.DAYS)
    running = run.state in {Run.State.QUEUED, Run.State.RUNNING}
    return Cost(
        services.DAYS,
        run,
        asked.progress(run) if running else None,
        asked.asked(run).short,
        told,
        str(sentences.BEHAVIOUR),
    )
