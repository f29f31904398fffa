"""One event, one line: of known fields, escaped, short; and a log that cannot be written stops nobody."""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.logs.lines import into, line, record, writing

from parcours import logs
from parcours.logs.fields import ALWAYS, FIELDS
from parcours.logs.rendering import DROPPED, EVENTS, MOST_BYTES, WITHHELD, formatter
from parcours.logs.writer import LOST

HOSTILE = "a\nb\r\x1b[31m\u2028\u2029\u202e\x85c"
FULL = Path("/dev/full")


def dropped() -> int:
    return DROPPED.counts().get("field", 0)


def lost(reason: str) -> int:
    return LOST.counts().get(reason, 0)


def test_a_message_is_an_event_and_its_fields_by_name() -> None:
    said = line("client refused: reason=%s status=%d", "replay", 401)
    assert [*said][:4] == list(ALWAYS)
    assert {name: said[name] for name in ("event", "reason", "status", "level", "logger")} == {
        "event": "client refused",
        "reason": "replay",
        "status": 401,
        "level": "info",
        "logger": "parcours.test",
    }
    assert said["timestamp"].endswith("Z")


@pytest.mark.parametrize("nothing", [None, "", "-"])
def test_a_field_that_has_nothing_to_say_is_left_out(nothing: object) -> None:
    assert "client" not in line("client refused: client=%s", nothing)


def test_a_field_that_is_not_known_is_dropped_and_counted() -> None:
    before = dropped()
    said = line("client refused: nir=%s reason=%s patient=%s", "one", "two", "three")
    assert (said["reason"], "one" in str(said), "three" in str(said)) == ("two", False, False)
    assert dropped() == before + 2


def test_what_is_put_into_a_message_without_a_name_is_not_told() -> None:
    assert line("something %s", "of a patient")["event"] == "something %s"


@pytest.mark.parametrize(
    "name", ["urllib3.connectionpool", "sqlalchemy.engine", "py.warnings", "parcoursx", "root"]
)
def test_the_words_of_other_programs_are_withheld(name: str) -> None:
    said = line("GET /Patient?name=%s", "somebody", name=name)
    assert (said["event"], said["logger"], "somebody" in str(said)) == (WITHHELD, name, False)


def test_a_failure_is_told_without_its_traceback() -> None:
    try:
        raise ValueError("of a patient")
    except ValueError:
        found = record("failure: kind=%s", "ValueError")
        found.exc_info, found.stack_info = sys.exc_info(), "of a patient"
    assert "of a patient" not in formatter(terminal=False).format(found)


@pytest.mark.parametrize("terminal", [False, True])
def test_a089_whatever_a_value_holds_it_stays_on_its_line(*, terminal: bool) -> None:
    said = formatter(terminal=terminal).format(record("client refused: reason=%s", HOSTILE))
    assert said.isprintable()


def test_a089_a_value_of_a_megabyte_is_cut_at_a_kilobyte() -> None:
    for letter in ("a", "é", "\U0001f600", "\ud800"):
        assert len(line("client refused: reason=%s", letter * 2**20)["reason"].encode()) <= MOST_BYTES


def test_every_line_of_a_request_bears_its_id() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1", patient="nobody"):
        said = line("client refused: reason=%s", "replay")
    assert (said["request_id"], "patient" in said) == ("r-1", False)


def test_events_of_ours_are_counted_by_reason_and_requests_are_not() -> None:
    def counted(event: str) -> int:
        return sum(count for (name, _), count in EVENTS.counts().items() if name == event)

    before = counted("client refused"), counted("request"), counted(WITHHELD)
    line("client refused: reason=%s", "replay")
    line("request: status=%d", 200)
    line("hello", name="urllib3")
    assert (counted("client refused"), counted("request"), counted(WITHHELD)) == (before[0] + 1, *before[1:])


def test_every_field_is_explained_in_the_documentation() -> None:
    told = Path("docs/observability.md").read_text("utf-8")
    for name, sentence in FIELDS.items():
        assert f"| `{name}` | {sentence} |" in told


def test_lines_are_written_whole_and_in_order(tmp_path: Path) -> None:
    with into(tmp_path / "log") as (writer, lines):
        for number in range(500):
            writer.handle(record("client refused: count=%d", number))
        assert [said["count"] for said in lines()] == list(range(500))


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_f013_a_full_disk_stops_nobody_and_is_counted() -> None:
    before = lost("error")
    descriptor = os.open(FULL, os.O_WRONLY)
    with writing(descriptor) as writer:
        writer.handle(record("client refused"))
        writer.flush()
    os.close(descriptor)
    assert lost("error") == before + 1


def test_f013_a_closed_pipe_stops_nobody_and_is_counted() -> None:
    before = lost("error")
    read, write = os.pipe()
    os.close(read)
    with writing(write) as writer:
        writer.handle(record("client refused"))
        writer.flush()
    os.close(write)
    assert lost("error") == before + 1


def test_f013_a_reader_that_stopped_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parcours.logs.writer.MOST", 10)
    monkeypatch.setattr("parcours.logs.writer.PATIENCE_S", 0.1)
    held, before = threading.Event(), lost("full")

    def stalled(_descriptor: int, text: bytes) -> int:
        held.wait()
        return len(text)

    monkeypatch.setattr("parcours.logs.writer.os.write", stalled)
    with writing(2) as writer:
        for _ in range(20):
            writer.handle(record("client refused"))
        assert lost("full") - before in (9, 10)  # one may be in the hands of the thread
        held.set()


def test_f013_a_field_that_no_text_can_be_made_of_stops_nobody(tmp_path: Path) -> None:
    class Broken:
        def __str__(self) -> str:
            raise ValueError(errno.EIO)

    before = lost("error")
    with into(tmp_path / "log") as (writer, lines):
        writer.handle(record("client refused: reason=%s", Broken()))
        assert lines() == []
    assert lost("error") == before + 1


@pytest.fixture
def uncaught(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What nobody caught is told as in service."""
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    logs.tell_of_what_is_uncaught()
    yield
    logging.captureWarnings(False)


@pytest.mark.usefixtures("uncaught")
def test_an_error_that_nobody_caught_is_told_by_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise LookupError("of a patient")
    except LookupError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (said,) = caplog.records
    assert re.fullmatch(r"uncaught: kind=LookupError where=[\w.]+:\d+", said.getMessage())
    assert said.exc_info is None


@pytest.mark.usefixtures("uncaught")
def test_a_warning_that_nobody_caught_is_told_without_its_words(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Libraries put the value that they warn of into the text."""
    warnings.showwarning("of a patient", UserWarning, "f.py", 1)
    (found,) = caplog.records
    said = formatter(terminal=False).format(found)
    assert (found.name, WITHHELD in said, "of a patient" in said) == ("py.warnings", True, False)
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("uncaught")
def test_whoever_interrupts_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert caplog.records == []


def test_the_configuration_sends_every_logger_to_the_one_writer() -> None:
    made = logs.configuration()
    assert made["root"]["handlers"] == ["stderr"]
    assert {name: (way["handlers"], way["propagate"]) for name, way in made["loggers"].items()} == {
        "_granian": ([], True),
        "parcours": ([], True),
    }
    assert logging.getLevelName(made["loggers"]["parcours"]["level"]) == logging.INFO
