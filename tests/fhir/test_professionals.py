"""Who is consulted: number, profession, specialty, activity."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.builders import (
    ANNUAIRE,
    AUTRE,
    DOC,
    HOST,
    MT,
    R02,
    R21,
    R22,
    R38,
    R66,
    R282,
    RPPS,
    Json,
    concept,
    ext,
    organization,
    participant,
    practitioner,
    read,
    ref,
    role,
    visit,
    warnings_of,
)

from parcours.domain.facts import Praticien, Profession, Secteur, Specialite
from parcours.errors import UnreadableBundle
from parcours.fhir.reading import Lecture

M = Profession.MEDECIN


def praticien(lecture: Lecture) -> Praticien:
    assert lecture.visite.praticien is not None
    return lecture.visite.praticien


def number_of(lecture: Lecture) -> str | None:
    return lecture.visite.praticien.medecin.rpps if lecture.visite.praticien else None


PARTICIPANTS: dict[str, tuple[list[Json], str | None]] = {
    "who performs, before who attends": (
        [participant("Practitioner/mt", "ATND"), participant("Practitioner/doc")],
        DOC,
    ),
    "who attends, before others": (
        [participant("Practitioner/mt", None), participant("Practitioner/doc", "ATND")],
        DOC,
    ),
    "the only professional": (
        [participant("RelatedPerson/r", None), participant("Practitioner/doc", None)],
        DOC,
    ),
    "the same twice": ([participant("Practitioner/doc"), participant("PractitionerRole/role-doc")], DOC),
    "two who perform": ([participant("Practitioner/mt"), participant("Practitioner/doc")], None),
    "two without part": ([participant("Practitioner/mt", None), participant("Practitioner/doc", None)], None),
    "nobody": ([{"type": [concept(("x", "PPRF"))]}], None),
    "a name only": ([{"individual": {"display": "Dr Nobody"}}], None),
}


@pytest.mark.parametrize(("participants", "number"), PARTICIPANTS.values(), ids=PARTICIPANTS)
def test_who_is_consulted(participants: list[Json], number: str | None) -> None:
    relative = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/pat")}
    lecture = read(visit(relative, participant=participants))
    assert number_of(lecture) == number
    several = len(participants) > 1 and number is None
    assert ("medecin-ambigu" in warnings_of(lecture)) == several


def claim(id: str = "claim", provider: str = "PractitionerRole/role-doc") -> Json:
    return {
        "resourceType": "Claim",
        "id": id,
        "status": "active",
        "type": concept(("http://terminology.hl7.org/CodeSystem/claim-type", "professional")),
        "use": "claim",
        "patient": ref("Patient/pat"),
        "created": "2026-02-17",
        "provider": ref(provider),
        "priority": concept(("http://terminology.hl7.org/CodeSystem/processpriority", "normal")),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "AMO"}}],
    }


def test_the_provider_of_the_only_claim_stands_in() -> None:
    lecture = read(visit(claim(), participant=[]))
    assert number_of(lecture) == DOC
    assert lecture.visite.origines["visite.medecin"].chemin.endswith(".provider")
    assert number_of(read(visit(claim(provider="Practitioner/mt")))) == DOC
    strangers = {**claim(), "patient": ref("Patient/autre")}
    assert number_of(read(visit(strangers, participant=[]))) is None


IDENTIFIERS: dict[str, tuple[list[Json], str | None]] = {
    "old": ([{"system": RPPS, "value": DOC, "use": "old"}], None),
    "ended": ([{"system": RPPS, "value": DOC, "period": {"end": "2025-12-31"}}], None),
    "ended later": ([{"system": RPPS, "value": DOC, "period": {"end": "2026-12-31"}}], DOC),
    "two": ([{"system": RPPS, "value": DOC}, {"system": RPPS, "value": MT}], None),
    "twice the same": (
        [{"system": RPPS, "value": DOC}, {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{DOC}"}],
        DOC,
    ),
    "with spaces": ([{"system": RPPS, "value": f"{DOC} "}], DOC),
    "too short": ([{"system": RPPS, "value": "1010"}], None),
    "not digits": ([{"system": RPPS, "value": "1010000000X"}], None),
    "another system": ([{"system": f"{RPPS}/", "value": DOC}], None),
    "an ADELI number": ([{"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"0{DOC}"}], None),
}


@pytest.mark.parametrize(("identifiers", "number"), IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_the_number_of_a_doctor(identifiers: list[Json], number: str | None) -> None:
    lecture = read(visit(practitioner("doc", None, identifier=identifiers)))
    assert number_of(lecture) == number
    ambiguous = [p for p in lecture.problems if p.code == "multiple-matches"]
    assert bool(ambiguous) == (len(identifiers) == 2 and number is None)


def test_the_number_of_the_assurance_maladie_and_the_name() -> None:
    numbers = [
        {"system": "https://www.ameli.fr", "value": "991129768"},
        {"system": RPPS, "value": "1011848351"},
    ]
    names = [
        {"use": "old", "family": "AVANT"},
        {"use": "usual", "family": "USUEL"},
        {"use": "official", "family": "X"},
    ]
    medecin = praticien(read(visit(role(identifier=numbers), practitioner(name=names)))).medecin
    assert (medecin.numero_am, medecin.nom, medecin.rpps) == ("991129768", "X", DOC)


def test_of_a_doctor_named_twice_the_reference_that_tells_his_activity_is_kept() -> None:
    named = [participant("Practitioner/doc"), participant("PractitionerRole/role-doc")]
    lecture = read(visit(role("elsewhere", "doc"), participant=named))
    assert (
        lecture.visite.origines["visite.medecin"].chemin
        == "Bundle.entry[0].resource.participant[1].individual"
    )
    assert lecture.contexte.praticien is not None
    assert lecture.contexte.praticien.reference == "PractitionerRole/role-doc"


# ---------------------------------------------------------------- which activity

TO_DOC = {"participant": [participant("Practitioner/doc")], "serviceProvider": ref("Organization/lieu")}


def test_the_only_activity_of_a_practitioner_is_his() -> None:
    one = role(specialty=[concept((R38, "SM38"))], organization=ref("Organization/lieu"))
    found = praticien(read(visit(one, organization(), **TO_DOC)))
    assert found.specialite is Specialite.OPHTALMOLOGIE
    assert found.medecin.cabinet == f"{HOST}/Organization/lieu"


def test_of_several_activities_the_one_of_the_place_is_meant() -> None:
    here = role("ici", specialty=[concept((R38, "SM38"))], organization=ref("Organization/lieu"))
    there = role("ailleurs", specialty=[concept((R38, "SM04"))], organization=ref("Organization/autre"))
    lecture = read(visit(here, there, role(active=False), organization(), **TO_DOC))
    assert praticien(lecture).specialite is Specialite.OPHTALMOLOGIE
    assert warnings_of(lecture) == set()


def test_of_several_activities_only_what_they_share_is_known() -> None:
    shared = {"extension": [contracted("1")], "code": [concept((R22, "GENR01"))]}
    one, two = role("a", specialty=[concept((R38, "SM38"))], **shared), role("b", **shared)
    lecture = read(visit(one, two, role(period={"end": "2020"}), **TO_DOC))
    found = praticien(lecture)
    assert (found.profession, found.specialite, found.secteur) == (M, None, Secteur.SECTEUR_1)
    assert "specialite-ambigue" in warnings_of(lecture)


def contracted(code: str) -> Json:
    return {
        "url": f"{ANNUAIRE}/as-ext-practitionerrole-contracted",
        "valueCodeableConcept": concept((R282, code)),
    }


SECTEURS = {
    "0": Secteur.NON_CONVENTIONNE,
    "nc": Secteur.NON_CONVENTIONNE,
    "1": Secteur.SECTEUR_1,
    "c1": Secteur.SECTEUR_1,
    "2": Secteur.SECTEUR_1_DEPASSEMENT,
    "c2": Secteur.SECTEUR_1_DEPASSEMENT,
    "3": Secteur.SECTEUR_2,
    "c3": Secteur.SECTEUR_2,
    "9": None,
}


@pytest.mark.parametrize(("code", "secteur"), SECTEURS.items())
def test_sectors_of_before_and_after_2026(code: str, secteur: Secteur | None) -> None:
    lecture = read(visit(role(extension=[contracted(code)])))
    assert praticien(lecture).secteur is secteur
    assert ("code-inconnu" in warnings_of(lecture)) == (secteur is None)


@pytest.mark.parametrize("optam", [True, False])
def test_optam(optam: bool) -> None:
    one = role(extension=[{"url": f"{ANNUAIRE}/as-ext-practitionerrole-hascas", "valueBoolean": optam}])
    assert praticien(read(visit(one))).optam is optam
    assert praticien(read(visit())).optam is None


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (R22, "GENR02", True),
        (R22, "GENR03", True),
        (R21, "FON-22", True),
        (R21, "FON-47", True),
        (R21, "FON-51", True),
        ("urn:oid:1.2.250.1.213.1.6.1.19", "GENR02", True),
        (R22, "GENR01", False),
        ("http://x.example", "GENR02", False),
    ],
)
def test_locums(system: str, code: str, expected: bool) -> None:
    assert praticien(read(visit(role(code=[concept((system, code))])))).remplacant is expected


def test_whom_a_locum_replaces() -> None:
    stands_in = ext("pds-ext-remplace", valueReference=ref("Practitioner/mt"))
    on_role = praticien(read(visit(role(code=[concept((R22, "GENR02"))], extension=[stands_in]))))
    assert on_role.remplace is not None
    assert (on_role.remplacant, on_role.remplace.rpps) == (True, MT)
    lecture = read(visit(participant=[participant("PractitionerRole/role-doc", extension=[stands_in])]))
    on_visit = praticien(lecture)
    assert on_visit.remplace is not None
    assert (on_visit.remplacant, on_visit.remplace.rpps) == (True, MT)
    assert "medecin.remplace" in lecture.visite.origines


DATE = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        (
            "premiere_installation",
            {"extension": [ext("pds-ext-premiere-installation", valueDate="2024-03-01")]},
        ),
        ("zone_depuis", {"extension": [ext("pds-ext-zone-sous-dense", valueDate="2024-03-01")]}),
        ("installation", {"period": {"start": "2024-03-01"}}),
    ],
)
def test_dates_of_a_career(name: str, elements: Json) -> None:
    assert getattr(praticien(read(visit(role(**elements)))), name) == DATE


def test_a_partial_date_of_a_career_says_nothing() -> None:
    one = role(extension=[ext("pds-ext-premiere-installation", valueDate="2024")])
    assert praticien(read(visit(one))).premiere_installation is None


@pytest.mark.parametrize(
    ("name", "id"),
    [("lieu_zone_depuis", "pds-ext-zone-sous-dense"), ("agrement_centre", "pds-ext-agrement-centre")],
)
def test_dates_of_a_place(name: str, id: str) -> None:
    place = organization(extension=[ext(id, valueDate="2024-03-01")])
    assert getattr(praticien(read(visit(place, serviceProvider=ref("Organization/lieu")))), name) == DATE
    assert getattr(praticien(read(visit(place, role(organization=ref("Organization/lieu"))))), name) == DATE


@pytest.mark.parametrize("code", [(R02, "SA02"), (R66, "114")])
def test_army_doctors(code: tuple[str, str]) -> None:
    place = organization("lieu", code)
    assert praticien(read(visit(place, role(organization=ref("Organization/lieu"))))).armees
    assert not praticien(read(visit(place, serviceProvider=ref("Organization/lieu")))).armees


@pytest.mark.parametrize("shared", [{"organization": "Organization/lieu"}, {"location": "Location/salle"}])
def test_who_exercises_in_the_same_premises(shared: dict[str, str]) -> None:
    elements: dict[str, Any] = {k: [ref(v)] if k == "location" else ref(v) for k, v in shared.items()}
    colleagues = [role(f"role-{who}", who, **elements) for who in ("mt", "autre")]
    stranger = role("role-x", "x", organization=ref("Organization/x"))
    people = [practitioner("autre", AUTRE), practitioner("x", "10100000004")]
    lecture = read(visit(role(**elements), *colleagues, stranger, *people))
    assert {m.rpps for m in lecture.visite.memes_locaux} == {MT, AUTRE}


def test_a_broken_activity_that_is_used_is_refused() -> None:
    with pytest.raises(UnreadableBundle):
        read(visit(role(specialty="SM54")))
