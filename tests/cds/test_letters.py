"""Which orders are letters of the médecin traitant to another doctor."""

from __future__ import annotations

import pytest
from tests.cds.calls import (
    NOS,
    WITH_MT,
    Json,
    call,
    changed,
    first,
    letter,
    order_sign,
    profession,
    resources,
    searchset,
)
from tests.cds.conftest import Ask

from parcours.fhir.systems import RPPS, code_system

URN = "urn:uuid:0c6f3f0a-6a5b-4b69-9b0e-3f0f3a9d2b11"
R38 = f"{NOS}/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"
SPECIALTY = {"coding": [{"system": R38, "code": "SM38"}]}
BY_NUMBER = {"identifier": {"system": RPPS, "value": "10100000995"}}
REFERRAL = {"coding": [{"system": code_system("pds-cs-adressage"), "code": "adressage"}]}
LABORATORY = {"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}
BIOLOGIST = {"coding": [{"system": R38, "code": "SM03"}]}
DOCTORS = ["Ophtalmologie", " OPHTALMOLOGIE (SM) ", "Médecine d’urgence", "medecine generale", "Médecin"]
OTHERS = ["Infirmier", "Sage-femme", "Laboratoire d'analyses médicales", "Masseur-Kinésithérapeute"]
COLLEAGUES: list[Json] = [
    {
        "resourceType": "Practitioner",
        "id": "confrere",
        "identifier": [{"system": RPPS, "value": "10100000995"}],
        "qualification": [{"code": profession("10")}],
    },
    {"resourceType": "Practitioner", "id": "infirmiere", "qualification": [{"code": profession("60")}]},
    {
        "resourceType": "PractitionerRole",
        "id": "activite",
        "practitioner": {"reference": "Practitioner/inconnu"},
        "specialty": [SPECIALTY],
    },
]


@pytest.mark.parametrize("by", ["urn", "contained", "unreadable"])
def test_a_letter_whose_people_come_with_it_is_read(ask: Ask, by: str) -> None:
    body = order_sign(WITH_MT, letter(), user=mt())
    order = body["context"]["draftOrders"]["entry"][0]["resource"]
    if by == "urn":
        del order["performerType"]
        order["performer"] = [{"reference": URN}]
        body["context"]["draftOrders"]["entry"].append({"fullUrl": URN, "resource": COLLEAGUES[0]})
    elif by == "contained":
        known = next(r for r in resources(WITH_MT) if f"Practitioner/{r['id']}" == mt())
        order |= {"contained": [known | {"id": "elle"}], "requester": {"reference": "#elle"}}
        body["context"]["userId"] = "Practitioner/inconnu"
    else:
        order["category"] = "x"
    (card,) = ask(body)["cards"]
    told = "Parcours indéterminé" if by == "unreadable" else "Lettre du médecin traitant"
    assert card["summary"].startswith(told)


MT, OTHER = {"reference": "Practitioner/medecin-traitant"}, {"reference": "Practitioner/inconnu"}


def mt() -> str:
    """Who the médecin traitant of the example is."""
    (declared,) = (first(WITH_MT, "Patient") or {})["extension"]
    (who,) = (part["valueReference"] for part in declared["extension"] if part["url"] == "medecin")
    return str(who["reference"])


@pytest.mark.parametrize(
    ("elements", "recognised"),
    [
        ({"requester": "mt"}, True),
        ({}, True),
        ({"requester": OTHER}, False),
        ({"performerType": [], "performer": [{"reference": "Organization/laboratoire"}]}, False),
        ({"doNotPerform": True}, False),
        ({"performer": [], "performerType": SPECIALTY}, True),
        *(({"performer": [], "performerType": {"text": text}}, True) for text in DOCTORS),
        *(({"performer": [], "performerType": {"text": text}}, False) for text in OTHERS),
        ({"performer": [], "performerType": BIOLOGIST}, False),
        ({"performerType": []}, False),
        ({"performerType": [], "category": [REFERRAL]}, True),
        ({"category": [LABORATORY]}, False),
        *(({"performer": [], "performerType": profession(code)}, False) for code in ("60", "70", "91")),
        *(({"status": status}, False) for status in ("revoked", "entered-in-error", "completed")),
        *(({"status": status}, True) for status in ("draft", "active", "on-hold")),
        *(({"intent": intent}, False) for intent in ("proposal", "plan", "directive", "option")),
        *(({"intent": intent}, True) for intent in ("original-order", "instance-order")),
        ({"performerType": [], "performer": [{"reference": "Practitioner/confrere"}]}, True),
        ({"performerType": [], "performer": [{"reference": "PractitionerRole/activite"}]}, True),
        ({"performerType": [], "performer": [{"reference": URN}]}, False),
        (
            {"performerType": [], "performer": [{"identifier": {"system": RPPS, "value": "10100000995"}}]},
            True,
        ),
        ({"performer": [{"reference": "Practitioner/infirmiere"}]}, False),
        ({"performer": ["mt"]}, False),
        ({"extension": "x"}, True),
        ({"contained": [1], "requester": {"reference": "#a"}}, False),
    ],
    ids=str,
)
def test_the_letter_of_the_medecin_traitant_is_recognised(ask: Ask, elements: Json, recognised: bool) -> None:
    written = {k: {"reference": mt()} if v == "mt" else v for k, v in elements.items() if v != []}
    if elements.get("performer") == ["mt"]:
        written["performer"] = [{"reference": mt()}]
    order = {k: v for k, v in letter().items() if elements.get(k) != []} | written
    body = order_sign(WITH_MT, order, user=mt())
    body["prefetch"]["colleagues"] = searchset(*COLLEAGUES)
    cards = ask(body)["cards"]
    assert bool(cards) is recognised
    if cards:
        assert cards[0]["summary"] == (
            "Lettre du médecin traitant : la visite demandée sera dans le parcours, indicateur O."
        )
        assert cards[0]["extension"] == {"davinci-crd.associated-resource": ["ServiceRequest/lettre"]}


def test_a_letter_by_whoever_signs_is_not_hers_when_she_does_not_sign(ask: Ask) -> None:
    assert ask(order_sign(WITH_MT, letter(), user="Practitioner/inconnu"))["cards"] == []


UNHEARD = [
    {"performerType": {"text": "ophtalmologue"}},
    {"performerType": {"text": "Chirurgie orale"}},  # a doctor's specialty, and a dentist's
    {"performerType": {"coding": [{"system": "http://snomed.info/sct", "code": "394594003"}]}},
]


@pytest.mark.parametrize("addressed", UNHEARD, ids=str)
def test_an_addressee_in_words_that_nobody_knows_is_no_known_stranger(ask: Ask, addressed: Json) -> None:
    order = {name: value for name, value in letter(**addressed).items() if name != "performer"}
    (card,) = ask(order_sign(WITH_MT, order, user=mt()))["cards"]
    assert card["summary"] == "Parcours indéterminé, il manque : la profession du destinataire."
    assert ask(order_sign(WITH_MT, order, user="Practitioner/inconnu"))["cards"] == []


@pytest.mark.parametrize("birth", ["2015-05-10", "2025"])
def test_a_letter_for_a_child_promises_no_indicator(ask: Ask, birth: str) -> None:
    body = changed(order_sign(WITH_MT, letter(), user=mt()), "prefetch.patient.birthDate", birth)
    assert ask(body) == {"cards": []}


def test_a_letter_for_who_has_no_path_promises_no_indicator(ask: Ask) -> None:
    body = order_sign(WITH_MT, letter(), user=mt())
    body["prefetch"]["coverage"] = call("45")["prefetch"]["coverage"]
    assert ask(body) == {"cards": []}


NO_LETTERS = ["MedicationRequest", "NutritionOrder", "DeviceRequest", "VisionPrescription", "Task"]


@pytest.mark.parametrize("kinds", [[], NO_LETTERS], ids=["none", "others"])
def test_c11_orders_that_are_no_letters_are_answered_with_nothing(ask: Ask, kinds: list[str]) -> None:
    orders = [{"resourceType": kind, "id": kind, "status": "draft"} for kind in kinds]
    assert ask(order_sign(WITH_MT, *orders, user=mt())) == {"cards": []}
