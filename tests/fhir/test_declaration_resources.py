"""A prepared declaration as FHIR, held to the models of fhir.resources and to the published Questionnaire."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.task import Task
from tests.fhir.builders import (
    R02,
    R22,
    concept,
    encode,
    patient,
    practitioner,
    role,
    visit,
)
from tests.fhir.builders import declaration as entry
from tests.fhir.declarations import (
    R23,
    TEST_NUMBER,
    demande,
    dominique,
    droits,
    identifier,
    lire,
    preparee,
    qualified,
)

from parcours import VERSION_LOGICIEL
from parcours.domain.declaration import LIBELLES, Id
from parcours.fhir.declaration_resources import (
    TYPES,
    declaration_resources,
    questionnaire_response,
    task,
)
from parcours.fhir.writing import answer_bundle, to_json
from parcours.law import droit
from parcours.law.declaration import preparer
from parcours.service import Service
from parcours.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "fhir_profiles/fsh-generated/resources/Questionnaire-pds-declaration-medecin-traitant.json"
CREATED = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)


def questionnaire() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(GENERATED.read_text(encoding="utf-8"))
    return value


def items(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in node.get("item", []):
        yield item
        yield from items(item)


def prepared(*more: dict[str, Any]) -> tuple[Any, Any]:
    lecture = lire(demande(*more))
    return preparer(lecture.faits, droit()), lecture


def test_every_field_has_its_item_in_the_published_questionnaire_with_its_type() -> None:
    published = {item["linkId"]: item for item in items(questionnaire())}
    kinds = {"valueString": {"string", "text"}, "valueDate": {"date"}}
    assert set(LIBELLES) <= set(published)
    for identifiant, label in LIBELLES.items():
        assert published[identifiant]["type"] in kinds[TYPES.get(identifiant, "valueString")]
        assert published[identifiant]["text"] == label


def test_every_item_of_the_questionnaire_is_a_field_or_is_left_to_people() -> None:
    published = {
        item["linkId"] for item in items(questionnaire()) if item["type"] not in ("group", "display")
    }
    assert published == {*LIBELLES, Id.CHOIX, Id.ACCORD, Id.DATE}


def test_the_resources_are_fhir() -> None:
    response, todo = declaration_resources(*prepared())
    QuestionnaireResponse.model_validate(response)
    Task.model_validate(todo)


def test_the_draft_follows_the_questionnaire_and_says_who_answered() -> None:
    response = questionnaire_response(*prepared())
    asked = questionnaire()
    assert response["questionnaire"] == f"{asked['url']}|{asked['version']}"
    assert asked["version"] == VERSION_LOGICIEL
    assert (response["status"], response["author"]["type"]) == ("in-progress", "Device")
    answers = [answer for item in items(response) for answer in item.get("answer", [])]
    assert answers
    for answer in answers:
        (origin,) = answer["extension"]
        assert origin["url"].endswith("davinci-dtr/StructureDefinition/information-origin")
        assert origin["extension"] == [{"url": "source", "valueCode": "auto-server"}]


def test_nothing_is_ticked_dated_or_signed() -> None:
    response = questionnaire_response(*prepared())
    assert not {Id.CHOIX, Id.ACCORD, Id.DATE} & {item["linkId"] for item in items(response)}


def test_the_answers_are_the_fields_and_nothing_else() -> None:
    declaration, lecture = prepared()
    answered = {
        item["linkId"]: item["answer"][0]
        for item in items(questionnaire_response(declaration, lecture))
        if "answer" in item
    }
    assert set(answered) == {c.id for c in declaration.champs if c.valeur}
    assert answered[Id.BENEFICIAIRE_NAISSANCE]["valueDate"] == "1979-03-28"
    assert answered[Id.ASSURE_NUMERO]["valueString"] == TEST_NUMBER


def test_the_task_is_to_complete_the_questionnaire() -> None:
    declaration, lecture = prepared()
    todo = task(declaration, lecture)
    assert todo["code"]["coding"] == [
        {"system": "http://hl7.org/fhir/uv/sdc/CodeSystem/temp", "code": "complete-questionnaire"}
    ]
    assert (todo["status"], todo["businessStatus"]["coding"][0]["code"]) == ("ready", "preparee")
    assert "focus" not in todo
    assert todo["for"] == {"reference": "Patient/pat"}
    response = questionnaire_response(declaration, lecture)
    assert todo["output"][0]["valueReference"]["reference"] == f"QuestionnaireResponse/{response['id']}"
    assert not [note for note in todo["note"] if "PAT-TROIS" in note["text"] or TEST_NUMBER in note["text"]]


def test_the_same_request_gives_the_same_bytes() -> None:
    assert to_json({"a": declaration_resources(*prepared())}) == to_json(
        {"a": declaration_resources(*prepared())}
    )


@pytest.mark.parametrize("status", ["PROV", "VALI", "RECUP"])
def test_without_a_qualified_identity_neither_number_nor_oid_leaves(status: str) -> None:
    oid = "urn:oid:1.2.250.1.213.1.4.8"
    who = dominique(identifier=[identifier("8")], extension=[qualified(code=status)])
    declaration, lecture = prepared(who, droits(number=None))
    sent = to_json({"a": declaration_resources(declaration, lecture)}).decode()
    assert TEST_NUMBER not in sent
    assert oid not in sent


# ---------------------------------------------------------------- inside $evaluate-parcours


def evaluated(document: dict[str, Any]) -> dict[str, Any]:
    service = Service(Settings())
    body = encode(document)
    evaluation = service.evaluate(body)
    return answer_bundle(evaluation.decision, evaluation.lecture, CREATED, service.proposed(body, evaluation))


AUCUN = patient(
    name=[{"use": "official", "family": "TEST", "given": ["Dominique"]}], extension=[entry("aucun")]
)


def test_an_answer_carries_the_declaration_worth_proposing() -> None:
    answer = evaluated(visit(AUCUN))
    Bundle.model_validate(answer)
    kinds = [e["resource"]["resourceType"] for e in answer["entry"]]
    assert kinds[:3] == ["ClaimResponse", "QuestionnaireResponse", "Task"]
    claim = answer["entry"][0]["resource"]
    assert claim["formCode"]["coding"][0]["code"] == "S3704"


@pytest.mark.parametrize(
    "document",
    [
        visit(patient(extension=[entry("declare", {"reference": "Practitioner/mt"}, debut="2020-01-01")])),
        visit(AUCUN, practitioner("doc", "10100000002", ("urn:x", "10"))),
        visit(AUCUN, role("role-doc", "doc", code=[concept((R22, "GENR02"))])),
    ],
    ids=["declared", "unknown profession", "locum"],
)
def test_an_answer_without_use_for_a_declaration_carries_none(document: dict[str, Any]) -> None:
    answer = evaluated(document)
    assert {e["resource"]["resourceType"] for e in answer["entry"]} <= {"ClaimResponse", "OperationOutcome"}
    assert "formCode" not in answer["entry"][0]["resource"]


def test_a_declaration_that_cannot_be_prepared_never_spoils_the_answer() -> None:
    service = Service(Settings())
    evaluation = service.evaluate(encode(visit(AUCUN)))
    assert service.proposed(b"{}", evaluation) == []


def test_a_salaried_doctor_who_cannot_be_declared_is_not_proposed() -> None:
    salaried = role(
        "role-doc",
        "doc",
        organization={"reference": "Organization/lieu"},
        code=[concept((R23, "S"))],
    )
    place = {
        "resourceType": "Organization",
        "id": "lieu",
        "name": "Structure",
        "type": [concept((R02, "SA48"))],
    }
    assert len(evaluated(visit(AUCUN, salaried, place))["entry"]) == 1


def test_the_prepared_declaration_of_the_whole_request_is_complete_but_for_one_number() -> None:
    assert {c.id for c in preparee().manquants} == {Id.MEDECIN_STRUCTURE}
