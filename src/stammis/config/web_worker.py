"""The application as a worker of the web server runs it: it logs as the rest does, and ends with its server."""

from __future__ import annotations

import signal

from stammis.config import logs
from stammis.config.postgres import processes

logs.configure()
processes.end_with_my_parent(signal.SIGKILL)

from stammis.config.asgi import application  # noqa: E402 - whatever Django says while it wakes up is logged
from stammis.kit import collector  # noqa: E402 - the same

collector.calm()

__all__ = ["application"]
