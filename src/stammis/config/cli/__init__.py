"""The command line. A new command is one file beside this one, and one line in ``COMMANDS``."""

from __future__ import annotations

import errno
import importlib.metadata
import os
import sys
import traceback

import click
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from stammis.config import environment, language, logs
from stammis.config.installation import set_up
from stammis.kit.errors import Problem

set_up()  # the commands import rooms, whose tables Django must know first

from stammis.config.cli import (  # noqa: E402 - see above
    backtest,
    backup,
    correct,
    day,
    demo,
    importing,
    init,
    key,
    liability,
    metrics,
    programme,
    restore,
    seals,
    serve,
    snapshot,
    staff,
    upgrade,
    verify,
)

COMMANDS: dict[str, click.Command] = {
    "demo": demo.command,
    "serve": serve.command,
    "init": init.command,
    "staff": staff.command,
    "key": key.command,
    "programme": programme.command,
    "import": importing.command,
    "metrics": metrics.command,
    "liability": liability.command,
    "snapshot": snapshot.command,
    "backtest": backtest.command,
    "correct": correct.command,
    "day": day.command,
    "seals": seals.command,
    "verify": verify.command,
    "backup": backup.command,
    "restore": restore.command,
    "upgrade": upgrade.command,
}


class InOrder(click.Group):
    """A group that lists its commands in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - that is how click asks
        """The names, as they were added."""
        return list(self.commands)


@click.group(cls=InOrder, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(importlib.metadata.version("stammis"), prog_name="stammis")
def stammis() -> None:
    """Earn, measure and keep the loyalty of your customers."""


def main() -> None:
    """Run the command line and end the process: 0 success, 1 failure, 2 usage."""
    logs.configure("WARNING")
    language.speak(stammis, language.choose())
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command, say plainly what went wrong, and give the exit status."""
    try:
        status = stammis.main(arguments, prog_name="stammis", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the reader has gone; nothing may be flushed to it
    except Exception as error:  # noqa: BLE001 - the last place that can put it in words
        tell(error)
    return 1


def tell(error: Exception) -> None:
    """Say what went wrong and what to do, on stderr; with STAMMIS_DEBUG=1 also where."""
    if environment.is_on("STAMMIS_DEBUG"):
        traceback.print_exception(error)
    match error:
        case Problem():
            said = error.told()
            each_said = (f"{place(each)}{each['message']}" for each in error.told_errors())
            lines = [said, *(f"  {each}" for each in each_said if each != said)]
        case OSError():
            lines = [f"{error.filename or _('The system')}: {refused(error)}"]
        case DatabaseError():
            lines = [_("The database refused: %(words)s") % {"words": str(error).strip()}]
        case Exception():
            words = f"{type(error).__name__}: {error}"
            lines = [
                _("Something went wrong inside stammis: %(words)s") % {"words": words},
                _("That is a mistake of ours. With STAMMIS_DEBUG=1 the same command shows where."),
            ]
    click.echo("\n".join(lines), err=True)


def refused(error: OSError) -> str:
    """Why the system did not do what it was asked for; in its own words where it is nothing usual."""
    usual = {
        errno.EACCES: _("This is not allowed here."),
        errno.EEXIST: _("There is something of this name already."),
        errno.EISDIR: _("This is a folder."),
        errno.ENOENT: _("There is no such file or folder."),
        errno.ENOSPC: _("The disk is full."),
        errno.ENOTDIR: _("A part of this path is no folder."),
        errno.EPERM: _("This is not allowed here."),
        errno.EROFS: _("This can only be read, not written."),
    }
    return usual.get(error.errno or 0) or error.strerror or str(error)


def place(each: dict[str, str]) -> str:
    """Where a mistake stands, if it says so."""
    return f"{each['pointer']}: " if each.get("pointer") else ""
