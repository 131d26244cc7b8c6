"""All that is written about runs and corrections: asked for, worked off, stopped, posted, removed."""

from stammis.simulation.crew import RunBroken, RunStopped
from stammis.simulation.services.asking import (
    BadPeriod,
    BadResponse,
    OtherProgramme,
    UnknownRule,
    begin,
    begin_again,
    begin_identity,
)
from stammis.simulation.services.correcting import (
    AlreadyCorrected,
    NotPosted,
    begin_posting,
    begin_undoing,
    post,
)
from stammis.simulation.services.costing import DAYS, begin_cost
from stammis.simulation.services.endings import DatabaseLost
from stammis.simulation.services.explaining import ask_why, explain
from stammis.simulation.services.planning import (
    WORKING,
    CorrectionBusy,
    CorrectionStopped,
    NoPeriod,
    NothingChosen,
    NotInForce,
    NotPlanned,
    SameVersion,
    begin_correction,
    drop_correction,
    in_force,
    plan,
    resume_correction,
    stop_correction,
    unattended,
)
from stammis.simulation.services.queueing import queue
from stammis.simulation.services.tidying import pin, remove, tidy
from stammis.simulation.services.working import FEW, RunBusy, cancel, orphans, work

__all__ = [
    "DAYS",
    "FEW",
    "WORKING",
    "AlreadyCorrected",
    "BadPeriod",
    "BadResponse",
    "CorrectionBusy",
    "CorrectionStopped",
    "DatabaseLost",
    "NoPeriod",
    "NotInForce",
    "NotPlanned",
    "NotPosted",
    "NothingChosen",
    "OtherProgramme",
    "RunBroken",
    "RunBusy",
    "RunStopped",
    "SameVersion",
    "UnknownRule",
    "ask_why",
    "begin",
    "begin_again",
    "begin_correction",
    "begin_cost",
    "begin_identity",
    "begin_posting",
    "begin_undoing",
    "cancel",
    "drop_correction",
    "explain",
    "in_force",
    "orphans",
    "pin",
    "plan",
    "post",
    "queue",
    "remove",
    "resume_correction",
    "stop_correction",
    "tidy",
    "unattended",
    "work",
]
