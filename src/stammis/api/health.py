"""Whether the installation works: for supervisors, load balancers and the person who asks first."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stammis.kit import clock

_VERSION = version("stammis")
_SILENT = "does not answer"
_encode = msgspec.json.Encoder().encode


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Say whether the database answers, and what time it is here: 200, or 503."""
    try:
        row = clock.installation()
        now = clock.now()
    except Error:
        return _reply({"status": "unavailable", "version": _VERSION, "database": _SILENT}, 503)
    document = {
        "status": "ok",
        "version": _VERSION,
        "database": "ok",
        "clock": {"now": now, "own": row.own_clock},
    }
    return _reply(document, 200)


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Say whether requests may come: the database answers and has all migrations. 200, or 503."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return _reply({"status": "unavailable", "database": _SILENT}, 503)
    document = {"status": "migrations waiting" if waiting else "ready", "migrations_waiting": waiting}
    return _reply(document, 503 if waiting else 200)


def _reply(document: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(_encode(document), content_type="application/json", status=status)
