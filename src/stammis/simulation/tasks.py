"""What the worker does for back-tests and corrections: works one off after the other."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from stammis.simulation import services
from stammis.simulation.models import Correction, Run
from stammis.simulation.queries import supposed
from stammis.simulation.services import CorrectionBusy, CorrectionStopped, RunStopped


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


@app.task(name="simulation.correct", lock="simulation.correct")
def correct(correction_id: str) -> None:
    """Do what is left of a correction: plan it, post it or undo it.

    A worker that was killed leaves it as it is: whoever takes the job up again goes on where it was.
    """
    correction = Correction.objects.get(id=uuid.UUID(correction_id))
    try:
        if correction.state == Correction.State.PLANNING:
            services.plan(correction.id)
        else:
            services.post(correction.id)
    except (CorrectionBusy, CorrectionStopped):  # somebody is at it, or wanted it to end
        return


def hand_over_correction(correction: Correction) -> None:
    """Let the worker do what is due for a correction."""
    correct.defer(correction_id=str(correction.id))
