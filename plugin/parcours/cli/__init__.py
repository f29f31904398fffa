"""Commands: the same use cases from a terminal. Data on stdout, messages on stderr.

Exit codes: 0 answered, 1 an input or the database could not be read, 2 usage, 3 batch finished with bad
lines, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from parcours import VERSION_LOGICIEL
from parcours.cli.backup import backup_command
from parcours.cli.batch import batch_command
from parcours.cli.declare import declare_command
from parcours.cli.directory import directory_command
from parcours.cli.erase import erase_command
from parcours.cli.evaluate import evaluate_command
from parcours.cli.examples import examples_command
from parcours.cli.export import export_command
from parcours.cli.keys import keys_command
from parcours.cli.purge import purge_command
from parcours.cli.report import report_command
from parcours.cli.rules import rules_command
from parcours.cli.serve import serve_command
from parcours.errors import SettingsError, StoreError

UNREADABLE = 1
USAGE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION_LOGICIEL, prog_name="parcours")
def parcours() -> None:
    """Parcours de soins coordonnés : cette visite y est-elle, pourquoi, et que manque-t-il pour le dire ?"""


parcours.add_command(batch_command)
parcours.add_command(declare_command)
parcours.add_command(directory_command)
parcours.add_command(evaluate_command)
parcours.add_command(report_command)
parcours.add_command(rules_command)
parcours.add_command(examples_command)
parcours.add_command(serve_command)
parcours.add_command(backup_command)
parcours.add_command(purge_command)
parcours.add_command(export_command)
parcours.add_command(erase_command)
parcours.add_command(keys_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code; no traceback for anything a user can cause."""
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
        return 0
    return code if isinstance(code, int) else 0


def _forget_stdout() -> None:
    """Whoever read us has left: Python must not complain of it while it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
