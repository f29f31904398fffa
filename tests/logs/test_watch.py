"""A-090: the watch over the whole run is on, knows the people of the fixtures, and finds what is planted."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Literal

import flask
import pytest
from tests.logs.identities import NAMES, NIR, PLACES, fixtures, seeded
from tests.logs.watch import (
    Watch,
    hear_echo,
    hear_errors,
    hear_processes,
    hear_records,
    look_at_files,
    look_at_report,
)

PLANTED = "NOBODY-AT-ALL"


@pytest.fixture
def watch() -> Watch:
    return Watch([PLANTED])


def test_a090_the_people_looked_for_are_those_of_the_fixtures() -> None:
    text = "\n".join(fixtures())
    assert [value for value in (*NAMES, *PLACES) if value not in text] == []
    assert set(NIR.findall(text)) <= seeded()
    assert len([value for value in seeded() if NIR.fullmatch(value)]) > 5
    assert len(seeded()) > 50


def test_a090_the_whole_run_is_watched(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.hasplugin("identities")
    assert logging.getLogRecordFactory().__qualname__.startswith("hear_records")
    assert logging.getLogger("parcours").isEnabledFor(logging.INFO)


def test_a090_a_record_is_looked_at_whatever_becomes_of_it(watch: Watch) -> None:
    make = hear_records(watch, logging.LogRecord)
    make("x", logging.INFO, "f", 1, "hello %s", ("you",), None)
    assert watch.found() == []
    make("x", logging.DEBUG, "f", 1, "hello %s", (PLANTED,), None)
    error = ValueError(PLANTED)
    make("y", logging.DEBUG, "f", 1, "hello", (), (ValueError, error, None))
    assert watch.found() == ["log of x", "log of y"]
    assert watch.found() == []


def test_a090_a_message_on_stderr_is_looked_at_and_data_on_stdout_is_not(watch: Watch) -> None:
    said: list[str] = []
    echo = hear_echo(watch, lambda message, **_: said.append(message))
    echo(PLANTED)
    assert watch.found() == []
    echo(PLANTED, err=True)
    assert (watch.found(), said) == (["a message on stderr"], [PLANTED, PLANTED])


@pytest.mark.parametrize(("when", "found"), [("setup", ["stderr"]), ("call", ["stderr"]), ("teardown", [])])
def test_a090_what_a_test_writes_on_stderr_is_looked_at(
    watch: Watch, when: Literal["setup", "call", "teardown"], found: list[str]
) -> None:
    sections = [("Captured stdout call", "data"), (f"Captured stderr {when}", PLANTED)]
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "passed", None, when, sections)
    look_at_report(watch, report)
    assert watch.found() == found


def test_a090_the_stderr_of_a_process_of_this_program_is_looked_at(watch: Watch) -> None:
    communicate = hear_processes(watch, subprocess.Popen.communicate)
    for name in ("parcours", "other"):
        command = [sys.executable, "-c", f"import sys; sys.stderr.write('{PLANTED}')", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            communicate(process)
    assert watch.found() == ["stderr of a process"]


@pytest.mark.parametrize(
    ("status", "mimetype", "found"),
    [
        (422, "application/fhir+json", ["an answer 422"]),
        (200, "application/fhir+json", []),
        (422, "text/html", []),  # a form that is shown again holds what was typed in it
    ],
)
def test_a090_an_error_is_looked_at(watch: Watch, status: int, mimetype: str, found: list[str]) -> None:
    hear_errors(watch)(flask.Flask("x"), flask.Response(PLANTED, status, mimetype=mimetype))
    assert watch.found() == found


def test_a090_the_names_of_files_are_looked_at(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    look_at_files(watch, tmp_path)
    assert watch.found() == []
    (tmp_path / "sub" / f"{PLANTED}.pdf").touch()
    look_at_files(watch, tmp_path)
    assert watch.found() == ["the name of a file"]
