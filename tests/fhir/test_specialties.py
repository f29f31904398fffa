"""Profession and specialty, code by code."""

from __future__ import annotations

import pytest
from tests.fhir.builders import (
    DOC,
    G15,
    G100,
    R38,
    R39,
    R40,
    concept,
    practitioner,
    read,
    role,
    visit,
    warnings_of,
)

from parcours.domain.facts import Praticien, Profession, Specialite
from parcours.fhir.reading import Lecture

M = Profession.MEDECIN


def praticien(lecture: Lecture) -> Praticien:
    assert lecture.visite.praticien is not None
    return lecture.visite.praticien


R38_CLASSES = {
    Specialite.GENERALISTE: "SM26 SM53 SM54",
    Specialite.GYNECOLOGIE: "SM19 SM20 SM51 SM52",
    Specialite.OPHTALMOLOGIE: "SM38 SM85",
    Specialite.PSYCHIATRIE: "SM33 SM42 SM43 SM92 SM93",
    Specialite.STOMATOLOGIE: "SM06 SM07 SM50 SM56 SM68 SM77",
    Specialite.BIOLOGIE: "SM03 SM63 SM64 SM65 SM66 SM67",
    Specialite.PEDIATRIE: "SM40 SM87 SM88 SM89 SM90",
    Specialite.CARDIOLOGIE: "SM04 SM73 SM79 SM80 SM81",
    Specialite.NEUROLOGIE: "SM32 SM84",
    Specialite.GERIATRIE: "SM18",
    Specialite.DERMATOLOGIE: "SM15",
}
G100_CLASSES = {
    Specialite.GENERALISTE: "01 22 23",
    Specialite.GYNECOLOGIE: "07 70 77 79",
    Specialite.OPHTALMOLOGIE: "15",
    Specialite.PSYCHIATRIE: "17 33 75",
    Specialite.STOMATOLOGIE: "18 44 45 69",
    Specialite.BIOLOGIE: "38",
    Specialite.PEDIATRIE: "12",
    Specialite.CARDIOLOGIE: "03",
    Specialite.NEUROLOGIE: "32",
    Specialite.GERIATRIE: "34",
    Specialite.DERMATOLOGIE: "05",
}
DOCTORS_G100 = [*range(1, 19), 20, 22, 23, *range(31, 36), 37, 38, *range(41, 50), *range(69, 86)]


def classes(table: dict[Specialite, str], codes: list[str]) -> list[tuple[str, Specialite]]:
    named = {code: specialite for specialite, text in table.items() for code in text.split()}
    return [(code, named.get(code, Specialite.AUTRE)) for code in codes]


ORDINAL = classes(R38_CLASSES, [f"SM{n:02d}" for n in range(1, 96)])
BILLING = classes(G100_CLASSES, [f"{n:02d}" for n in DOCTORS_G100])
SPECIALTIES = [(R38, *row) for row in ORDINAL] + [(G100, *row) for row in BILLING]


@pytest.mark.parametrize(("system", "code", "specialite"), SPECIALTIES)
def test_every_specialty_code_of_a_doctor(system: str, code: str, specialite: Specialite) -> None:
    one = praticien(read(visit(practitioner("doc", DOC, (system, code)))))
    assert (one.profession, one.specialite) == (M, specialite)


PROFESSIONS: list[tuple[list[tuple[str, str]], Profession | None]] = [
    ([(G15, "10")], M),
    ([(G15, "40")], Profession.CHIRURGIEN_DENTISTE),
    ([(G15, "50")], Profession.SAGE_FEMME),
    ([(G15, "60")], Profession.INFIRMIER),
    ([(G15, "70")], Profession.AUTRE),
    ([(G15, "60"), (R38, "SI01")], Profession.INFIRMIER_PRATIQUE_AVANCEE),
    ([(R38, "SI05")], Profession.INFIRMIER_PRATIQUE_AVANCEE),
    ([(G15, "60"), (R38, "SI07")], Profession.INFIRMIER),
    ([(R38, "SCD02")], Profession.CHIRURGIEN_DENTISTE),
    ([(G100, "21")], Profession.SAGE_FEMME),
    ([(G100, "19")], Profession.CHIRURGIEN_DENTISTE),
    ([(G100, "36")], Profession.CHIRURGIEN_DENTISTE),
    ([(G100, "53")], Profession.CHIRURGIEN_DENTISTE),
    ([(G100, "54")], Profession.CHIRURGIEN_DENTISTE),
    ([(G100, "24")], Profession.INFIRMIER),
    ([(G100, "86")], Profession.INFIRMIER_PRATIQUE_AVANCEE),
    ([(G100, "26")], Profession.AUTRE),
    ([("urn:oid:1.2.250.1.71.1.2.7", "50")], Profession.SAGE_FEMME),
    ([(G15 + "/", "50")], None),
    ([(G15.upper(), "50")], None),
    ([("http://x.example", "50")], None),
]


