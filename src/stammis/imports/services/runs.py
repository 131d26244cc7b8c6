"""Runs: what is written about a file while it is read, so that a page can show it and a report can list it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, transaction

from stammis.core.wording import Worded, as_plain
from stammis.imports.files import Bad
from stammis.imports.models import BadRow, Run
from stammis.kit import clock
from stammis.kit.telling import kept
from stammis.programmes.models import Programme

Progress = Callable[["Standing"], None]
INTERRUPTED = Worded("Interrupted; the file was read again.")


@dataclass
class Standing:
    """How far a file is: ``position`` of ``size`` (bytes or rows), and what became of what was read."""

    run: Run
    size: int
    position: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    bad_rows: int = 0
    bad: list[Bad] = field(default_factory=list)

    def keep(self) -> bool:
        """Writes the counts and the bad rows met since the last time. Tells whether the run is wanted to stop."""
        rows = [
            BadRow(
                run=self.run,
                number=number,
                line=bad.line,
                field=bad.field,
                code=bad.code,
                message=str(bad.message),
                wording=as_plain(bad.message),
                raw=bad.raw,
            )
            for number, bad in enumerate(self.bad, start=self.bad_rows + 1)
        ]
        with transaction.atomic():
            BadRow.objects.bulk_create(rows)
            Run.objects.filter(id=self.run.id).update(
                accepted=self.accepted, repeated=self.repeated, refused=self.refused, positions=[self.position]
            )
            stopping = Run.objects.values_list("stopping", flat=True).get(id=self.run.id)
        self.bad_rows += len(rows)
        self.bad.clear()
        return stopping


def begin(programme: Programme, kind: Run.Kind, file_name: str, by: str, parts: int = 1, *, size: int = 0) -> Run:
    """Begin a run over a file of this size. One of the same file that was interrupted is over by that."""
    Run.objects.filter(programme=programme, kind=kind, file_name=file_name, state=Run.State.RUNNING).update(
        state=Run.State.FAILED, finished_at=clock.real_now(), message=str(INTERRUPTED)
    )
    return Run.objects.create(
        programme=programme,
        kind=kind,
        file_name=file_name,
        started_at=clock.real_now(),
        started_by=by,
        positions=[0] * parts,
        size=size,
    )


def resume(programme: Programme, kind: Run.Kind, file_name: str, by: str, parts: int, *, size: int) -> Run:
    """Give the run that was interrupted or stopped, to go on, or one that is done; begin one where there is none."""
    runs = Run.objects.filter(programme=programme, kind=kind, positions__len=parts).exclude(state=Run.State.FAILED)
    found = runs.order_by("-id").first()
    if found is None:
        return begin(programme, kind, file_name, by, parts, size=size)
    stopped = Run.objects.filter(id=found.id, state=Run.State.STOPPED)
    stopped.update(state=Run.State.RUNNING, finished_at=None, stopping=False)
    found.refresh_from_db()
    return found


def advance(run: Run, part: int, position: int, *, accepted: int, repeated: int) -> bool:
    """Move one part of a run forward to a position; several do so side by side. Tells whether the run is to stop.

    Said again it changes nothing: an answer may have been lost with the database.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE imports_run SET positions[%(place)s] = %(position)s, accepted = accepted + %(accepted)s,
                repeated = repeated + %(repeated)s
            WHERE id = %(run)s AND positions[%(place)s] < %(position)s
            """,
            {
                "place": part + 1,
                "position": position,
                "accepted": accepted,
                "repeated": repeated,
                "run": run.id,
            },
        )
    return Run.objects.values_list("stopping", flat=True).get(id=run.id)


def finish(run: Run) -> Run:
    """End a run."""
    Run.objects.filter(id=run.id).update(state=Run.State.DONE, finished_at=clock.real_now())
    return Run.objects.get(id=run.id)


def ask_to_stop(run: Run) -> None:
    """Let a run stop after the piece that is being read; what has been taken in stays."""
    Run.objects.filter(id=run.id, state=Run.State.RUNNING).update(stopping=True)


def stop(run: Run) -> Run:
    """End a run that was asked to stop. The same file read again goes on: what is in is not taken in twice."""
    Run.objects.filter(id=run.id).update(state=Run.State.STOPPED, finished_at=clock.real_now())
    return Run.objects.get(id=run.id)


def fail(run: Run, message: Worded) -> None:
    """End a run that cannot go on, and say why."""
    Run.objects.filter(id=run.id).update(state=Run.State.FAILED, finished_at=clock.real_now(), **kept(message))
