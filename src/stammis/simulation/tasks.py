"""What the worker does for back-tests and corrections: works one off after the other, and finds out why."""

from __future__ import annotations

import contextlib
import uuid

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from stammis.kit.errors import Problem
from stammis.members.models import Member
from stammis.simulation import services
from stammis.simulation.models import Correction, Explanation, Run
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


@app.task(name="simulation.take_up")
def take_up() -> None:
    """Take up the back-tests that are under way by name only, as a worker that begins has to; raises NoFolder.

    Those of killed workers whose jobs wait again are not told twice.
    """
    jobs = ProcrastinateJob.objects.filter(task_name=work_off.name, status__in=["todo", "doing"])
    waiting = {job.args.get("run_id") for job in jobs}
    for run in services.orphans():
        if str(run.id) not in waiting:
            hand_over(run)


@app.task(name="simulation.explain", lock="simulation.explain")
def explain(member_id: str, run_id: str, other_id: str) -> None:
    """Find out why a member would have had more or less in a run than in another.

    A worker that was killed leaves it as running: whoever takes the job up again begins anew.
    """
    asked = Explanation.objects.filter(
        member_id=uuid.UUID(member_id),
        run_id=uuid.UUID(run_id),
        other_id=uuid.UUID(other_id),
        state__in=[Explanation.State.QUEUED, Explanation.State.RUNNING],
    )
    for each in asked.select_related("run__programme", "other__programme"):
        with contextlib.suppress(Problem):  # what it says is kept
            services.explain(each.member_id, each.run, each.other)


def ask_why(run: Run, member: Member, other: Run) -> Explanation:
    """Say how far it is with why a member would have had more or less; where nobody asked yet, the worker is told."""
    with transaction.atomic():  # what is kept as asked has its job
        found, new = services.ask_why(run, member, other)
        if new:
            explain.defer(member_id=str(member.id), run_id=str(run.id), other_id=str(other.id))
    return found


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
