"""All that is written about runs: asked for, worked off, stopped, removed."""

from stammis.simulation.crew import RunBroken, RunStopped
from stammis.simulation.services.asking import BadPeriod, OtherProgramme, UnknownRule, begin, begin_identity
from stammis.simulation.services.working import FEW, RunBusy, cancel, fail, remove, work

__all__ = [
    "FEW",
    "BadPeriod",
    "OtherProgramme",
    "RunBroken",
    "RunBusy",
    "RunStopped",
    "UnknownRule",
    "begin",
    "begin_identity",
    "cancel",
    "fail",
    "remove",
    "work",
]
