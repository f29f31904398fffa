"""Nothing the gate lets in is refused by the library or our own checks: each element spoilt in each way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fhir.builders import patient
from tests.fhir.gate_mutants import CHANGES, Json, mutants, places, seeds
from tests.fhir.test_gate import EXAMPLES, Holed

from parcours.errors import InputError
from parcours.fhir.gate import Gate
from parcours.fhir.reading import Validate
from parcours.fhir.validity import Memo, Verdict, examine, judge_in_full
from parcours.service import Service
from parcours.settings import Settings

pytestmark = pytest.mark.no_cover  # so many cases take thrice as long when each line is counted

SHARDS = 8
ONE_IN = 11
"""Of more than a million; all of them take four minutes, and were run when the gate was made."""
AT_LEAST = 80_000
MUTANTS = 150
"""Of one bundle, to be read both ways."""


def false_accepts(gate: Gate, documents: Iterable[Json]) -> tuple[int, list[bytes]]:
    """How many documents were shown to the gate, and those it should not have let in."""
    shown, wrong = 0, []
    for document in documents:
        shown += 1
        raw = msgspec.json.encode(document)
        name = gate.admits(raw, contained=False)
        if name and judge_in_full(raw, contained=False) != Verdict(name, ()):
            wrong.append(raw)
    return shown, wrong


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_spoilt_resource_is_let_in(shard: int) -> None:
    shown, wrong = false_accepts(Gate(), mutants(seeds(), shard * ONE_IN, SHARDS * ONE_IN))
    assert wrong == []
    assert shown > AT_LEAST / SHARDS


def test_a_gate_with_a_hole_is_caught() -> None:
    _, wrong = false_accepts(Holed(), mutants([patient(birthDate="2024-01-01")], 0, 1))
    assert wrong
    assert all(b"2024-02-30" in raw for raw in wrong)


WRITTEN = (
    b'{"resourceType": "Claim", "id": "a", "meta": {"versionId": "2"}, "status": "active", "use": "claim", '
    b'"created": "2024-01-01", "type": {"text": "\\u00e9 \\n"}, "patient": {"display": "\xc3\xa9"}, '
    b'"item": [{"sequence": 1, "productOrService": {}, "net": {"value": 1.50}, "_factor": {"id": "x"}}], '
    b'"total": {"value": -1e3}, "provider": {}, "priority": {}, "insurance": []}'
)
BYTES = (
    b"",
    b'"',
    b'""',
    b"\\",
    b"{}",
    b"[]",
    b",",
    b"a",
    b"0",
    b".",
    b"-",
    b"1" * 30,
    b"e400",
    b"null",
    b"\\u0000",
    b"\xa0",
)


def test_no_resource_whose_bytes_are_spoilt_is_let_in() -> None:
    gate, let_in = Gate(), 0
    for at in range(len(WRITTEN)):
        for raw in {WRITTEN[:at] + piece + WRITTEN[at + over :] for piece in BYTES for over in (0, 1)}:
            if gate.admits(raw, contained=False):
                let_in += 1
                assert judge_in_full(raw, contained=False) == Verdict("Claim", ()), raw
                assert examine(raw, memo=Memo()).resource is not None
    assert let_in > len(WRITTEN)


# ---------------------------------------------------------------- full and read say the same


def test_what_is_trusted_is_read_as_what_is_judged() -> None:
    same = 0
    for document in mutants(seeds(), 5, SHARDS * ONE_IN):
        raw = msgspec.json.encode(document)
        judged = examine(raw, memo=Memo())
        if judged.resource is None or any(d.read or d.modifier for d in judged.verdict.defects):
            continue
        same += 1
        assert examine(raw, validate="read", memo=Memo()).resource == judged.resource, raw
    assert same > 1_000


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(Settings())


def answer(service: Service, body: bytes, validate: Validate) -> tuple[bytes, Any] | None:
    """The very bytes of the decision, and what else its answers are made of; ``None``: it is refused."""
    try:
        evaluation = service.evaluate(body, validate=validate)
    except InputError:
        return None
    return msgspec.json.encode(evaluation.decision), evaluation.lecture.contexte


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_a_trusted_example_and_its_mutants_are_read_to_the_same_decision(
    file: Path, service: Service
) -> None:
    document = json.loads(file.read_bytes())
    step = len(places(document)) * len(CHANGES) // MUTANTS
    accepted = 0
    for one in [document, *mutants([document], 0, step)]:
        body = msgspec.json.encode(one)
        full = answer(service, body, "full")
        if full is not None:
            accepted += 1
            assert answer(service, body, "read") == full
    assert accepted > 1
