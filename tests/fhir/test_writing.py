"""Every ClaimResponse that leaves is FHIR R4 and repeats of a request only what may travel."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from parcours.domain.decision import (
    Decision,
    Effet,
    Facturation,
    Manquant,
    MedecinFacture,
    Motif,
    Position,
    Reponse,
)
from parcours.errors import Problem
from parcours.fhir.elements import Identifier, Reference
from parcours.fhir.r4b import resource_model
from parcours.fhir.reading import Contexte, Lecture
from parcours.fhir.writing import answer_bundle, claim_response, operation_outcome, to_json

BARE = {
    "ips": None,
    "qtp": None,
    "qcp_attendu": (),
    "facturation": Facturation(indicateur=None, declaration_mt=None, top_mt=None),
    "motifs": (),
    "faits": (),
    "manquants": (),
    "alternatives": (),
    "avertissements": (),
    "politiques": (),
}

SHAPES: dict[str, dict[str, Any]] = {
    "everything": {},
    "nothing but a position": {**BARE, "position": Position.INDETERMINE, "situation": None},
    "outside the path": {"position": Position.HORS, "situation": "S2", "ips": "S", "qcp_attendu": ("23",)},
    "excluded, blank indicator": {"position": Position.NON_CONCERNE, "situation": "X", "ips": "", "qtp": "0"},
    "in the path, no code published": {"situation": None, "ips": "", "qtp": "0", "qcp_attendu": ()},
    "undetermined between two codes": {
        "position": Position.INDETERMINE,
        "situation": None,
        "situations_possibles": ("D", "S1"),
        "ips": None,
        "effets": {effet: Reponse.INCONNU for effet in Effet},
    },
    "a ground without version nor link": {
        "motifs": (Motif(regle="mayotte", titre="Mayotte", texte="CSS", version=None, url=None, depuis=None),)
    },
    "a doctor of whom little is known": {
        "facturation": Facturation(
            indicateur="",
            declaration_mt="oui",
            top_mt="",
            medecin=MedecinFacture(nom=None, prenom=" ", identifiant=None),
        )
    },
    "a missing fact without a path": {"manquants": (Manquant(fait="patient.age", chemin="", effet=()),)},
}

NOBODY = Contexte(
    patient=None,
    encounter=None,
    praticien=None,
    claim=None,
    claim_identifier=None,
    coverages=(),
    insurer="Assurance maladie obligatoire",
    facture=False,
)


def resources_of(body: bytes) -> dict[str, Any]:
    """The bytes as JSON, after ``fhir.resources`` and the checks it does not make."""
    content: dict[str, Any] = json.loads(body)
    model = resource_model(content["resourceType"])
    assert model is not None
    model.model_validate_json(body)
    for path, element in elements(content, content["resourceType"]):
        assert element not in ("", [], {}, None), f"{path} is empty"
        if isinstance(element, dict) and re.search(r"\.extension\[\d+\]$", path):
            values = [name for name in element if name.startswith("value")]
            assert len(values) + ("extension" in element) == 1, f"{path} breaks ext-1"
        if path.endswith((".valueCode", ".code")) and isinstance(element, str):
            assert re.fullmatch(r"\S+( \S+)*", element), f"{path} is no code"
    return content


def elements(element: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, element
    if isinstance(element, dict):
        for name, child in element.items():
            yield from elements(child, f"{path}.{name}")
    elif isinstance(element, list):
        for rank, child in enumerate(element):
            yield from elements(child, f"{path}[{rank}]")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_answer_is_a_valid_claim_response(
    shape: str, decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    answer = dataclasses.replace(decision, **SHAPES[shape])
    for context in (contexte, NOBODY):
        response = resources_of(to_json(claim_response(answer, context, created)))
        assert response["outcome"] == ("partial" if answer.position is Position.INDETERMINE else "complete")
        position = {"url": "position", "valueCode": answer.position.value}
        assert response["extension"][0]["extension"][0] == position
        assert len(response.get("error", [])) == len(answer.manquants)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("id", "5b0a4d0e-7c1f-5c0e-9a43-0d6e2f1c9b77"),
        ("meta", {"profile": ["https://parcours-soins.example/fhir/StructureDefinition/pds-claim-response"]}),
        ("language", "fr-FR"),
        (
            "identifier",
            [{"system": "urn:ietf:rfc:3986", "value": "urn:uuid:5b0a4d0e-7c1f-5c0e-9a43-0d6e2f1c9b77"}],
        ),
        ("status", "active"),
        (
            "type",
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "professional"}
                ]
            },
        ),
        ("use", "predetermination"),
        ("patient", {"reference": "Patient/pat"}),
        ("created", "2026-03-10T09:30:00+01:00"),
        ("insurer", {"display": "Assurance maladie obligatoire"}),
        (
            "requestor",
            {
                "reference": "PractitionerRole/role",
                "identifier": {"system": "https://rpps.esante.gouv.fr", "value": "10100000002"},
            },
        ),
        (
            "request",
            {
                "type": "Claim",
                "reference": "Claim/claim",
                "identifier": {"system": "urn:test", "value": "F1"},
            },
        ),
        ("outcome", "complete"),
        (
            "disposition",
            "Dans le parcours de soins coordonnés, indicateur de parcours O : "
            "Adressage par le médecin traitant.",
        ),
        (
            "insurance",
            [
                {"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/amo"}},
                {"sequence": 2, "focal": False, "coverage": {"reference": "Coverage/amc"}},
            ],
        ),
        (
            "error",
            [
                {
                    "extension": [
                        {
                            "url": "https://parcours-soins.example/fhir/StructureDefinition/pds-ext-expression",
                            "valueString": "Bundle.entry[2].resource.extension",
                        }
                    ],
                    "code": {
                        "coding": [
                            {
                                "system": "https://parcours-soins.example/fhir/CodeSystem/pds-cs-fait",
                                "code": "medecin.secteur",
                                "display": "Secteur de conventionnement du médecin consulté",
                            }
                        ]
                    },
                }
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_element_of_the_claim_response_says(
    element: str, value: object, decision: Decision, contexte: Contexte, created: dt.datetime
) -> None:
    assert claim_response(decision, contexte, created)[element] == value


def test_without_a_patient_the_answer_says_so(decision: Decision, created: dt.datetime) -> None:
    response = claim_response(decision, NOBODY, created)
    assert response["patient"] == {"display": "Patient non transmis"}
    assert not response.keys() & {"requestor", "request", "insurance"}


@pytest.mark.parametrize(
    ("reference", "repeated"),
    [
        (Reference(reference="#pat"), {"display": "Patient non transmis"}),
        (Reference(reference="#pat", display="TEST"), {"display": "TEST"}),
        (Reference(type="Patient"), {"display": "Patient non transmis"}),
        (
            Reference(identifier=Identifier(system="urn:oid:1.2.250.1.213.1.4.8", value="1")),
            {"display": "Patient non transmis"},
        ),
        (
            Reference(
                reference="Patient/p",
                identifier=Identifier(system="urn:oid:1.2.250.1.213.1.4.8", value="1"),
            ),
            {"reference": "Patient/p"},
        ),
        (
            Reference(identifier=Identifier(system="urn:local", value="1")),
            {"identifier": {"system": "urn:local", "value": "1"}},
        ),
    ],
    ids=["contained", "contained with a name", "type only", "INS", "INS beside a reference", "local number"],
)
def test_a_patient_is_repeated_without_what_must_not_travel(
    reference: Reference, repeated: dict[str, Any], decision: Decision, created: dt.datetime
) -> None:
    context = dataclasses.replace(NOBODY, patient=reference)
    assert claim_response(decision, context, created)["patient"] == repeated


def test_a_claim_known_by_its_number_only_is_named_by_it(decision: Decision, created: dt.datetime) -> None:
    context = dataclasses.replace(NOBODY, claim_identifier=Identifier(system="urn:test", value="F1"))
    assert claim_response(decision, context, created)["request"] == {
        "type": "Claim",
        "identifier": {"system": "urn:test", "value": "F1"},
    }


def test_the_answer_bundle_opens_with_the_claim_response_and_closes_with_the_remarks(
    decision: Decision, lecture: Lecture, created: dt.datetime
) -> None:
    remark = Problem("Bundle.entry[3]", "invalid", "Ressource ignorée.", "warning")
    noted = dataclasses.replace(lecture, problems=(remark,))
    bundle = resources_of(to_json(answer_bundle(decision, noted, created)))
    assert bundle["type"] == "collection"
    first, last = bundle["entry"]
    assert first["fullUrl"] == f"urn:uuid:{decision.id}"
    assert first["resource"]["resourceType"] == "ClaimResponse"
    assert last["fullUrl"].startswith("urn:uuid:")
    assert [(i["severity"], i["details"]["text"]) for i in last["resource"]["issue"]] == [
        ("warning", "Ressource ignorée."),
        ("information", "Médecin traitant supposé déclaré."),
    ]


def test_without_remarks_the_answer_bundle_holds_one_resource(
    decision: Decision, lecture: Lecture, created: dt.datetime
) -> None:
    silent = dataclasses.replace(decision, avertissements=())
    assert len(answer_bundle(silent, lecture, created)["entry"]) == 1


def test_the_same_decision_gives_the_same_bytes(
    decision: Decision, lecture: Lecture, created: dt.datetime
) -> None:
    first, second = (to_json(answer_bundle(decision, lecture, created)) for _ in range(2))
    assert first == second


def test_an_outcome_says_where_and_why() -> None:
    outcome = resources_of(
        to_json(
            operation_outcome(
                [Problem("Bundle.type", "required", "Type manquant."), Problem("", "value", "Non.")]
            )
        )
    )
    assert outcome["issue"] == [
        {
            "severity": "error",
            "code": "required",
            "details": {"text": "Type manquant."},
            "expression": ["Bundle.type"],
        },
        {"severity": "error", "code": "value", "details": {"text": "Non."}},
    ]
