"""Duties D7, D10 and D13: what is read and dropped, what no refusal repeats, and nobody who is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.duties.conftest import Tell
from tests.duties.test_identity import VISIT, visited, where
from tests.duties.told import PREPARE, without
from tests.fhir.builders import Json, coverage, encode, patient, ref, request

from parcours.cli import run
from parcours.service import Service
from parcours.settings import Settings
from parcours.web import create_app

CLINICAL = "zqclinique"
"""A word that no code of ours holds."""


def seeded(*more: Json) -> Json:
    """A visit with this word wherever a software writes what a patient suffers from."""
    said = {"text": CLINICAL}
    noted = {"note": [{"text": CLINICAL}], "subject": ref("Patient/pat")}
    return visited(
        {**VISIT, "reasonCode": [said], "text": {"status": "generated", "div": f"<div>{CLINICAL}</div>"}},
        request("lettre", reasonCode=[said], patientInstruction=CLINICAL, note=[{"text": CLINICAL}]),
        {"resourceType": "Condition", "id": "c", "code": said, **noted},
        {"resourceType": "Procedure", "id": "p", "status": "completed", "code": said, **noted},
        {"resourceType": "Observation", "id": "o", "status": "final", "code": said, "valueString": CLINICAL},
        {"resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order", **noted}
        | {"medicationCodeableConcept": said},
        *more,
    )


def test_d7_nothing_of_what_a_patient_suffers_from_is_kept_or_told(tell: Tell) -> None:
    told = tell(seeded())
    cards = json.loads(told.pop("cards"))
    assert where(told, CLINICAL) == []
    # The software's own resource, given back to it whole with our extension: a CDS Hooks update is a whole.
    assert CLINICAL in json.dumps(cards.pop("systemActions"))
    assert CLINICAL not in json.dumps(cards)


def test_d19_what_a_patient_suffers_from_changes_no_decision() -> None:
    service = Service(Settings())
    document = without(visited(), "Claim")
    ill = {"code": {"text": CLINICAL}, "subject": ref("Patient/pat")}
    more = (
        {"resourceType": "Condition", "id": "c", **ill},
        {"resourceType": "Observation", "id": "o", "status": "final", "valueString": CLINICAL, **ill},
    )
    entries = [*document["entry"], *({"resource": r, "fullUrl": f"urn:x:{r['id']}"} for r in more)]
    assert service.evaluate(encode({**document, "entry": entries})).decision == (
        service.evaluate(encode(document)).decision
    )


BROKEN: dict[str, Callable[[Json], Any]] = {
    "a birth date": lambda who: who | {"birthDate": f"{CLINICAL}-01"},
    "a family name": lambda who: who | {"name": [{"family": [CLINICAL]}]},
    "a flag": lambda who: who | {"active": CLINICAL},
    "an identifier": lambda who: who | {"identifier": [{"system": f"urn:{CLINICAL} ", "value": 5}]},
    "an unknown element": lambda who: who | {CLINICAL: CLINICAL},
    "a modifier": lambda who: who | {"modifierExtension": [{"url": CLINICAL, "valueString": CLINICAL}]},
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("path", ["/fhir/$evaluate-parcours", PREPARE])
def test_d10_what_is_wrong_is_told_without_its_value(
    broken: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_app(Settings()).test_client()
    document = visited(BROKEN[broken](patient()), coverage())
    reply = client.post(path, json=document, headers={"Prefer": "handling=strict"})
    assert reply.status_code == 422
    issues = reply.get_json(force=True)["issue"]
    assert CLINICAL not in json.dumps([{**issue, "expression": []} for issue in issues])
    assert CLINICAL not in caplog.text


def test_d10_a_defect_of_ours_is_told_by_its_kind_and_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(CLINICAL)

    monkeypatch.setattr(Service, "evaluate", broken)
    visit = tmp_path / "visit.json"
    visit.write_text("{}", "utf-8")
    assert run(["evaluate", str(visit)]) == 1
    said = "".join(capsys.readouterr())
    assert "Défaut du programme : KeyError (test_minimisation.py:" in said
    assert CLINICAL not in said


@pytest.mark.usefixtures("socket_disabled")
def test_d13_with_the_settings_as_they_come_nobody_is_called() -> None:
    client = create_app(Settings()).test_client()
    for path in ("/fhir/$evaluate-parcours", PREPARE):
        assert client.post(path, json=visited()).status_code == 200
    assert run(["rules"]) == 0
