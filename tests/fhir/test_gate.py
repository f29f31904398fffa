"""The quick yes: generated, closed before another library, watched, and never given to what is not well."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fhir.builders import Json, encode, encounter, patient, practitioner
from tests.fhir.gate_mutants import OFFICIAL, ROOT

from parcours.fhir import validity
from parcours.fhir.gate import DEPTH, Gate
from parcours.fhir.gate.shapes import GENERATED_FROM, RESOURCES
from parcours.fhir.validity import GATE, Memo, Verdict, examine, judge_in_full
from parcours.service import Service
from parcours.settings import Settings
from pds.gate import FILE, generated

EXAMPLES = sorted((ROOT / "examples").glob("*/bundle.json"))


def admits(resource: Json, *, contained: bool = False) -> str | None:
    return Gate().admits(encode(resource), contained=contained)


def test_the_shapes_are_those_of_the_library_installed() -> None:
    assert FILE.read_text(encoding="utf-8") == generated(), "run `make gate`"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_every_resource_of_our_examples_is_let_in(file: Path) -> None:
    gate = Gate()
    for entry in json.loads(file.read_bytes())["entry"]:
        resource = entry["resource"]
        assert gate.admits(encode(resource), contained=False) == resource["resourceType"]


@pytest.mark.skipif(not OFFICIAL, reason="../shared absent: examples")
def test_every_official_french_example_is_let_in() -> None:
    for file in OFFICIAL:
        assert admits(json.loads(file.read_bytes())) in RESOURCES.split(), file.name


def dated(**period: str) -> Json:
    return encounter(period=period)


DOUBTFUL: dict[str, Json] = {
    "null": patient(gender=None),
    "an empty text": patient(gender=""),
    "a leap second": dated(start="2016-12-31T23:59:60Z"),
    "a period reversed": dated(start="2026-02-17T12:00:00+01:00", end="2026-02-16"),
    "a modifier": patient(modifierExtension=[{"url": "http://x.example", "valueBoolean": True}]),
    "a modifier further down": patient(contact=[{"modifierExtension": [{"url": "http://x.example"}]}]),
    "implicit rules": patient(implicitRules="http://x.example"),
    "an id of 65 characters": patient("x" * 65),
    "a status out of the list": encounter(status="zzz"),
    "a status with an extension only": {
        **{key: value for key, value in encounter().items() if key != "status"},
        "_status": {"extension": [{"url": "http://x.example", "valueCode": "unknown"}]},
    },
    "an empty extension of a primitive": patient(_gender={}),
    "two values of a choice": patient(deceasedBoolean=False, deceasedDateTime="2024"),
    "two values in an extension": patient(extension=[{"url": "a", "valueCode": "b", "valueUri": "c"}]),
    "an extension without URL": patient(extension=[{"valueCode": "b"}]),
    "a value of a rare type": patient(extension=[{"url": "a", "valueDosage": {"text": "b"}}]),
    "a number as text": {**patient(), "multipleBirthInteger": "2"},
    "a text as number": patient(gender=1),
    "an unknown element": patient(zz=1),
    "a type the gate does not know": {"resourceType": "Binary", "contentType": "text/plain"},
    "no type": {"id": "a"},
    "a name of Python": {"resourceType": "Encounter", "status": "finished", "class_fhir": {"code": "AMB"}},
}


@pytest.mark.parametrize("resource", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_not_beyond_doubt_goes_to_the_library(resource: Json) -> None:
    assert admits(resource) is None


def test_what_is_contained_has_an_id_and_contains_nothing() -> None:
    assert admits(practitioner("in"), contained=True) == "Practitioner"
    assert admits({"resourceType": "Practitioner"}, contained=True) is None
    assert admits(practitioner("in", contained=[]), contained=True) is None
    assert admits(practitioner("out", contained=[{"resourceType": "?"}])) == "Practitioner"


@pytest.mark.parametrize(
    "raw", [b"", b"3", b"[]", b"null", b'"x"', b"{", b'{"resourceType":"Patient","id":"\xff"}']
)
def test_bytes_that_are_no_resource_are_not_let_in(raw: bytes) -> None:
    assert Gate().admits(raw, contained=False) is None


def nested(levels: int) -> Json:
    node: Json = {"url": "a", "valueCode": "b"}
    for _ in range(levels):
        node = {"url": "a", "extension": [node]}
    return {"resourceType": "Patient", "extension": [node]}


def test_what_is_deep_goes_to_the_library() -> None:
    assert admits(nested(DEPTH // 2 - 2)) == "Patient"
    assert admits(nested(DEPTH // 2 + 2)) is None
    wide = patient(name=[{"family": "Test"}] * DEPTH)
    assert admits(wide) == "Patient"


@pytest.mark.parametrize("name", [b"modifierExtension", b"modifierExt\\u0065nsion", b"implicit\\u0052ules"])
def test_what_changes_the_meaning_is_never_taken_on_trust_however_it_is_written(name: bytes) -> None:
    value = b'"http://x.example"' if name.startswith(b"implicit") else b'[{"url":"http://x.example"}]'
    raw = b'{"resourceType":"Patient","id":"p","%s":%s}' % (name, value)
    judged = examine(raw, memo=Memo())
    assert judged.verdict.defects
    assert examine(raw, validate="read", memo=Memo()) == judged


# ---------------------------------------------------------------- closed, watched


@pytest.mark.parametrize("name", GENERATED_FROM)
def test_with_another_version_of_the_library_the_gate_is_closed(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate({**GENERATED_FROM, name: "0.1"})
    assert [gate.admits(encode(patient()), contained=False) for _ in range(2)] == [None, None]
    assert gate.closed == f"{name} {GENERATED_FROM[name]} instead of 0.1"
    assert [record.message for record in caplog.records] == [f"gate closed: detail={gate.closed}"]
    assert examine(encode(patient()), memo=Memo(), gate=gate).verdict == Verdict("Patient", ())


def test_a_library_that_does_not_say_its_version_is_another_one() -> None:
    gate = Gate({"no-such-package": "1"})
    gate.prepare()
    assert gate.closed == "no-such-package nothing that says its version instead of 1"


class Holed(Gate):
    """A gate that does not know how long February is."""

    def admits(self, raw: bytes, *, contained: bool) -> str | None:
        return super().admits(raw.replace(b"2024-02-30", b"2024-02-28"), contained=contained)


def test_when_the_library_disagrees_it_is_right_and_the_alarm_rings(caplog: pytest.LogCaptureFixture) -> None:
    raw = encode(patient(birthDate="2024-02-30"))
    watched, blind = Holed(share=1.0), Holed(share=0.0)
    authority = judge_in_full(raw, contained=False)
    assert [d.expression for d in authority.defects] == ["birthDate"]
    assert examine(raw, memo=Memo(), gate=watched).verdict == authority
    assert watched.disagreements == 1
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.ERROR, "gate disagrees: type=Patient")
    ]
    assert examine(raw, memo=Memo(), gate=blind).verdict == Verdict("Patient", ())
    assert blind.disagreements == 0


def test_what_is_watched_is_told_by_the_bytes_alone() -> None:
    keys = [bytes([first, 0, 0, 0]) for first in range(256)]
    assert sum(Gate(share=0.25).is_watched(key) for key in keys) == 64
    assert not any(Gate(share=0.0).is_watched(key) for key in keys)
    assert all(Gate(share=1.0).is_watched(key) for key in [*keys, b"\xff" * 32])


def test_the_share_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GATE, "share", GATE.share)
    Service(Settings(gate_sample=0.5))
    assert GATE.share == 0.5


def test_what_is_paid_once_can_be_paid_before_the_first_request(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr(validity, "GATE", gate)
    for _ in range(2):
        validity.prepare()
    monkeypatch.setattr("parcours.fhir.gate._decoder", None)
    assert gate.admits(encode(patient()), contained=False) == "Patient"


FIRST_TOGETHER = """
import sys, threading
from parcours.fhir.validity import GATE, examine
bodies = [sys.argv[1].encode() % rank for rank in range(16)]
start = threading.Barrier(len(bodies))
def ask(body):
    start.wait()
    assert examine(body).resource.id
threads = [threading.Thread(target=ask, args=(body,)) for body in bodies]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not GATE.closed
"""


@pytest.mark.parametrize("more", ["", ', "zz": 1'], ids=["let in", "judged by the library"])
def test_threads_that_ask_first_and_together_are_answered(more: str) -> None:
    body = f'{{"resourceType": "Patient", "id": "p%d"{more}}}'
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TOGETHER, body], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


LOADED = """
import sys
from pathlib import Path
from parcours.fhir.reading import read_request
from parcours.fhir.validity import GATE
GATE.share = 0
read_request(Path(sys.argv[1]).read_bytes())
assert not {"pydantic", "fhir.resources", "fhir_core"} & sys.modules.keys()
"""


def test_a_request_that_is_well_does_not_load_the_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(EXAMPLES[0])],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
