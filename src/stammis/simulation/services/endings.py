"""How long work ends that does not come to its end: stopped, broken, or without the database, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError

from stammis.kit.errors import Conflict
from stammis.kit.patience import lost, steadily

ENDING_SECONDS = 30.0
"""So long it is tried to write down how work ended where the database does not answer."""


class DatabaseLost(Conflict):
    """The database was lost. Go on when it answers again: what was reckoned stays."""

    code = "database_lost"


@contextmanager
def ended(
    stopped: type[Conflict], cancelled: Callable[[], object], failed: Callable[[Exception], object]
) -> Iterator[None]:
    """Have written down how work ended that was ``stopped`` or that broke, once the database answers.

    Where it does not for long, the work stays as it is, for whoever finds later that nobody is at it.
    Raises DatabaseLost instead of the errors of a database that went away.
    """
    try:
        yield
    except (stopped, KeyboardInterrupt):
        _write(cancelled)
        raise
    except Exception as error:
        said = DatabaseLost() if lost(error) else error
        _write(lambda: failed(said))
        if said is error:
            raise
        raise said from error


def _write(act: Callable[[], object]) -> None:
    with suppress(OperationalError, InterfaceError):
        steadily(act, ENDING_SECONDS)
