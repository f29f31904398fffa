"""Which doctor a declaration names, where he exercises, and what asks for a second look."""

from __future__ import annotations

import pytest
from tests.fhir.builders import (
    G15,
    R21,
    R38,
    R66,
    Json,
    bundle,
    by_rpps,
    concept,
    declaration,
    encounter,
    ext,
    participant,
    practitioner,
    ref,
    role,
)
from tests.fhir.declarations import (
    R23,
    adresse,
    cabinet,
    demande,
    dominique,
    lire,
    preparee,
)

from parcours.domain.declaration import Id
from parcours.domain.declaration_facts import Exercice, Lu, Structure

# ---------------------------------------------------------------- which doctor


def test_the_doctor_declared_so_far_is_not_the_one_chosen() -> None:
    history = [declaration("declare", ref("Practitioner/ancien"), debut="2020-01-01")]
    former = practitioner("ancien", "01234560801")
    for patient in (
        dominique(extension=history),
        dominique(generalPractitioner=[ref("Practitioner/ancien")]),
    ):
        chosen = lire(demande(patient, former)).faits.medecin
        assert chosen is not None
        assert chosen.praticien.medecin.rpps == "01234567897"


def test_of_two_doctors_none_is_chosen() -> None:
    lecture = lire(demande(practitioner("autre", "01234560801")))
    assert lecture.faits.medecin is None
    assert "medecin-ambigu" in {a.code for a in lecture.faits.avertissements}


def test_without_a_doctor_the_form_waits_for_one() -> None:
    assert lire(bundle(dominique())).faits.medecin is None


def test_a_doctor_known_by_a_number_alone() -> None:
    visit = encounter(participant=[{"individual": by_rpps("01234567897")}])
    chosen = lire(bundle(visit, dominique())).faits.medecin
    assert chosen is not None
    assert chosen.rpps is not None
    assert chosen.rpps.chemin == "assertion"


def test_of_a_doctor_in_two_places_the_place_is_to_be_completed() -> None:
    elsewhere = role("ailleurs", "doc", organization=ref("Organization/autre"))
    chosen = lire(demande(elsewhere)).faits.medecin
    assert chosen is not None
    assert (chosen.raison_sociale, chosen.adresse) == (None, None)


@pytest.mark.parametrize(
    ("kind", "structure"),
    [
        ("SA01", Structure.HOPITAL),
        ("SA05", Structure.CENTRE_DE_SANTE),
        ("SA07", Structure.CABINET),
        ("SA13", Structure.ENTREPRISE),
        ("SA14", Structure.SCOLAIRE),
        ("SA17", Structure.MEDICO_SOCIAL),
        ("SA24", Structure.AUTRE),
        ("SA52", Structure.SISA),
    ],
)
def test_the_kind_of_structure_is_read(kind: str, structure: Structure) -> None:
    chosen = lire(demande(cabinet(kind))).faits.medecin
    assert chosen is not None
    assert chosen.structures == {structure}


def test_an_ehpad_is_an_esms() -> None:
    ehpad = cabinet(type=[concept((R66, "500"))])
    chosen = lire(demande(ehpad)).faits.medecin
    assert chosen is not None
    assert chosen.structures == {Structure.MEDICO_SOCIAL}


HOW_PAID: dict[str, tuple[list[Json], tuple[bool, int] | None]] = {
    "by a salary": ([concept((R23, "S"))], (True, 0)),
    "by his patients": ([concept((R23, "L"))], (False, 0)),
    "in both ways": ([concept((R23, "S"), (R23, "L"))], (False, 0)),
    "told after what he does": ([concept((R21, "FON-29")), concept((R23, "S"))], (True, 1)),
    "told beside what he does": ([concept((R21, "FON-29"), (R23, "S"))], (True, 0)),
    "not told": ([concept((R21, "FON-29"))], None),
    "told without a code": ([{"coding": [{"system": R23}]}, concept((R23, "S"))], (True, 1)),
    "told in another system": ([concept((R21, "S"))], None),
}


@pytest.mark.parametrize(("code", "expected"), HOW_PAID.values(), ids=HOW_PAID)
def test_salaried_or_not(code: list[Json], expected: tuple[bool, int] | None) -> None:
    chosen = lire(demande(code=code)).faits.medecin
    assert chosen is not None
    if expected is None:
        assert chosen.salarie is None
        return
    salaried, rank = expected
    assert chosen.salarie == Lu(salaried, f"Bundle.entry[2].resource.code[{rank}]")


def test_of_a_doctor_in_two_activities_nobody_knows_how_he_is_paid() -> None:
    elsewhere = role("ailleurs", "doc", code=[concept((R23, "S"))])
    chosen = lire(demande(elsewhere, code=[concept((R23, "S"))])).faits.medecin
    assert chosen is not None
    assert chosen.salarie is None


THEIR_NUMBERS = {"finess": "240000117", "siret": "73282932000074"}


