"""A-090: during the whole run, nothing that is said aside of the answers holds a person of the fixtures.

Looked at: every record of every logger, what a served process, a command and the rest of a test say on
stderr, the text of every error that is answered, the names of the files that a test leaves. A test during
which one shows up has failed. (The labels of the metrics are bounded: A-097.)
"""

from __future__ import annotations

import logging
import re
import subprocess
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any, Final

import click
import flask
import pytest
from tests.logs.identities import seeded

JSON: Final = ("application/fhir+json", "application/json")


class Watch:
    """Looks for values in texts, and remembers where one was."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = re.compile("|".join(re.escape(value) for value in sorted(values)))
        self._found: list[str] = []

    def look(self, where: str, text: str | bytes | None) -> None:
        """Is one of the values in this text?"""
        read = text.decode("utf-8", "replace") if isinstance(text, bytes) else text or ""
        if self._values.search(read):
            self._found.append(where)

    def found(self) -> list[str]:
        """Where values were, since it was last asked."""
        found, self._found = self._found, []
        return found


def hear_records(watch: Watch, make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """A factory of records that are looked at, whatever becomes of them."""

    def made(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        error = record.exc_info[1] if record.exc_info else ""
        watch.look(f"log of {record.name}", f"{record.getMessage()} {error}")
        return record

    return made


def hear_echo(watch: Watch, echo: Callable[..., None]) -> Callable[..., None]:
    """``click.echo``, whose messages on stderr are looked at."""

    def said(message: Any = None, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("err"):
            watch.look("a message on stderr", str(message))
        echo(message, *args, **kwargs)

    return said


def hear_processes(watch: Watch, communicate: Callable[..., Any]) -> Callable[..., Any]:
    """``Popen.communicate``, whose stderr is looked at when the process is of this program."""

    def said(process: Any, *args: Any, **kwargs: Any) -> Any:
        out, err = communicate(process, *args, **kwargs)
        if "parcours" in str(process.args):
            watch.look("stderr of a process", err)
        return out, err

    return said


def hear_errors(watch: Watch) -> Callable[..., None]:
    """What is told of each answer: an error must not repeat what was sent."""

    def said(_app: flask.Flask, response: flask.Response, **_: object) -> None:
        if response.status_code >= 400 and response.mimetype in JSON:
            watch.look(f"an answer {response.status_code}", response.get_data())

    return said


def look_at_files(watch: Watch, folder: Path) -> None:
    """The names of all that is in a folder."""
    for path in folder.rglob("*"):
        watch.look("the name of a file", str(path.relative_to(folder)))


def look_at_report(watch: Watch, report: pytest.TestReport) -> None:
    """What a test wrote on stderr by whatever way; once its teardown has begun, no test is left to fail."""
    if report.when != "teardown":
        watch.look("stderr", report.capstderr)


class Plugin:
    """The watch of one run."""

    def __init__(self) -> None:
        self.watch = Watch(seeded())
        self._errors = hear_errors(self.watch)  # a signal holds its receivers weakly
        self._patch = pytest.MonkeyPatch()

    def begin(self) -> None:
        """Listen, with the loggers of the program as loud as in service."""
        logging.setLogRecordFactory(hear_records(self.watch, logging.getLogRecordFactory()))
        logging.getLogger("parcours").setLevel(logging.INFO)
        self._patch.setattr(click, "echo", hear_echo(self.watch, click.echo))
        communicate = subprocess.Popen.communicate
        self._patch.setattr(subprocess.Popen, "communicate", hear_processes(self.watch, communicate))
        flask.request_finished.connect(self._errors)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Look at what was written on stderr past all that is listened to."""
        report = yield
        look_at_report(self.watch, report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """After each test: was anything heard?"""
        yield
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        if isinstance(folder, Path) and folder.is_dir():
            look_at_files(self.watch, folder)
        if found := self.watch.found():
            pytest.fail(f"a person of the fixtures was in: {', '.join(sorted(set(found)))}", pytrace=False)


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run."""
    plugin = Plugin()
    plugin.begin()
    config.pluginmanager.register(plugin, "identities")
