"""All that is written about runs: asked for, worked off, stopped, removed."""

from stammis.simulation.crew import RunBroken, RunStopped
from stammis.simulation.services.asking import (
    BadPeriod,
    BadResponse,
    OtherProgramme,
    UnknownRule,
    begin,
    begin_identity,
)
from stammis.simulation.services.correcting import (
    AlreadyCorrected,
    NothingChosen,
    NotPlanned,
    NotPosted,
    begin_posting,
    begin_undoing,
    plan,
    post,
)
from stammis.simulation.services.costing import DAYS, begin_cost
from stammis.simulation.services.queueing import queue
from stammis.simulation.services.working import FEW, RunBusy, cancel, fail, remove, work

__all__ = [
    "DAYS",
    "FEW",
    "AlreadyCorrected",
    "BadPeriod",
    "BadResponse",
    "NotPlanned",
    "NotPosted",
    "NothingChosen",
    "OtherProgramme",
    "RunBroken",
    "RunBusy",
    "RunStopped",
    "UnknownRule",
    "begin",
    "begin_cost",
    "begin_identity",
    "begin_posting",
    "begin_undoing",
    "cancel",
    "fail",
    "plan",
    "post",
    "queue",
    "remove",
    "work",
]
