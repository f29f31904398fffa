"""One line in, one line out, whatever the line holds; and the very bytes that ``evaluate`` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.bulk import visits

from parcours.bulk.answers import Answerer, Kind, fatal
from parcours.cli import run
from parcours.service import Service
from parcours.settings import Settings

GOOD = next(visits.lines(1)).strip()
SECRET = b"SECRET-9"


def issues(text: bytes) -> list[dict[str, Any]]:
    outcome = json.loads(text)
    assert outcome["resourceType"] == "OperationOutcome"
    found: list[dict[str, Any]] = outcome["issue"]
    return found


def test_a_visit_gets_the_bytes_that_evaluate_prints(
    answerer: Answerer, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "visite.json").write_bytes(GOOD)
    assert run(["evaluate", "--format", "json", str(tmp_path / "visite.json")]) == 0
    assert answerer.answer(3, GOOD).text + b"\n" == capsysbinary.readouterr().out


TAKEN = {
    "as it is": (5, GOOD),
    "a carriage return at the end": (5, GOOD + b"\r"),
    "spaces around": (5, b"  " + GOOD + b" \t"),
    "a byte order mark at the head of the file": (1, b"\xef\xbb\xbf" + GOOD),
}


@pytest.mark.parametrize(("number", "line"), TAKEN.values(), ids=TAKEN.keys())
def test_what_an_editor_adds_to_a_line_changes_nothing(answerer: Answerer, number: int, line: bytes) -> None:
    assert answerer.answer(number, line) == answerer.answer(9, GOOD)


REFUSED = {
    "no JSON": b"{" + SECRET,
    "cut short": GOOD[:-2],
    "not UTF-8": GOOD.replace(b'"Bundle"', b'"\xff\xfe"'),
    "a NUL byte": GOOD[:-1] + b"\0}",
    "a byte order mark inside the file": b"\xef\xbb\xbf" + GOOD,
    "two documents": GOOD + GOOD,
    "no Bundle": b'{"resourceType":"Patient","id":"' + SECRET + b'"}',
    "too long": b'{"a":"' + b"x" * Settings().max_bytes + b'"}',
    "too deep": b"[" * 5000,
    "a bare word": b"null",
    "before the law": GOOD.replace(b'"start":"20', b'"start":"19'),
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_line_gets_an_outcome_with_its_number_and_none_of_its_values(
    answerer: Answerer, line: bytes
) -> None:
    said = answerer.answer(12, line)
    assert said.kind is Kind.REFUSED
    assert {issue["diagnostics"] for issue in issues(said.text)} == {"ligne 12"}
    assert all(issue["details"]["text"] for issue in issues(said.text))
    assert SECRET not in said.text
    assert b"\n" not in said.text


@pytest.mark.parametrize("line", [b"", b"\r", b"  \t", b"\xef\xbb\xbf"], ids=repr)
def test_a_blank_line_is_no_fault_and_has_its_answer(answerer: Answerer, line: bytes) -> None:
    said = answerer.answer(1, line)
    assert said.kind is Kind.BLANK
    assert [issue["severity"] for issue in issues(said.text)] == ["information"]


def test_a_fault_of_ours_is_told_by_its_type_and_stops_nobody() -> None:
    class Broken(Service):
        def evaluate(self, *_: object, **__: object) -> Any:
            raise LookupError(SECRET.decode())

    said = Answerer(Broken(Settings()), "full").answer(4, GOOD)
    assert (said.kind, issues(said.text)[0]["severity"]) == (Kind.REFUSED, "fatal")
    assert b"LookupError" in said.text
    assert SECRET not in said.text


def test_the_validation_asked_for_reaches_the_service() -> None:
    asked = []

    class Listening(Service):
        def evaluate(self, *_: object, **options: object) -> Any:
            asked.append(options)

    for validate in ("full", "read"):
        Answerer(Listening(Settings()), validate).answer(1, GOOD)
    assert asked == [{"validate": "full"}, {"validate": "read"}]


def test_a_line_that_kills_is_answered_without_being_read() -> None:
    assert issues(fatal(7).text)[0]["diagnostics"] == "ligne 7"
    assert fatal(7).kind is Kind.REFUSED


def test_the_national_directory_is_never_asked(answerer: Answerer) -> None:
    assert answerer.service.annuaire is None
