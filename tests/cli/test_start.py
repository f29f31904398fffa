"""A command is read when it is called: it starts sooner, and Ctrl-C is heard while it is read."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from parcours.cli import COMMANDS, parcours

INTERRUPTED_AT = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests may have it ignored
sys.meta_path.insert(0, Interrupts())
from parcours.cli import main
main(["evaluate", "-"])
"""
LOADED = """
import sys
import parcours.cli
print(*sorted({"flask", "jinja2", "msgspec", "parcours.law", "requests", "sqlalchemy"} & sys.modules.keys()))
"""

TOLD = """
import logging, warnings
from parcours import cli

@cli.parcours.command("say")
def say():
    warnings.warn("of a patient")
    logging.getLogger("urllib3.connectionpool").warning("/Patient?name=%s", "of a patient")
    logging.getLogger("parcours.store").warning("store unavailable: code=%s", "SQLITE_FULL")

cli.main(["say"])
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("module", ["parcours.cli.evaluate", "parcours.law", "parcours.fhir.elements"])
def test_an_interruption_while_a_command_is_read_is_no_traceback(module: str) -> None:
    ran = python(INTERRUPTED_AT, module)
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (130, "", "")


def test_before_a_command_is_called_nothing_that_it_needs_is_read() -> None:
    ran = python(LOADED)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "\n", "")


def test_what_libraries_say_aside_of_a_command_is_withheld() -> None:
    ran = python(TOLD)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "store unavailable: code=SQLITE_FULL\n")


def test_every_command_is_found_under_its_name() -> None:
    context = click.Context(parcours)
    assert parcours.list_commands(context) == sorted(COMMANDS)
    found = [parcours.get_command(context, name) for name in COMMANDS]
    assert [command.name for command in found if command] == list(COMMANDS)
