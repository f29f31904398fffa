"""How one resource finds another, and what is known when it does not."""

from __future__ import annotations

import pytest
from tests.fhir.builders import (
    DOC,
    HOST,
    RPPS,
    Json,
    bundle,
    by_rpps,
    encounter,
    participant,
    patient,
    practitioner,
    read,
    ref,
    role,
    visit,
    warnings_of,
)

from parcours.errors import UnreadableBundle

OTHER_HOST = "https://autre.example/r4"
OID = "urn:oid:1.2.3"

FOUND = ["Patient/pat", f"{HOST}/Patient/pat", "Patient/pat/_history/2", f"{HOST}/Patient/pat/_history/2"]
NOT_FOUND = [
    "patient/pat",
    "Patient/pat/",
    "Patient//pat",
    "Patient/pat?x=1",
    "Patient/pat#x",
    "Patient/PAT",
    "#pat",
    f"{OTHER_HOST}/Patient/pat",
    "http://169.254.169.254/Patient/pat",
    "javascript:alert(1)",
    "urn:uuid:00000000-0000-4000-8000-000000000000",
    OID,
]


@pytest.mark.parametrize("reference", FOUND)
def test_references_that_lead_to_the_patient(reference: str) -> None:
    lecture = read(visit(subject=ref(reference)))
    assert lecture.visite.naissance is not None
    assert lecture.problems == ()


@pytest.mark.parametrize("reference", NOT_FOUND)
def test_references_that_lead_nowhere_leave_the_patient_unknown(reference: str) -> None:
    lecture = read(visit(subject=ref(reference)))
    assert lecture.visite.naissance is None, "another patient is in the bundle: he is not this one"
    found = [(p.expression, p.code) for p in lecture.problems]
    assert found == [("Bundle.entry[0].resource.subject", "not-found")]
    assert reference not in str(lecture.problems)
    assert lecture.contexte.patient is not None
    assert lecture.contexte.patient.reference == reference


@pytest.mark.parametrize("url", [OID, "urn:uuid:6f1e2d3c-0000-4000-8000-00000000000a"])
def test_urns_are_found_by_fullurl(url: str) -> None:
    document = visit(subject=ref(url))
    document["entry"][1]["fullUrl"] = url
    assert read(document).visite.naissance is not None


def two_servers() -> Json:
    document = visit()
    stranger = {"fullUrl": f"{OTHER_HOST}/Patient/pat", "resource": patient(birthDate="2015-01-01")}
    document["entry"].insert(0, stranger)
    return document


def test_two_servers_are_never_mixed() -> None:
    naissance = read(two_servers()).visite.naissance
    assert naissance is not None
    assert naissance.au_plus_tot.year == 1980


def test_without_fullurl_a_unique_type_and_id_is_found() -> None:
    lecture = read(bundle(encounter(), patient(), role(), practitioner(), base=None))
    assert lecture.visite.naissance is not None
    assert lecture.visite.praticien is not None
    assert lecture.visite.praticien.medecin.ressource == "Practitioner/doc"


def test_without_a_server_of_its_own_a_reference_does_not_choose_between_two() -> None:
    document = two_servers()
    document["entry"][1].pop("fullUrl")  # the Encounter
    assert read(document).visite.naissance is None


def contained_doctor(id: str = "doc") -> Json:
    inside = practitioner(id, "10100000009")
    return encounter(participant=[participant("#doc")], contained=[inside])


def test_a_fragment_is_looked_for_among_the_contained_first() -> None:
    praticien = read(bundle(contained_doctor(), practitioner())).visite.praticien
    assert praticien is not None
    assert praticien.medecin.rpps == "10100000009"
    assert praticien.medecin.ressource == f"{HOST}/Encounter/enc#doc"


def test_type_and_id_never_lead_inside_a_resource() -> None:
    inside = {**contained_doctor(), "participant": [participant("Practitioner/doc")]}
    praticien = read(bundle(inside, practitioner())).visite.praticien
    assert praticien is not None
    assert praticien.medecin.rpps == DOC


def test_contained_in_contained_is_refused_when_it_is_used() -> None:
    inside = {**practitioner("doc"), "contained": [practitioner("x")]}
    with pytest.raises(UnreadableBundle):
        read(bundle(encounter(participant=[participant("#doc")], contained=[inside])))


@pytest.mark.parametrize(
    "copies", [[practitioner("doc", None), practitioner("doc")], [{"resourceType": "Foo"}]]
)
def test_contained_that_cannot_be_told_apart_or_read_are_not_found(copies: list[Json]) -> None:
    lecture = read(bundle(encounter(participant=[participant("#doc")], contained=copies)))
    assert lecture.visite.praticien is not None
    assert lecture.visite.praticien.profession is None
    assert {p.code for p in lecture.problems} == {"structure", "not-found"}


IDNPS = "urn:oid:1.2.250.1.71.4.2.1"
BY_NUMBER = {
    "RPPS": {"system": RPPS, "value": DOC},
    "RPPS, old system": {"system": "http://rpps.fr", "value": DOC},
    "national identifier": {"system": IDNPS, "value": f"8{DOC}"},
}


@pytest.mark.parametrize("identifier", BY_NUMBER.values(), ids=BY_NUMBER)
def test_a_doctor_is_found_by_his_number(identifier: Json) -> None:
    one = {"individual": {"identifier": identifier}}
    praticien = read(visit(participant=[one])).visite.praticien
    assert praticien is not None
    assert praticien.medecin.nom == "TEST-DOC"
    assert praticien.medecin.rpps == DOC


def test_a_dangling_reference_keeps_the_number_it_carries() -> None:
    one = {"individual": {"reference": "Practitioner/ailleurs", **by_rpps("10100000007")}}
    lecture = read(visit(participant=[one]))
    assert lecture.visite.praticien is not None
    medecin = lecture.visite.praticien.medecin
    assert (medecin.rpps, medecin.ressource) == ("10100000007", f"{HOST}/Practitioner/ailleurs")


def test_the_number_of_an_activity_is_not_the_number_of_a_doctor() -> None:
    number = {"identifier": {"system": RPPS, "value": DOC}, "type": "PractitionerRole"}
    praticien = read(visit(participant=[{"individual": number}])).visite.praticien
    assert praticien is not None
    assert praticien.medecin.rpps is None


def test_a_patient_is_found_by_his_identifier() -> None:
    number = {"system": "urn:oid:1.2.3.4", "value": "77"}
    one = patient(identifier=[number])
    assert read(visit(one, subject={"identifier": number})).visite.naissance is not None


def test_a_reference_to_the_wrong_type_is_refused() -> None:
    with pytest.raises(UnreadableBundle) as refused:
        read(visit(subject=ref("Practitioner/mt")))
    assert refused.value.problems[0].expression == "Bundle.entry[0].resource.subject"


def test_two_patients_need_a_visit_that_designates_one() -> None:
    other = patient("autre", birthDate="2015-01-01")
    assert read(visit(other)).visite.naissance is not None
    document = visit(other)
    document["entry"][0]["resource"].pop("subject")
    lecture = read(document)
    assert lecture.visite.naissance is None
    assert "patient-ambigu" in warnings_of(lecture)


def test_the_only_patient_is_supposed_to_be_the_one_and_that_is_said() -> None:
    document = visit()
    document["entry"][0]["resource"].pop("subject")
    lecture = read(document)
    assert lecture.visite.naissance is not None
    assert "fait-suppose" in warnings_of(lecture)
    assert lecture.contexte.patient is not None
    assert lecture.contexte.patient.reference == "Patient/pat"
