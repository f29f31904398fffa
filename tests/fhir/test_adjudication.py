"""Euros in FHIR: exact, by line of the invoice or at the root; what nobody knows is not there."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from tests.fhir.bills import base, charge, claim, item, money
from tests.fhir.builders import Json, coverage, declaration, encode, ext, ours, patient, ref, role, visit
from tests.fhir.test_writing import resources_of

from parcours.fhir.systems import EXT_CONTRACTED
from parcours.fhir.writing import answer_bundle, to_json
from parcours.service import Service
from parcours.settings import Settings

CREATED = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)
SECTEUR_1 = {
    "url": EXT_CONTRACTED,
    "valueCodeableConcept": {
        "coding": [
            {
                "system": "https://mos.esante.gouv.fr/NOS/TRE_R282-CNAMAmeliSecteurConventionnement/FHIR/"
                "TRE-R282-CNAMAmeliSecteurConventionnement",
                "code": "1",
            }
        ]
    },
}
DECLARED = patient(extension=[declaration("declare", ref("Practitioner/doc"))])
NOBODY = patient(extension=[declaration("aucun")])


def answered(*resources: Json) -> tuple[Json, str]:
    """The ClaimResponse to a visit to a sector 1 doctor, and its bytes; both checked."""
    evaluation = Service(Settings()).evaluate(encode(visit(role(extension=[SECTEUR_1]), *resources)))
    body = to_json(answer_bundle(evaluation.decision, evaluation.lecture, CREATED))
    resources_of(body)
    return json.loads(body)["entry"][0]["resource"], body.decode()


def amounts(element: Json, key: str = "adjudication") -> dict[str, Any]:
    """Code of the category → value."""
    return {
        a["category"]["coding"][0]["code"]: a["amount"]["value"] if "amount" in a else a.get("value")
        for a in element[key]
    }


def test_each_line_of_the_invoice_is_answered_under_its_number() -> None:
    response, _ = answered(
        DECLARED, claim(item(7, "G", net=money(30)), item(3, "MEG", net=money(5), extension=[base(5)]))
    )
    first, second = response["item"]
    assert (first["itemSequence"], second["itemSequence"]) == (7, 3)
    assert amounts(first) == {
        "submitted": 30,
        "eligible": 30,
        "benefit": 19,
        "majoration": 0,
        "participation-forfaitaire": 2,
        "ticket-moderateur": 9,
        "complementaire": 9,
        "depassement": 0,
        "reste-a-charge": 11,
        "eligpercent": 70,
    }
    assert amounts(second)["benefit"] == 3.5
    assert amounts(response, "total")["benefit"] == 22.5
    assert "adjudication" not in response
    assert {a["amount"]["currency"] for a in response["total"]} == {"EUR"}


def test_amounts_leave_as_numbers_with_two_decimals() -> None:
    _, body = answered(DECLARED, claim(item(1, "G", net=money(30))))
    assert '"amount":{"value":19.00,"currency":"EUR"}' in body
    assert '"amount":{"value":0.00,"currency":"EUR"}' in body
    assert '"value":70}' in body


def test_standard_categories_are_hl7_s_and_the_others_ours() -> None:
    response, _ = answered(DECLARED, claim(item(1, "G", net=money(30))))
    systems = {
        a["category"]["coding"][0]["code"]: a["category"]["coding"][0]["system"]
        for a in response["item"][0]["adjudication"]
    }
    standard = {code for code, system in systems.items() if system.startswith("http://terminology.hl7.org/")}
    assert standard == {"submitted", "eligible", "eligpercent", "benefit"}
    assert {systems[code] for code in systems.keys() - standard} == {
        "https://parcours-soins.example/fhir/CodeSystem/pds-cs-adjudication"
    }


def test_without_an_invoice_the_amounts_stand_at_the_root() -> None:
    response, _ = answered(DECLARED, charge(code=ours("pds-cs-ngap", "G"), priceOverride=money(30)))
    assert amounts(response)["benefit"] == 19
    assert amounts(response, "total")["benefit"] == 19
    assert "item" not in response


def test_without_an_act_only_the_rate_is_there() -> None:
    response, _ = answered(DECLARED)
    assert amounts(response) == {"eligpercent": 70}
    assert not response.keys() & {"item", "total"}


def test_what_nobody_knows_is_left_out() -> None:
    response, _ = answered(patient(), claim(item(1, "G", net=money(30))))
    assert amounts(response["item"][0]) == {
        "submitted": 30,
        "eligible": 30,
        "participation-forfaitaire": 2,
        "ticket-moderateur": 9,
        "complementaire": 9,
        "depassement": 0,
    }
    assert "benefit" not in amounts(response, "total")


def test_a_line_of_which_nothing_is_known_says_so() -> None:
    response, _ = answered(NOBODY, coverage("cov", "rss-de-passage"), claim(item(1, "ZZZ")))
    amounts_of_line = amounts(response["item"][0])
    assert set(amounts_of_line) <= {"benefit", "participation-forfaitaire", "majoration"}
    assert response["item"][0]["adjudication"]


def test_a_visit_that_is_not_paid_has_no_euros() -> None:
    outside = {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR"}}
    mt = patient(extension=[declaration("declare", ref("Practitioner/mt"))])
    evaluation = Service(Settings()).evaluate(encode(visit(mt, claim(item(net=money(25))), **outside)))
    response = answer_bundle(evaluation.decision, evaluation.lecture, CREATED)["entry"][0]["resource"]
    assert evaluation.decision.remboursement is None
    assert not response.keys() & {"item", "adjudication", "total"}


def test_the_note_of_a_line_is_its_sum_and_each_term_prints_its_text() -> None:
    response, _ = answered(NOBODY, claim(item(1, "G", net=money(30)), item(2, "G", net=money(25))))
    notes = {note["number"]: note for note in response["processNote"]}
    first, second = (notes[line["noteNumber"][0]] for line in response["item"])
    assert (first["type"], first["text"]) == ("display", "Base 30,00 € × 70 % − 10,60 € − 2,00 € = 8,40 €")
    assert second["text"] == "Base 25,00 € × 70 % − 10,00 € − 2,00 € = 5,50 €"
    printed = [note["text"] for note in notes.values() if note["type"] == "print"]
    assert any(text.startswith("Participation forfaitaire, 2,00 € : CSS L160-13 II") for text in printed)
    assert any("CSS R160-6, al. 3 : plafond de 10,60 €" in text for text in printed)
    assert list(notes) == list(range(1, len(notes) + 1))


CAMIEG = coverage("cov", "amo", "camieg")


@pytest.mark.parametrize(
    ("coverages", "lines"),
    [
        ([coverage("cov", "amo")], [{"reference": "Coverage/cov"}]),
        ([CAMIEG], [{"reference": "Coverage/cov"}, {"display": "Camieg, part complémentaire"}]),
        (
            [CAMIEG, coverage("autre", "amo")],
            [{"reference": "Coverage/cov"}, {"reference": "Coverage/autre"}],
        ),
        ([], []),
    ],
)
def test_camieg_pays_its_complementary_part_on_a_second_line(
    coverages: list[Json], lines: list[Json]
) -> None:
    response, body = answered(DECLARED, *coverages, claim(item(1, "G", net=money(30))))
    insurance = response.get("insurance", [])
    assert [line["coverage"] for line in insurance] == lines
    assert [line["focal"] for line in insurance] == [rank == 0 for rank in range(len(lines))]
    assert ("régime de base et part complémentaire" in body) == (coverages[:1] == [CAMIEG])


def test_withheld_participations_change_the_sum() -> None:
    retenues = ext("pds-ext-participations", extension=[{"url": "annee", "valueMoney": money(49)}])
    response, _ = answered(DECLARED, coverage(extension=[retenues]), claim(item(1, "G", net=money(30))))
    assert amounts(response["item"][0])["participation-forfaitaire"] == 1
    assert amounts(response["item"][0])["benefit"] == 20
