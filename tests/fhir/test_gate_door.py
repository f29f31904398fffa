"""The quick readers of JSON take nothing that the slow ones refuse, and the other way round."""

from __future__ import annotations

import pytest
from tests.fhir.builders import encode, visit
from tests.fhir.test_json_door import MALFORMED, TOO_LARGE

from parcours.errors import InputError
from parcours.fhir import json_door
from parcours.fhir.json_door import Limits, check_json

BODY = b'{"a": [{"b": "x\\u0022\\\\", "c\\"": "\\\\"}, {}], "a1": -1.5e3, "a2": [true, null, "\xc3\xa9"]}'
PIECES = [
    b"",
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"a",
    b"1" * 21,
    b"\x00",
    b"\xff",
    b"\\ud800",
    b" ",
]
SPOILT = sorted(
    {BODY[:at] + piece + BODY[at + over :] for at in range(len(BODY)) for piece in PIECES for over in (0, 1)}
)
WELL = [
    BODY,
    encode(visit()),
    b'{"a": "\\ud83d\\ude00"}',
    b'{"a": {"b": 1}, "c": {"b": 1}}',
    b"[" * 50 + b"]" * 50,
]
BODIES = [*SPOILT, *WELL, *MALFORMED.values(), *TOO_LARGE.values()]


def told(body: bytes) -> list[tuple[str, str]]:
    try:
        check_json(body, Limits())
    except InputError as refusal:
        return [(problem.code, problem.text) for problem in refusal.problems]
    return []


@pytest.mark.parametrize("quick", ["_is_plain", "_is_shallow"])
def test_a_quick_yes_is_the_yes_of_the_slow_reader(quick: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [told(body) for body in BODIES]
    assert [] in expected[: len(SPOILT)]
    monkeypatch.setattr(json_door, quick, lambda *_: False)
    assert [told(body) for body in BODIES] == expected


@pytest.mark.parametrize("body", WELL[1:4])
def test_a_body_that_is_well_is_not_read_slowly(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_door, "_check_syntax", None)
    monkeypatch.setattr(json_door, "_entries", None)
    assert told(body) == []
