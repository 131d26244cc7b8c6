"""All that is written about runs: asked for, worked off, stopped, removed."""

from stammis.simulation.crew import RunBroken, RunStopped
from stammis.simulation.services.asking import BadPeriod, OtherProgramme, UnknownRule, begin, begin_identity
from stammis.simulation.services.costing import DAYS, begin_cost
from stammis.simulation.services.queueing import queue
from stammis.simulation.services.working import FEW, RunBusy, cancel, fail, remove, work

__all__ = [
    "DAYS",
    "FEW",
    "BadPeriod",
    "OtherProgramme",
    "RunBroken",
    "RunBusy",
    "RunStopped",
    "UnknownRule",
    "begin",
    "begin_cost",
    "begin_identity",
    "cancel",
    "fail",
    "queue",
    "remove",
    "work",
]
