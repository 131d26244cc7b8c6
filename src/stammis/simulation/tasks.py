"""What the worker does for back-tests: works one off after the other, each with the processes it may have."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from stammis.simulation import services
from stammis.simulation.models import Run
from stammis.simulation.queries import supposed
from stammis.simulation.services import RunStopped


@app.task(name="simulation.work_off", lock="simulation.work_off")
def work_off(run_id: str) -> None:
    """Work a back-test off, or what is left of it, and lay it beside what was published.

    A worker that was killed leaves it as running: whoever takes the job up again goes on where it was.
    """
    run = Run.objects.filter(id=uuid.UUID(run_id), state__in=[Run.State.QUEUED, Run.State.RUNNING]).first()
    if run is None:
        return
    try:
        done = services.work(run.id)
    except RunStopped:
        return
    if done.compared_with is not None:
        supposed(done)


def hand_over(run: Run) -> None:
    """Let the worker take up a back-test that is not done; what is finished of it stays."""
    if services.queue(run):
        work_off.defer(run_id=str(run.id))