@pytest.mark.parametrize(("codes", "profession"), PROFESSIONS)
def test_professions(codes: list[tuple[str, str]], profession: Profession | None) -> None:
    assert praticien(read(visit(practitioner("doc", DOC, *codes)))).profession is profession


BOTH = [
    ("one class in two codes", [(R38, "SM26"), (R38, "SM54")], Specialite.GENERALISTE, None),
    ("one class in two tables", [(R38, "SM54"), (G100, "22")], Specialite.GENERALISTE, None),
    ("two classes", [(R38, "SM54"), (R38, "SM40")], None, "specialite-ambigue"),
    ("a code to come", [(G15, "10"), (R38, "SM99")], None, "code-inconnu"),
    ("not defined", [(G15, "10"), (G100, "99")], None, "code-inconnu"),
    ("a doctor without specialty", [(G15, "10")], None, None),
    ("exclusive competence", [(R38, "SM26"), (R40, "CEX24")], Specialite.GYNECOLOGIE, None),
    ("exclusive competence alone", [(G15, "10"), (R40, "CEX22")], Specialite.GYNECOLOGIE, None),
    ("exclusive competence in urology", [(R38, "SM26"), (R40, "CEX64")], Specialite.AUTRE, None),
    ("competence alone", [(G15, "10"), (R39, "C25")], Specialite.GYNECOLOGIE, None),
    ("competence beside a specialty", [(R38, "SM54"), (R39, "C25")], Specialite.GENERALISTE, None),
    ("a competence that is no specialty", [(G15, "10"), (R39, "C05")], None, None),
]


@pytest.mark.parametrize(
    ("codes", "specialite", "warning"), [row[1:] for row in BOTH], ids=[row[0] for row in BOTH]
)
def test_several_codes(
    codes: list[tuple[str, str]], specialite: Specialite | None, warning: str | None
) -> None:
    lecture = read(visit(practitioner("doc", DOC, *codes)))
    one = praticien(lecture)
    assert (one.profession, one.specialite) == (M, specialite)
    assert warnings_of(lecture) == ({warning} if warning else set())


def test_two_professions_leave_it_unknown() -> None:
    lecture = read(visit(practitioner("doc", DOC, (G15, "10"), (G15, "50"))))
    assert praticien(lecture).profession is None
    assert "specialite-ambigue" in warnings_of(lecture)


def test_an_unknown_profession_is_unknown() -> None:
    lecture = read(visit(practitioner("doc", DOC, (G15, "99"))))
    assert praticien(lecture).profession is None
    assert "code-inconnu" in warnings_of(lecture)


def test_the_display_is_never_read() -> None:
    coding = {"system": R38, "code": "SM54", "display": "Ophtalmologie (SM)"}
    one = practitioner(qualification=[{"code": {"coding": [coding]}}])
    assert praticien(read(visit(one))).specialite is Specialite.GENERALISTE


def test_the_activity_says_the_specialty_before_the_diploma_does() -> None:
    lecture = read(visit(role(specialty=[concept((R38, "SM38"))])))
    assert praticien(lecture).specialite is Specialite.OPHTALMOLOGIE
    assert lecture.visite.origines["medecin.specialite"].chemin.endswith("specialty[0]")
    assert praticien(read(visit(role(code=[concept((R38, "SM38"))])))).specialite is Specialite.OPHTALMOLOGIE
    assert praticien(read(visit(role(specialty=[concept(("x", "y"))])))).specialite is Specialite.GENERALISTE


def test_a_midwife_who_became_a_doctor_is_what_her_activity_says() -> None:
    one = practitioner("doc", DOC, (G15, "50"), (G15, "10"))
    assert praticien(read(visit(one, role(specialty=[concept((G15, "10"))])))).profession is M


def test_a_qualification_that_ended_no_longer_counts() -> None:
    past = {"code": concept((R38, "SM40")), "period": {"end": "2020-01-01"}}
    now = {"code": concept((R38, "SM54"))}
    assert (
        praticien(read(visit(practitioner(qualification=[past, now])))).specialite is Specialite.GENERALISTE
    )
