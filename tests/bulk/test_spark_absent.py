"""The part for Spark where there is no Spark: what it says, and lines that kill who reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.bulk.deadly import echo_numbered

from parcours.bulk.spark import __main__ as command
from parcours.bulk.spark.careful import careful


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    for found, told in ((True, command.NO_JAVA), (None, command.NO_SPARK)):
        monkeypatch.setattr(command, "find_spec", lambda _, found=found: found)
        ran = CliRunner().invoke(command.main, ["a", "b"])
        assert ran.exit_code == 2
        assert told in ran.output


def test_a_line_that_kills_is_answered_without_being_read_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2]))
    found = list(careful(echo_numbered, [(7, b"a\nb"), (8, b"kill"), (8, b"c")]))
    assert (found[0], found[2]) == (b"7:a\rb", b"8:c")
    assert json.loads(found[1])["issue"][0]["severity"] == "fatal"
    assert b"ligne 8" in found[1]
