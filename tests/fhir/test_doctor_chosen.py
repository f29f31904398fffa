"""What is told of the doctor of a declaration: by which place, and what asks for a second look."""

from __future__ import annotations

import pytest
from tests.fhir.builders import (
    G15,
    R21,
    R38,
    Json,
    bundle,
    concept,
    declaration,
    encounter,
    practitioner,
    ref,
    role,
)
from tests.fhir.declarations import adresse, cabinet, demande, dominique, lire, nom

from parcours.domain.declaration_facts import Exercice, Lu, MedecinChoisi


def choisi(document: Json) -> MedecinChoisi:
    chosen = lire(document).faits.medecin
    assert chosen is not None
    return chosen


NAMES: dict[str, tuple[list[Json], str | None]] = {
    "in use": ([nom("NAISSANCE"), nom("USAGE", use="usual")], "USAGE"),
    "of birth": ([nom(use=None), nom("NAISSANCE")], "NAISSANCE"),
    "of any use": ([nom("NOM", use=None)], "NOM"),
    "of the past": ([nom(use="old")], None),
}


@pytest.mark.parametrize(("names", "expected"), NAMES.values(), ids=NAMES)
def test_a_doctor_is_named_as_he_exercises(names: list[Json], expected: str | None) -> None:
    found = choisi(demande(practitioner("doc", "01234567897", (R38, "SM54"), name=names))).nom
    assert (found.valeur if found else None) == expected


OLD: Json = {"system": "urn:x", "value": "1"}
OTHER_NUMBERS: list[Json] = [
    OLD,
    {"system": "https://rpps.esante.gouv.fr", "value": "01234567897"},
    {"system": "https://www.ameli.fr", "value": "991129768"},
]
OF_THE_PLACE: list[Json] = [
    OLD,
    {"system": "https://finess.esante.gouv.fr", "value": "240000117"},
    {"system": "https://sirene.fr", "value": "73282932000074"},
]
FORMER = {**adresse("LILLE", "59000"), "use": "old"}


def test_what_is_told_of_a_doctor_is_told_by_its_place() -> None:
    doctor = practitioner("doc", identifier=OTHER_NUMBERS, name=[nom(use="old"), nom("DOC", "Camille")])
    place = cabinet(identifier=OF_THE_PLACE, address=[FORMER, adresse()])
    found = choisi(demande(doctor, place))
    assert [found.nom, found.prenom, found.rpps, found.numero_am] == [
        Lu("DOC", "Bundle.entry[1].resource.name[1].family"),
        Lu("Camille", "Bundle.entry[1].resource.name[1].given[0]"),
        Lu("01234567897", "Bundle.entry[1].resource.identifier[1].value"),
        Lu("991129768", "Bundle.entry[1].resource.identifier[2].value"),
    ]
    assert [found.finess, found.siret, found.raison_sociale, found.adresse] == [
        Lu("240000117", "Bundle.entry[3].resource.identifier[1].value"),
        Lu("73282932000074", "Bundle.entry[3].resource.identifier[2].value"),
        Lu("Cabinet fictif", "Bundle.entry[3].resource.name"),
        Lu("1 rue Fictive\n75001 PARIS", "Bundle.entry[3].resource.address[1]"),
    ]


def test_the_number_of_an_activity_is_told_by_its_place() -> None:
    numbers = [OLD, {"system": "https://www.ameli.fr", "value": "991129768"}]
    found = choisi(demande(identifier=numbers)).numero_am
    assert found == Lu("991129768", "Bundle.entry[2].resource.identifier[1].value")


def test_a_room_and_the_address_of_the_doctor_are_told_by_their_places() -> None:
    room = {"resourceType": "Location", "id": "salle", "name": "Annexe", "address": adresse("LYON", "69001")}
    doctor = {**practitioner(), "address": [adresse("LILLE", "59000"), {**adresse(), "use": "work"}]}
    found = choisi(bundle(dominique(), doctor, role(location=[ref("Location/salle")]), room))
    assert found.raison_sociale == Lu("Annexe", "Bundle.entry[3].resource.name")
    assert found.adresse == Lu("1 rue Fictive\n69001 LYON", "Bundle.entry[3].resource.address")
    found = choisi(bundle(dominique(), doctor))
    assert found.adresse == Lu("1 rue Fictive\n75001 PARIS", "Bundle.entry[1].resource.address[1]")


NO_ADDRESS: dict[str, Json] = {
    "without address": {},
    "whose address says nothing": {"address": {"use": "work"}},
}


