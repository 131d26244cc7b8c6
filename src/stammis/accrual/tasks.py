"""What the worker does for accrual: lets due days pass, and seals days that are over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from stammis.accrual.services.days import pass_days
from stammis.accrual.services.sealing import seal_days
from stammis.kit import clock

MEMBERS_A_TURN = 5_000
QUIET_SECONDS = 60


@app.periodic(cron="* * * * *")
@app.task(name="accrual.pass_days", queueing_lock="accrual.pass_days", lock="accrual.pass_days")
def pass_due_days(timestamp: int) -> int:  # noqa: ARG001 - the queue says for which minute, the clock what time it is here
    """Apply what has fallen due on the installation's clock, some thousand members a minute; give how many days.

    Not while the sample company is loaded in part: the rest of its year would come late.
    """
    if clock.installation().loading:
        return 0
    return pass_days(clock.now(), limit=MEMBERS_A_TURN, quiet_seconds=QUIET_SECONDS)


@app.periodic(cron="12 * * * *")
@app.task(name="accrual.seal_days", queueing_lock="accrual.seal_days", lock="accrual.seal_days")
def seal_past_days(timestamp: int) -> int:  # noqa: ARG001 - the queue says for which minute, the clock what time it is here
    """Seal the days that are over on the installation's clock; give how many links were added to the chain."""
    return len(seal_days(clock.now()))
