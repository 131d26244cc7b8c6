"""The web server's process, Granian with its workers: ``python -m stammis.config.web HOST PORT``."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from stammis.config import environment, logs

BACKLOG = 2048
STOP_SECONDS = 10
RESPAWN_SECONDS = 0.5


def main(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; a worker that dies is replaced."""
    logs.configure()
    server = Granian(
        "stammis.config.web_worker:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=environment.workers(),
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_level=LogLevels.warning,
        log_dictconfig=logs.for_granian(),
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
