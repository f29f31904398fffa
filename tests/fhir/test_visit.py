"""The visit: which day, where, how, what for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.builders import (
    DOC,
    G15,
    INSEE,
    R02,
    R38,
    R66,
    V3,
    Json,
    bundle,
    concept,
    encounter,
    ext,
    organization,
    ours,
    participant,
    patient,
    practitioner,
    read,
    ref,
    request,
    role,
    visit,
    warnings_of,
)

from parcours.domain.facts import Circonstance, GroupeActe, Mode, NatureLieu, Specialite
from parcours.errors import UnreadableBundle
from parcours.fhir.nomenclature import LIEUX


def insee(code: str) -> Json:
    return {"extension": [{"url": INSEE, "valueCoding": {"code": code}}]}


def at(address: Json, start: str) -> dt.date:
    place = organization(address=[address])
    return read(visit(place, serviceProvider=ref("Organization/lieu"), period={"start": start})).visite.date


DAYS = [
    ({"postalCode": "75011"}, "2026-06-30T22:30:00Z", "2026-07-01"),
    ({"postalCode": "97200"}, "2026-06-30T22:30:00Z", "2026-06-30"),
    ({"postalCode": "97400"}, "2026-06-30T22:30:00Z", "2026-07-01"),
    (insee("97611"), "2026-06-30T22:30:00Z", "2026-07-01"),
    ({"postalCode": "98800"}, "2026-06-30T13:30:00Z", "2026-07-01"),
    ({"postalCode": "98714"}, "2026-07-01T05:00:00Z", "2026-06-30"),
    ({"postalCode": "98000"}, "2026-06-30T22:30:00Z", "2026-07-01"),
    ({"postalCode": "97200", "country": "US"}, "2026-06-30T22:30:00Z", "2026-07-01"),
    ({"city": "Paris"}, "2026-06-30T22:30:00Z", "2026-07-01"),
    ({"postalCode": "75011"}, "2026-07-01", "2026-07-01"),
    ({"postalCode": "97200"}, "2026-07-01", "2026-07-01"),
    ({"postalCode": "75011"}, "2016-12-31T23:59:60Z", "2017-01-01"),
    ({"postalCode": "75011"}, "2026-03-29T02:30:00.123456789+01:00", "2026-03-29"),
    ({"postalCode": "75011"}, "2026-07-01T08:00:00+14:00", "2026-06-30"),
    ({"postalCode": "75011"}, "2026-07-01T12:30:00-12:00", "2026-07-02"),
]


@pytest.mark.parametrize(("address", "start", "day"), DAYS)
def test_the_day_is_that_of_the_place_of_care(address: Json, start: str, day: str) -> None:
    assert at(address, start) == dt.date.fromisoformat(day)


def test_who_the_doctor_is_is_read_for_the_day_of_the_place() -> None:
    """In Martinique it is still the last day of his activity, in Paris no more."""
    place = organization(address=[{"postalCode": "97200"}])
    last = role(period={"end": "2026-06-30"}, specialty=[concept((R38, "SM54"))])
    document = visit(
        place,
        last,
        practitioner("doc", DOC, (G15, "10")),
        participant=[participant("Practitioner/doc")],
        serviceProvider=ref("Organization/lieu"),
        period={"start": "2026-06-30T22:30:00Z"},
    )
    praticien = read(document).visite.praticien
    assert praticien is not None
    assert praticien.specialite is Specialite.GENERALISTE


def test_the_room_comes_before_the_structure_and_the_activity_last() -> None:
    room = {"resourceType": "Location", "id": "salle", "address": {"postalCode": "97400"}}
    martinique, paris = organization(address=[{"postalCode": "97200"}]), {"postalCode": "75011"}
    document = visit(room, martinique, location=[{"location": ref("Location/salle")}])
    assert read(document).visite.departement_lieu == "974"
    owned = {"resourceType": "Location", "id": "salle", "managingOrganization": ref("Organization/lieu")}
    document = visit(owned, martinique, location=[{"location": ref("Location/salle")}])
    assert read(document).visite.departement_lieu == "972"
    working = role(organization=ref("Organization/lieu"))
    assert read(visit(organization(address=[paris]), working)).visite.departement_lieu == "75"


def test_the_structure_above_has_the_address() -> None:
    unit = organization("unite", partOf=ref("Organization/lieu"))
    document = visit(
        unit, organization(address=[{"postalCode": "20090"}]), serviceProvider=ref("Organization/unite")
    )
    assert read(document).visite.departement_lieu == "2A"


DEPARTEMENTS = {
    "13001": "13",
    "01000": "01",
    "20000": "2A",
    "20200": "2B",
    "97110": "971",
    "98000": None,
    "00100": None,
    "1300": None,
    "ABCDE": None,
}


@pytest.mark.parametrize(("postal", "code"), DEPARTEMENTS.items())
def test_the_departement_of_a_postal_code(postal: str, code: str | None) -> None:
    assert read(visit(patient(address=[{"postalCode": postal}]))).visite.departement_residence == code


@pytest.mark.parametrize(
    ("commune", "code"), [("2A004", "2A"), ("2B033", "2B"), ("97411", "974"), ("75111", "75")]
)
def test_the_insee_code_comes_before_the_postal_code(commune: str, code: str) -> None:
    one = patient(address=[{"use": "home", "postalCode": "13001", **insee(commune)}])
    assert read(visit(one)).visite.departement_residence == code


HOMES: list[tuple[list[Json], str | None]] = [
    ([], None),
    ([{"postalCode": "13001"}, {"postalCode": "75001"}], None),
    ([{"postalCode": "13001"}, {"use": "home", "postalCode": "75001"}], "75"),
    ([{"use": "old", "postalCode": "13001"}, {"postalCode": "75001"}], "75"),
    ([{"use": "work", "postalCode": "13001"}], None),
    ([{"use": "home", "postalCode": "13001", "period": {"end": "2025"}}], None),
    ([{"use": "home", "postalCode": "13001"}, {"use": "home", "postalCode": "75001"}], None),
]


@pytest.mark.parametrize(("addresses", "code"), HOMES)
def test_the_home_is_the_one_address_that_is_home_that_day(addresses: list[Json], code: str | None) -> None:
    one = patient(address=addresses) if addresses else patient()
    assert read(visit(one)).visite.departement_residence == code


NO_DAY: dict[str, Json] = {
    "no period": {"period": {"end": "2026-02-17"}},
    "a month": {"period": {"start": "2026-02"}},
    "a year": {"period": {"start": "2026"}},
    "no date": {"period": {"start": "hier"}},
    "a number": {"period": {"start": 20260217}},
    "year zero": {"period": {"start": "0000-01-01"}},
}


@pytest.mark.parametrize("elements", NO_DAY.values(), ids=NO_DAY)
def test_without_a_full_day_of_care_the_request_is_refused(elements: Json) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(**elements))
    assert "Bundle.entry[0].resource.period.start" in {p.expression for p in refused.value.problems}


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_visit_that_did_not_take_place_is_refused(status: str) -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(status=status))
    assert [(p.code, p.expression) for p in refused.value.problems] == [
        ("business-rule", "Bundle.entry[0].resource.status")
    ]


def test_two_visits_are_refused_unless_one_was_an_error() -> None:
    other = {**encounter(), "id": "autre"}
    with pytest.raises(UnreadableBundle):
        read(visit(other))
    lecture = read(visit({**other, "status": "entered-in-error"}))
    assert [p.code for p in lecture.problems] == ["business-rule"]


BIRTHS = {
    "2026-02-18": False,
    "2026-02-17": True,
    "1896-02-18": True,
    "1896-01-01": True,
    "1895-12-31": False,
    "9999-12-31": False,
}


@pytest.mark.parametrize(("born", "fine"), BIRTHS.items())
def test_a_birth_after_the_visit_or_130_years_before_is_refused(born: str, fine: bool) -> None:
    document = visit(patient(birthDate=born))
    if fine:
        assert read(document).visite.naissance is not None
        return
    with pytest.raises(UnreadableBundle) as refused:
        read(document)
    assert [(p.expression, p.code) for p in refused.value.problems] == [
        ("Bundle.entry[1].resource.birthDate", "value")
    ]


def test_a_partial_birth_date_is_an_interval() -> None:
    naissance = read(visit(patient(birthDate="2010-02"))).visite.naissance
    assert naissance is not None
    assert (naissance.au_plus_tot, naissance.au_plus_tard) == (dt.date(2010, 2, 1), dt.date(2010, 2, 28))


MODES = {
    "AMB": Mode.AMBULATOIRE,
    "VR": Mode.TELECONSULTATION,
    "EMER": Mode.URGENCES,
    "IMP": Mode.HOSPITALISATION,
    "ACUTE": Mode.HOSPITALISATION,
    "NONAC": Mode.HOSPITALISATION,
    "SS": Mode.HOSPITALISATION,
    "HH": Mode.AMBULATOIRE,
    "FLD": Mode.AMBULATOIRE,
    "PRENC": Mode.AMBULATOIRE,
    "OBSENC": Mode.HOSPITALISATION,
    "ZZZ": None,
}


@pytest.mark.parametrize(("code", "mode"), MODES.items())
def test_the_mode_is_the_class_of_the_encounter(code: str, mode: Mode | None) -> None:
    lecture = read(visit(**{"class": {"system": f"{V3}/v3-ActCode", "code": code}}))
    assert lecture.visite.mode is mode
    assert ("code-inconnu" in warnings_of(lecture)) == (mode is None)
    assert (Circonstance.URGENCE in lecture.visite.circonstances) == (code == "EMER")


def test_a_class_of_another_system_says_nothing() -> None:
    assert read(visit(**{"class": {"system": "http://x.example", "code": "EMER"}})).visite.mode is None


def circonstance(code: str) -> Json:
    return ext("pds-ext-circonstance", valueCodeableConcept=ours("pds-cs-circonstance", code))


@pytest.mark.parametrize("circonstance_", list(Circonstance))
def test_every_circumstance_of_the_contract_is_read(circonstance_: Circonstance) -> None:
    visite = read(visit(extension=[circonstance(circonstance_.value)])).visite
    assert visite.circonstances == {circonstance_}
    origine = visite.origines[f"visite.circonstance:{circonstance_}"]
    assert origine.chemin == "Bundle.entry[0].resource.extension[0]"


def test_an_unknown_circumstance_is_named_as_unknown() -> None:
    lecture = read(visit(extension=[circonstance("zorglub")]))
    assert lecture.visite.circonstances == frozenset()
    assert "code-inconnu" in warnings_of(lecture)


def test_priority_may_say_emergency() -> None:
    visite = read(visit(priority=concept((f"{V3}/v3-ActPriority", "EM")))).visite
    assert visite.circonstances == {Circonstance.URGENCE}
    assert visite.origines["visite.circonstance:urgence"].chemin.endswith("priority")


@pytest.mark.parametrize("groupe", list(GroupeActe))
def test_every_group_of_acts_is_read(groupe: GroupeActe) -> None:
    visite = read(visit(type=[ours("pds-cs-acte-acces-direct", groupe.value)])).visite
    assert visite.actes == frozenset({groupe})


def test_the_group_of_acts_is_unknown_when_nobody_says_it() -> None:
    assert read(visit()).visite.actes is None
    lecture = read(visit(type=[ours("pds-cs-acte-acces-direct", "zorglub")]))
    assert lecture.visite.actes is None
    assert "code-inconnu" in warnings_of(lecture)


PLACES = [
    ((R02, "SA01"), {NatureLieu.HOPITAL}),
    ((R02, "SA02"), {NatureLieu.HOPITAL, NatureLieu.HOPITAL_ARMEES}),
    ((R02, "SA05"), {NatureLieu.CENTRE_DE_SANTE}),
    ((R02, "SA07"), set()),
    ((R02, "SA15"), {NatureLieu.SANTE_SEXUELLE}),
    ((R02, "SA28"), {NatureLieu.HUMANITAIRE}),
    ((R02, "SA50"), {NatureLieu.PERMANENCE_DES_SOINS}),
    ((R02, "SA67"), {NatureLieu.PERMANENCE_DES_SOINS}),
    (("urn:oid:1.2.250.1.71.4.2.4", "SA28"), {NatureLieu.HUMANITAIRE}),
    (("http://x.example", "SA28"), set()),
    ((R66, "101"), {NatureLieu.HOPITAL}),
    ((R66, "114"), {NatureLieu.HOPITAL, NatureLieu.HOPITAL_ARMEES}),
    ((R66, "124"), {NatureLieu.CENTRE_DE_SANTE}),
    ((R66, "228"), {NatureLieu.SANTE_SEXUELLE}),
    ((R66, "601"), set()),
]


@pytest.mark.parametrize(("code", "natures"), PLACES)
def test_kinds_of_place(code: tuple[str, str], natures: set[NatureLieu]) -> None:
    document = visit(organization("lieu", code), serviceProvider=ref("Organization/lieu"))
    assert read(document).visite.lieux == natures


def test_the_activity_says_the_place_when_the_visit_does_not() -> None:
    document = visit(organization("lieu", (R02, "SA05")), role(organization=ref("Organization/lieu")))
    assert read(document).visite.lieux == {NatureLieu.CENTRE_DE_SANTE}


def test_a_structure_is_what_the_one_above_it_is_when_it_says_nothing() -> None:
    unit = organization("unite", partOf=ref("Organization/lieu"))
    document = visit(unit, organization("lieu", (R02, "SA01")), serviceProvider=ref("Organization/unite"))
    assert read(document).visite.lieux == {NatureLieu.HOPITAL}


def test_a_loop_of_structures_ends() -> None:
    loop = organization("lieu", partOf=ref("Organization/lieu"))
    assert read(visit(loop, serviceProvider=ref("Organization/lieu"))).visite.lieux == frozenset()


def test_hospital_categories_are_those_the_table_marks() -> None:
    hospitals = {code for code, natures in LIEUX["R66"].items() if NatureLieu.HOPITAL in natures}
    assert hospitals == {
        *("101", "106", "114", "122", "128", "129", "131"),
        *("292", "294", "353", "355", "362", "365", "697"),
    }


def appointment(**elements: Any) -> Json:
    return {
        "resourceType": "Appointment",
        "id": "rdv",
        "status": "booked",
        "start": "2026-06-30T22:30:00Z",
        "participant": [
            {"actor": ref("Patient/pat"), "status": "accepted"},
            {"actor": ref("PractitionerRole/role-doc"), "status": "accepted"},
        ],
        "basedOn": [ref("ServiceRequest/adr")],
        "serviceType": [ours("pds-cs-acte-acces-direct", "ophtalmologie-dmla")],
        "extension": [circonstance("urgence")],
        **elements,
    }


def booked(**elements: Any) -> Json:
    doctors = (practitioner(), practitioner("mt", "10100000001"))
    return bundle(appointment(**elements), patient(), *doctors, role(), request())


def test_without_encounter_the_appointment_stands_in() -> None:
    lecture = read(booked())
    visite = lecture.visite
    assert visite.date == dt.date(2026, 7, 1)
    assert visite.naissance is not None
    assert visite.praticien is not None
    assert visite.praticien.medecin.rpps == "10100000002"
    assert visite.actes == frozenset({GroupeActe.DMLA})
    assert visite.circonstances == {Circonstance.URGENCE}
    assert len(visite.adressages) == 1
    assert visite.mode is None
    assert "visite.mode" not in visite.origines
    assert visite.chemins["visite.date"] == "Bundle.entry[0].resource.start"
    assert lecture.contexte.encounter is None


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_an_appointment_that_will_not_be_is_refused(status: str) -> None:
    with pytest.raises(UnreadableBundle):
        read(booked(status=status))


def test_an_appointment_for_two_patients_designates_none() -> None:
    both = [{"actor": ref(f"Patient/{id}"), "status": "accepted"} for id in ("pat", "autre")]
    lecture = read(booked(participant=both))
    assert lecture.visite.naissance is None
    assert "patient-ambigu" in warnings_of(lecture)


def test_an_encounter_comes_before_an_appointment() -> None:
    assert read(visit(appointment())).visite.date == dt.date(2026, 2, 17)
