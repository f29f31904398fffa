"""Bundles and Parameters: which are read, which are refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fhir.builders import HOST, Json, bundle, encounter, patient, read, visit

from parcours.errors import UnreadableBundle

UUID = "urn:uuid:6F1E2D3C-0000-4000-8000-00000000000A"


@pytest.mark.parametrize("type", ["collection", "searchset", "message", "transaction", "batch"])
def test_every_shape_of_the_contract_is_read(type: str) -> None:
    document = {**visit(), "type": type}
    for entry in document["entry"]:
        entry["request"] = {"method": "PUT", "url": "x"}
    assert read(document).visite.praticien is not None


REFUSED: dict[str, tuple[Any, str]] = {
    "an array": ([], "Bundle"),
    "null": (None, "Bundle"),
    "a number": (1, "Bundle"),
    "a text": ("x", "Bundle"),
    "true": (True, "Bundle"),
    "an empty object": ({}, "Bundle"),
    "a patient alone": (patient(), "Bundle"),
    "no type": ({"resourceType": "Bundle"}, "Bundle.type"),
    "an unknown type": ({**visit(), "type": "zzz"}, "Bundle.type"),
    "a history": ({**visit(), "type": "history"}, "Bundle.type"),
    "entries that are no list": ({**visit(), "entry": {"a": 1}}, "Bundle.entry"),
    "an entry that is a text": ({**visit(), "entry": ["x"]}, "Bundle.entry"),
    "a fullUrl that is a number": (
        {**visit(), "entry": [{"fullUrl": 1, "resource": {}}]},
        "Bundle.entry[0].fullUrl",
    ),
    "urn:uuid: without a UUID": (
        {**visit(), "entry": [{"fullUrl": "urn:uuid:1", "resource": patient()}]},
        "Bundle.entry[0].fullUrl",
    ),
    "implicit rules": ({**visit(), "implicitRules": "http://x.example"}, "Bundle"),
    "no visit": (bundle(patient()), "Bundle"),
    "an empty bundle": ({"resourceType": "Bundle", "type": "collection"}, "Bundle"),
    "a bundle in a bundle": (visit({**visit(), "id": "b"}), "Bundle.entry[5].resource"),
}


@pytest.mark.parametrize(("document", "where"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_readable_bundle_is_refused(document: Any, where: str) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(document)
    assert [p.expression for p in refused.value.problems] == [where]


def parameters(*resources: Json) -> Json:
    items = [{"name": "resource", "resource": resource} for resource in resources]
    return {"resourceType": "Parameters", "parameter": items}


def test_parameters_repeat_one_parameter_named_resource() -> None:
    resources = [entry["resource"] for entry in visit()["entry"]]
    lecture = read(parameters(*resources))
    assert lecture.visite.praticien is not None
    assert lecture.visite.origines["patient.age"].chemin == "Parameters.parameter[1].resource.birthDate"
    assert lecture.visite.chemins["visite.plan"] == "Parameters.parameter.resource.ofType(CarePlan)"


def test_a_single_parameter_may_hold_the_bundle() -> None:
    lecture = read(parameters(visit()))
    path = "Parameters.parameter[0].resource.entry[1].resource.birthDate"
    assert lecture.visite.origines["patient.age"].chemin == path


def test_an_unknown_parameter_is_passed_over_and_said() -> None:
    document = parameters(*(entry["resource"] for entry in visit()["entry"]))
    document["parameter"].append({"name": "autre", "valueString": "x"})
    assert [p.expression for p in read(document).problems] == ["Parameters.parameter[5]"]
    with pytest.raises(UnreadableBundle):
        read(document, strict=True)


def test_an_entry_without_resource_is_passed_over_and_said() -> None:
    document = visit()
    document["entry"] += [{}, {"request": {"method": "DELETE", "url": "x"}}]
    assert [p.expression for p in read(document).problems] == ["Bundle.entry[5]"]


def test_an_unknown_element_of_the_bundle_is_a_warning_and_an_error_when_strict() -> None:
    document = {**visit(), "foo": 1}
    assert [(p.expression, p.severity) for p in read(document).problems] == [("Bundle", "warning")]
    with pytest.raises(UnreadableBundle):
        read(document, strict=True)


def test_a_uuid_is_the_same_in_capitals() -> None:
    document = visit(subject={"reference": UUID})
    document["entry"][1]["fullUrl"] = UUID.lower()
    assert read(document).visite.naissance is not None


TWICE: dict[str, Json] = {
    "the same fullUrl": {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"{HOST}/Encounter/enc", "resource": encounter()},
            {"fullUrl": f"{HOST}/Encounter/enc", "resource": encounter()},
        ],
    },
    "the same id with different content": bundle(
        encounter(), patient(), patient(birthDate="1990-01-01"), base=None
    ),
}


@pytest.mark.parametrize("document", TWICE.values(), ids=TWICE)
def test_a_resource_given_twice_is_a_duplicate(document: Json) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(document)
    assert {p.code for p in refused.value.problems} == {"duplicate"}


def test_the_same_resource_twice_without_fullurl_counts_once() -> None:
    assert read(bundle(encounter(), patient(), patient(), base=None)).visite.naissance is not None
