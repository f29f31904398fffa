"""Commands: the same use cases from a terminal. Data on stdout, messages on stderr.

Exit codes: 0 answered, 1 an input or the database could not be read, or the output not be written, 2 usage,
3 batch finished with bad lines, 130 interrupted, 141 whoever read the output has left.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from parcours import VERSION_LOGICIEL
from parcours.errors import SettingsError, StoreError

UNREADABLE = 1
USAGE = 2
INTERRUPTED = 130
LEFT_ALONE = 141
NO_SPACE = "La sortie ne peut pas être écrite : le disque est plein."

COMMANDS: Final = {
    name: name
    for name in (
        "audit", "backup", "batch", "config", "declare", "directory", "doctor", "erase", "evaluate",
        "examples", "export", "keys", "purge", "report", "rules", "serve",
    )
} | {"restore": "backup"}  # fmt: skip
"""The module of each command, where its function is called ``<command>_command``."""


class Commands(click.Group):
    """Commands that are read when they are called: none waits for what only others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name in COMMANDS:
            module = import_module(f"{__name__}.{COMMANDS[cmd_name]}")
            self.add_command(getattr(module, f"{cmd_name}_command"))
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION_LOGICIEL, prog_name="parcours")
def parcours() -> None:
    """Parcours de soins coordonnés : cette visite y est-elle, pourquoi, et que manque-t-il pour le dire ?"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code; no traceback for anything a user can cause."""
    _withhold_what_libraries_say()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    try:
        code = parcours.main(arguments, prog_name="parcours", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SettingsError as error:
        click.echo(str(error), err=True)
        return USAGE
    except StoreError as error:
        click.echo(str(error), err=True)
        return UNREADABLE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # click turns a reader that left into SystemExit; nothing else here raises it.
        _forget_stdout()
        return LEFT_ALONE
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            click.echo(NO_SPACE, err=True)
            return UNREADABLE
        # Ours, and neither its text nor a traceback is shown: both may hold a value of a patient.
        click.echo(f"Défaut du programme : {type(error).__name__} ({_place(error)}).", err=True)
        return UNREADABLE
    return code if isinstance(code, int) else 0


def _withhold_what_libraries_say() -> None:
    """What they log or warn of on stderr may hold anything; what this program logs holds its own words."""
    logging.captureWarnings(True)
    if logging.lastResort is not None:
        logging.lastResort.addFilter(logging.Filter("parcours"))


def _place(error: Exception) -> str:
    """Where something broke, by file and line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _forget_stdout() -> None:
    """Whoever read us has left: Python must not complain of it while it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