@pytest.mark.parametrize("nothing", NO_ADDRESS.values(), ids=NO_ADDRESS)
def test_a_room_leaves_to_the_next_and_to_the_structure_what_it_does_not_tell(nothing: Json) -> None:
    room: Json = {"resourceType": "Location", "id": "salle", **nothing}
    second = {"resourceType": "Location", "id": "annexe", "name": "Annexe", "address": adresse("LYON")}
    found = choisi(demande(room, location=[ref("Location/salle")]))
    assert found.adresse == Lu("2 rue Fictive\n75002 PARIS", "Bundle.entry[3].resource.address[0]")
    both = [ref("Location/salle"), ref("Location/annexe")]
    found = choisi(bundle(dominique(), practitioner(), role(location=both), room, second))
    assert found.raison_sociale == Lu("Annexe", "Bundle.entry[4].resource.name")
    assert found.adresse == Lu("1 rue Fictive\n75001 LYON", "Bundle.entry[4].resource.address")


def test_a_place_that_is_not_there_is_told_once() -> None:
    nowhere = role(organization=ref("Organization/nowhere"), location=[ref("Location/nowhere")])
    problems = lire(bundle(dominique(), practitioner(), nowhere)).problems
    told = sorted((p.code, p.expression) for p in problems)
    assert told == [
        ("not-found", "Bundle.entry[2].resource.location[0]"),
        ("not-found", "Bundle.entry[2].resource.organization"),
    ]


def ended(*who: str, **elements: str) -> Json:
    entry = {"debut": "2015-01-01", "fin": "2025-12-31", "motifFin": "retraite", **elements}
    named = [ref(f"Practitioner/{id}") for id in who or ("doc",)]
    return dominique(extension=[declaration("declare", *named, **entry)])


FORMER_DOCTOR = practitioner("autre", "01234560801")
STILL = {"organization": ref("Organization/lieu")}
RETIRED: dict[str, tuple[list[Json], bool]] = {
    "he told so": ([ended(), encounter()], True),
    "he told so, that day": ([ended(fin="2026-02-17"), encounter()], False),
    "he told so, the day before": ([ended(fin="2026-02-16"), encounter()], True),
    "he left for another reason": ([ended(motifFin="fin-relation"), encounter()], False),
    "he and another told so": ([ended("autre", "doc"), FORMER_DOCTOR, encounter()], True),
    "another did": ([ended("autre"), FORMER_DOCTOR, encounter()], False),
    "his activity is over": ([role("role-doc", "doc", period={"end": "2026-02-16"}), encounter()], True),
    "his activity is over, that of another is not": (
        [role("role-doc", "doc", period={"end": "2025"}), role("a", "autre"), FORMER_DOCTOR, encounter()],
        True,
    ),
    "his activity ends that day": (
        [role("role-doc", "doc", period={"end": "2026-02-17"}), encounter()],
        False,
    ),
    "his activity is inactive": ([role("role-doc", "doc", active=False), encounter()], True),
    "one of his activities is over": (
        [role("before", "doc", period={"end": "2025"}), encounter()],
        False,
    ),
    "the activity of another is over": (
        [role("autre", "autre", period={"end": "2025"}), FORMER_DOCTOR, encounter()],
        False,
    ),
}


@pytest.mark.parametrize(("given", "retired"), RETIRED.values(), ids=RETIRED)
def test_who_seems_to_have_retired(given: list[Json], retired: bool) -> None:
    assert (Exercice.RETRAITE in choisi(demande(*given)).exercices) is retired


NO_DOUBT: dict[str, Json] = {
    "a general practitioner": practitioner("doc", "01234567897", (G15, "10"), (R38, "SM26")),
    "a code of another list": practitioner("doc", "01234567897", (G15, "10"), (R21, "SM25")),
    "a function of another list": role("role-doc", "doc", code=[concept((R38, "FON-29"))]),
    "another function": role("role-doc", "doc", code=[concept((R21, "FON-01"))]),
}


@pytest.mark.parametrize("given", NO_DOUBT.values(), ids=NO_DOUBT)
def test_other_exercises_ask_for_no_second_look(given: Json) -> None:
    assert choisi(demande(given)).exercices == frozenset()


def test_occupational_medicine_may_be_told_of_the_activity_beside_others() -> None:
    both = concept((R38, "SM54"), (R38, "SM25"))
    assert choisi(demande(specialty=[both])).exercices == {Exercice.TRAVAIL}


COLLEAGUES: dict[str, tuple[list[Json], bool]] = {
    "in the same premises": ([role("a", "autre", **STILL), FORMER_DOCTOR], True),
    "in others": ([role("a", "autre", organization=ref("Organization/x")), FORMER_DOCTOR], False),
    "nobody knows where": ([role("a", "autre"), FORMER_DOCTOR], False),
    "before": ([role("a", "autre", period={"end": "2025"}, **STILL), FORMER_DOCTOR], False),
}


@pytest.mark.parametrize(("given", "expected"), COLLEAGUES.values(), ids=COLLEAGUES)
def test_who_exercises_in_the_same_premises(given: list[Json], expected: bool) -> None:
    assert lire(demande(encounter(), *given)).faits.confreres is expected


def test_two_who_exercise_nobody_knows_where_are_no_colleagues() -> None:
    visited = bundle(encounter(), dominique(), practitioner(), role(), FORMER_DOCTOR, role("a", "autre"))
    assert not lire(visited).faits.confreres
