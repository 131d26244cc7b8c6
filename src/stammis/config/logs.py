"""Structured logs: one line of JSON an event, or readable lines on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from stammis.config import environment

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
QUIET = ("procrastinate", "asyncio", "urllib3")
"""Loggers of which only warnings matter."""


def configure(level: str | None = None) -> None:
    """Send all logs to stderr in one form; ``level``: the least that is logged, by default STAMMIS_LOG_LEVEL."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=_finish()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level or environment.one_of("STAMMIS_LOG_LEVEL", "INFO", LEVELS))
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def for_granian() -> dict[str, Any]:
    """The web server's own loggers, handed on to ours."""
    handed_on = {"handlers": [], "level": "INFO", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "loggers": {"_granian": handed_on, "granian.access": handed_on},
    }


def _finish() -> list[structlog.typing.Processor]:
    form = environment.one_of("STAMMIS_LOG_FORMAT", "text" if sys.stderr.isatty() else "json", ("json", "text"))
    last: list[structlog.typing.Processor]
    if form == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