@pytest.mark.parametrize(
    ("number", "field"),
    [
        ({"system": "https://finess.esante.gouv.fr", "value": "240000117"}, "finess"),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "1240000117"}, "finess"),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "373282932000074"}, "siret"),
        ({"system": "https://sirene.fr", "value": "73282932000074"}, "siret"),
        ({"system": "http://finess.sante.gouv.fr", "value": "24 000 011 7"}, "finess"),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "12400001170"}, None),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "37328293200007"}, None),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "173282932000074"}, None),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "3732829320"}, None),
        ({"system": "https://sirene.fr", "value": "732829320"}, None),
        ({"system": "urn:oid:1.2.250.1.71.4.2.2", "value": "2732829320"}, None),
        ({"system": "https://finess.esante.gouv.fr", "value": "240000117", "use": "old"}, None),
    ],
)
def test_the_number_of_a_structure(number: Json, field: str | None) -> None:
    chosen = lire(demande(cabinet(identifier=[number]))).faits.medecin
    assert chosen is not None
    found = {"finess": chosen.finess, "siret": chosen.siret}
    read = {name: lu.valeur for name, lu in found.items() if lu}
    assert read == ({field: THEIR_NUMBERS[field]} if field else {})


def test_the_number_of_the_doctor_for_the_assurance_maladie() -> None:
    doctor = practitioner("doc", "01234567897", (R38, "SM54"))
    doctor["identifier"].append({"system": "https://www.ameli.fr", "value": "991129768"})
    assert preparee(doctor).champ(Id.MEDECIN_STRUCTURE).texte == "991129768"


def test_the_place_of_exercise_comes_before_the_address_of_its_structure() -> None:
    place = {"resourceType": "Location", "id": "salle", "name": "Annexe", "address": adresse("LYON", "69001")}
    prepared = preparee(place, location=[ref("Location/salle")])
    assert prepared.champ(Id.MEDECIN_ADRESSE).texte == "1 rue Fictive\n69001 LYON"
    alone = bundle(
        dominique(),
        practitioner(),
        role(location=[ref("Location/salle")]),
        place,
    )
    chosen = lire(alone).faits.medecin
    assert chosen is not None
    assert chosen.raison_sociale is not None
    assert chosen.raison_sociale.valeur == "Annexe"


def test_the_address_of_the_doctor_himself_serves_when_it_is_all_there_is() -> None:
    doctor = {**practitioner(), "address": [{**adresse(), "use": "work"}]}
    chosen = lire(bundle(dominique(), doctor)).faits.medecin
    assert chosen is not None
    assert chosen.adresse is not None
    assert chosen.adresse.valeur.endswith("75001 PARIS")


def test_where_the_doctor_lives_is_nobody_s_business() -> None:
    doctor = {**practitioner(), "address": [{**adresse(), "use": "home"}]}
    chosen = lire(bundle(dominique(), doctor)).faits.medecin
    assert chosen is not None
    assert chosen.adresse is None


DU_TRAVAIL = practitioner("doc", "01234567897", (G15, "10"), (R38, "SM25"))
EXERCICES: list[tuple[str, list[Json], Exercice]] = [
    (
        "occupational",
        [role("role-doc", "doc", code=[concept((R21, "FON-29"))])],
        Exercice.TRAVAIL,
    ),
    ("school", [role("role-doc", "doc", code=[concept((R21, "FON-21"))])], Exercice.SCOLAIRE),
    ("advisory", [role("role-doc", "doc", code=[concept((R21, "FON-19"))])], Exercice.CONSEIL),
    ("intern", [role("role-doc", "doc", code=[concept((R21, "FON-48"))])], Exercice.EN_FORMATION),
    (
        "occupational, by specialty",
        [practitioner("doc", "01234567897", (G15, "10"), (R38, "SM25"))],
        Exercice.TRAVAIL,
    ),
    ("of the armies", [cabinet("SA02")], Exercice.MILITAIRE),
]


@pytest.mark.parametrize(("_case", "given", "expected"), EXERCICES, ids=[case[0] for case in EXERCICES])
def test_exercises_that_ask_for_a_second_look(_case: str, given: list[Json], expected: Exercice) -> None:
    chosen = lire(demande(*given)).faits.medecin
    assert chosen is not None
    assert chosen.exercices == {expected}


def test_a_doctor_whose_activities_are_over_seems_retired() -> None:
    over = role("role-doc", "doc", period={"end": "2025-12-31"})
    chosen = lire(demande(over)).faits.medecin
    assert chosen is not None
    assert Exercice.RETRAITE in chosen.exercices


def test_a_doctor_known_to_have_retired_is_not_chosen_without_a_word() -> None:
    history = [
        declaration(
            "declare", ref("Practitioner/doc"), debut="2015-01-01", fin="2025-12-31", motifFin="retraite"
        )
    ]
    chosen = lire(demande(dominique(extension=history))).faits.medecin
    assert chosen is not None
    assert Exercice.RETRAITE in chosen.exercices


def test_a_locum_is_known_by_his_activity_or_by_the_visit() -> None:
    by_role = lire(demande(code=[concept((R21, "FON-22"))])).faits.medecin
    visit = encounter(
        participant=[
            participant(
                "PractitionerRole/role-doc",
                extension=[ext("pds-ext-remplace", valueReference=by_rpps("01234560801"))],
            )
        ]
    )
    by_visit = lire(demande(visit)).faits.medecin
    assert by_role is not None
    assert by_visit is not None
    assert by_role.praticien.remplacant
    assert by_visit.praticien.remplacant


def test_colleagues_of_the_same_premises_are_noticed() -> None:
    colleague = role("role-autre", "autre", organization=ref("Organization/lieu"))
    visit = encounter(participant=[participant("PractitionerRole/role-doc")])
    lecture = lire(demande(visit, colleague, practitioner("autre", "01234560801")))
    assert lecture.faits.confreres
