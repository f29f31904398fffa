"""Our own checks of what leaves: they pass on every answer, and each is seen failing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.profiles.broken import BROKEN, EXAMPLES, Broken, break_it

from parcours.fhir.operations import PUBLISHED_KINDS
from parcours.fhir.output_checks import output_defects
from parcours.fhir.published import catalogue
from pds.responses import answers

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = dict(answers(ROOT / "examples"))
PATIENT: dict[str, Any] = {"resourceType": "Patient", "id": "p"}


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_is_wrong_with_an_answer(name: str) -> None:
    assert output_defects(json.loads(ANSWERS[name])) == []


@pytest.mark.parametrize("kind", PUBLISHED_KINDS)
def test_nothing_is_wrong_with_a_definition(kind: str) -> None:
    for item in catalogue().values():
        if item.kind == kind:
            assert output_defects(dict(item.content)) == [], item.id


def published_examples() -> Iterator[Path]:
    for folder in EXAMPLES:
        yield from sorted(folder.glob("*-pds-exemple-*.json"))


@pytest.mark.parametrize("file", list(published_examples()), ids=lambda file: file.stem)
def test_nothing_is_wrong_with_a_published_example(file: Path) -> None:
    assert output_defects(json.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_instance_is_found_out_where_our_checks_look(case: Broken) -> None:
    try:
        found = bool(output_defects(break_it(case)))
    except ValidationError:
        found = True
    assert found is case.ours


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({**PATIENT, "gender": "x"}, "Patient.gender: code outside the required list"),
        (
            {**PATIENT, "generalPractitioner": [{"reference": "Patient/2"}]},
            "Patient.generalPractitioner[0]: reference to another type of resource",
        ),
        (
            {
                **PATIENT,
                "generalPractitioner": [{"reference": "https://x.example/fhir/Location/1/_history/3"}],
            },
            "Patient.generalPractitioner[0]: reference to another type of resource",
        ),
        (
            {**PATIENT, "managingOrganization": {"type": "Patient", "display": "x"}},
            "Patient.managingOrganization: reference to another type of resource",
        ),
        (
            {**PATIENT, "extension": [{"url": "http://x.example/e"}]},
            "Patient.extension[0]: ext-1, a value or children, not both, not neither",
        ),
        (
            {
                **PATIENT,
                "extension": [
                    {
                        "url": "http://x.example/e",
                        "valueString": "x",
                        "extension": [{"url": "y", "valueString": "z"}],
                    }
                ],
            },
            "Patient.extension[0]: ext-1, a value or children, not both, not neither",
        ),
        (
            {**PATIENT, "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}]},
            "Patient.contained[0]: dom-3, nothing refers to it",
        ),
        (
            {
                **PATIENT,
                "meta": {"profile": ["https://parcours-soins.example/fhir/StructureDefinition/pds-nothing"]},
            },
            "Patient: unknown definition of ours",
        ),
        (
            {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "oops"}]},
            "OperationOutcome.issue[0].code: code outside the required list",
        ),
    ],
    ids=["binding", "target", "absolute target", "type", "neither", "both", "orphan", "profile", "issue"],
)
def test_what_the_models_let_through_is_found(resource: dict[str, Any], said: str) -> None:
    assert output_defects(resource) == [said]


def test_a_contained_resource_that_is_used_or_that_refers_back_is_sound() -> None:
    used = {
        **PATIENT,
        "contained": [
            {"resourceType": "Organization", "id": "o", "name": "x"},
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"code": "AMB"},
                "subject": {"reference": "#"},
            },
        ],
        "managingOrganization": {"reference": "#o"},
    }
    assert output_defects(used) == []


def test_an_empty_element_says_nothing() -> None:
    assert output_defects({**PATIENT, "maritalStatus": {}}) == ["Patient.maritalStatus: empty element"]


def test_what_is_no_resource_is_refused() -> None:
    with pytest.raises(LookupError):
        output_defects({"resourceType": "Nothing"})
