"""The answer written on the visit: mapping of the verdict, invariants of CRD, the resource left as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cds.calls import BOOKED, NO_MT, WITH_MT, Json, call, changed, first, letter, order_sign, resources
from tests.cds.conformance import CRD
from tests.cds.conftest import Ask

from parcours.cds.coverage_information import annotated
from parcours.fhir.declaration_systems import QUESTIONNAIRE
from parcours.fhir.writing import to_json

COVERAGE: Json = {
    "resourceType": "Coverage",
    "id": "droits",
    "status": "active",
    "beneficiary": {"reference": "Patient/patient"},
    "payor": [{"display": "CPAM de Paris"}],
}


def covered(number: str) -> Json:
    """The call of an example, its patient covered."""
    body = call(number)
    if first(number, "Coverage") is None:
        body["prefetch"]["coverage"] = COVERAGE
    return body


def told(ask: Ask, body: Json) -> dict[str, list[Any]]:
    """The children of the coverage-information of the one annotated resource, by url."""
    (action,) = ask(body)["systemActions"]
    (extension,) = [e for e in action["resource"]["extension"] if e["url"] == CRD]
    found: dict[str, list[Any]] = {}
    for child in extension["extension"]:
        value = next((v for k, v in child.items() if k != "url"), None)
        found.setdefault(child["url"], []).append(value)
    return found


MAPPING = [
    ("01", "covered", "T", False),
    ("04", "covered", "U", False),
    ("02", "covered", "R", False),
    ("06", "covered", "D", False),
    ("25", "covered", "S2", True),
    ("24", "covered", "S2", False),
    ("33", "not-covered", "S2", False),
    ("35", "conditional", None, False),
    ("39", "conditional", None, False),
    ("38", "covered", "X", False),
]


@pytest.mark.parametrize(("number", "verdict", "situation", "form"), MAPPING)
def test_the_verdict_becomes_a_coverage_information(
    ask: Ask, number: str, verdict: str, situation: str | None, form: bool
) -> None:
    said = told(ask, covered(number))
    assert said["covered"] == [verdict]
    (reason,) = said["reason"]
    assert reason["text"]
    assert [coding["code"] for coding in reason.get("coding", ())] == [situation] * bool(situation)
    assert ("questionnaire" in said) is form
    assert said.get("doc-needed", []) == ["patient"] * form
    assert ("info-needed" in said) is (verdict == "conditional")


def test_out_of_the_path_says_what_is_left_to_the_patient_and_by_which_law(ask: Ask) -> None:
    said = told(ask, call(NO_MT))
    details = {
        part["extension"][1]["valueCodeableConcept"]["coding"][0]["code"]: part["extension"][2]
        for part in ({"extension": value} for value in said["detail"])
    }
    assert details["out-network-copay"]["valueQuantity"] == {
        "value": 70,
        "system": "http://unitsofmeasure.org",
        "code": "%",
    }
    assert details["policy-link"]["valueUrl"].startswith("https://www.legifrance.gouv.fr/")
    assert said["questionnaire"][0].startswith(f"{QUESTIONNAIRE}|")


@pytest.mark.parametrize(("number", "asked"), [("35", "detail-code"), ("36", "performer"), ("39", "OTH")])
def test_what_is_missing_is_asked_for_by_its_kind(ask: Ask, number: str, asked: str) -> None:
    assert asked in told(ask, covered(number))["info-needed"]


@pytest.mark.parametrize("number", [row[0] for row in MAPPING])
def test_secondary_hooks_ask_the_patient_only(ask: Ask, number: str) -> None:
    for hook in ("encounter-start", "encounter-discharge"):
        said = told(ask, covered(number) | {"hook": hook})
        assert set(said.get("doc-needed", ())) <= {"patient"}


def test_without_a_coverage_nothing_is_written(ask: Ask) -> None:
    assert "systemActions" not in ask(changed(call(NO_MT), "prefetch.coverage", None))


def test_the_resource_comes_back_as_it_came_but_for_the_extension(ask: Ask) -> None:
    body = call(NO_MT)
    body["prefetch"]["encounter"] |= {"length": {"value": 7.10, "unit": "min"}, "language": "fr"}
    body["prefetch"]["encounter"]["reasonCode"] = [{"text": "Urgence ?"}]
    (action,) = ask(body, **{"Accept-Language": "en"})["systemActions"]
    resource = action["resource"]
    assert {k: v for k, v in resource.items() if k != "extension"} == body["prefetch"]["encounter"]
    assert [e["url"] for e in resource["extension"]] == [CRD]


def said(coverage: str, assertion: str) -> Json:
    children = [
        {"url": "coverage", "valueReference": {"reference": coverage}},
        {"url": "coverage-assertion-id", "valueString": assertion},
    ]
    return {"url": CRD, "extension": children}


def test_c14_the_bytes_of_a_number_are_kept() -> None:
    raw = b'{"resourceType":"Encounter","id":"e","length":{"value":7.10}}'
    written = annotated(raw, said("Coverage/1", "a"))
    assert written is not None
    assert to_json(written).startswith(b'{"resourceType":"Encounter","id":"e","length":{"value":7.10}')


def test_c14_what_is_said_already_is_not_said_again(ask: Ask) -> None:
    (action,) = ask(call(NO_MT))["systemActions"]
    again = changed(call(NO_MT), "prefetch.encounter", action["resource"])
    assert "systemActions" not in ask(again)


def test_c14_what_was_said_before_of_the_same_coverage_gives_way() -> None:
    others = [{"url": "https://logiciel.example/x", "valueBoolean": True}, said("Coverage/2", "z")]
    raw = json.dumps(
        {"resourceType": "Encounter", "id": "e", "extension": [*others, said("Coverage/1", "old")]}
    )
    written = annotated(raw.encode(), said("Coverage/1", "new"))
    assert written is not None
    assert json.loads(to_json(written))["extension"] == [*others, said("Coverage/1", "new")]


def test_c14_odd_extensions_of_others_are_left_as_they_are() -> None:
    odd = {"url": "u", "extension": [{"url": "v", "valueReference": 7}]}
    raw = json.dumps({"resourceType": "ServiceRequest", "id": "e", "extension": [odd]}).encode()
    written = annotated(raw, said("Coverage/1", "a"))
    assert written is not None
    assert json.loads(to_json(written))["extension"] == [odd, said("Coverage/1", "a")]


@pytest.mark.parametrize(
    "extension", [None, "x", ["x"], [{"url": CRD, "extension": [{"url": "coverage", "valueReference": "x"}]}]]
)
def test_c14_nothing_is_written_among_extensions_that_are_none(extension: Any) -> None:
    raw = json.dumps({"resourceType": "ServiceRequest", "id": "e", "extension": extension}).encode()
    assert annotated(raw, said("Coverage/1", "a")) is None


def test_an_appointment_is_annotated_before_the_visit(ask: Ask) -> None:
    body = call(BOOKED)
    body["prefetch"]["coverage"] = COVERAGE
    (action,) = ask(body)["systemActions"]
    assert (action["type"], action["resource"]["resourceType"]) == ("update", "Appointment")
    assert told(ask, body)["reason"][0]["coding"][0]["code"] == "O"


def test_the_letter_of_the_medecin_traitant_is_annotated(ask: Ask) -> None:
    role = first(WITH_MT, "PractitionerRole")
    assert role is not None
    body = order_sign(WITH_MT, letter(requester=role["practitioner"]))
    body["prefetch"]["coverage"] = COVERAGE
    reason = told(ask, body)["reason"][0]
    assert reason["coding"][0]["code"] == "O"
    assert reason["text"] == "Patient adressé par son médecin traitant"


def test_the_assertion_is_the_decision_and_its_date_the_day_of_the_call(ask: Ask) -> None:
    one, other = told(ask, call(NO_MT)), told(ask, call(NO_MT))
    assert one["coverage-assertion-id"] == other["coverage-assertion-id"]
    assert one["coverage"] == [{"reference": f"Coverage/{coverage()['id']}"}]


def coverage() -> Json:
    return next(r for r in resources(NO_MT) if r["resourceType"] == "Coverage")
