"""The worker's process: runs the jobs of all rooms. Run by the supervisor as ``python -m stammis.config.worker``."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import structlog
from django.db import connection
from django.utils.module_loading import autodiscover_modules
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from stammis.config import logs
from stammis.config.installation import set_up

CONCURRENCY = 2
ALIVE_LOCK = 0x574F524B4552  # «worker», as a number
TAKE_UP = "simulation.take_up"
"""The job that looks for back-tests whose workers died without a word."""
log = structlog.get_logger(__name__)

# A job of which only one may wait, and one does already or was taken up later, need not be done twice.
_FORGET = """
delete from procrastinate_jobs as d using procrastinate_jobs as o
where d.status = 'doing' and o.queueing_lock = d.queueing_lock
    and (o.status = 'todo' or (o.status = 'doing' and o.id > d.id))
"""
_REQUEUE = """
update procrastinate_jobs set status = 'todo', worker_id = null, scheduled_at = now()
where status = 'doing' returning id
"""


def requeue() -> int:
    """Give the jobs of dead workers back to the queue, and say how many.

    Each worker holds a shared lock while its connection lives. Who gets it alone knows that all others are dead.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [ALIVE_LOCK])
        alone = cursor.fetchone() == (True,)
        count = 0
        if alone:
            cursor.execute("delete from procrastinate_workers")
            cursor.execute(_FORGET)
            cursor.execute(_REQUEUE)
            count = cursor.rowcount
        cursor.execute("select pg_advisory_lock_shared(%s)", [ALIVE_LOCK])
        if alone:
            cursor.execute("select pg_advisory_unlock(%s)", [ALIVE_LOCK])
    return count


def main() -> None:
    """Run jobs until SIGTERM or SIGINT, or until the database goes away."""
    logs.configure()
    autodiscover_modules("tasks")
    if count := requeue():
        log.warning("jobs_requeued", count=count)
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(TAKE_UP, queueing_lock=TAKE_UP).defer()
    options: dict[str, Any] = {"concurrency": CONCURRENCY, "delete_jobs": "successful", "shutdown_graceful_timeout": 10}
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        asyncio.run(_work(worker, options))


async def _work(worker: App, options: dict[str, Any]) -> None:
    async with worker.open_async():
        await worker.run_worker_async(**options)


if __name__ == "__main__":
    set_up()
    main()
