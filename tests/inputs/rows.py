"""Bad inputs B-021 to B-103 of the catalogue, as a table: what is sent, and what must come back.

A row expects a status, or a position of a 200. Everybody here is invented. The rows that need more than one
request to this operation are elsewhere: ``test_catalogue.py`` says where.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fhir.builders import (
    DOC,
    G15,
    R38,
    Json,
    bundle,
    concept,
    encounter,
    organization,
    participant,
    patient,
    practitioner,
    ref,
    role,
    visit,
)
from tests.inputs.fact_rows import fact_rows
from tests.inputs.json_rows import json_rows
from tests.inputs.row import DANS, HORS, INDETERMINE, Row, decided, structural, table

UUID = "urn:uuid:6f1e2d3c-0000-4000-8000-00000000000a"
TYPES = ("", "patient", "Bundle ", "../bundle", "os.path", 1, ["Patient"], None)
OTHER_DOCTOR = practitioner("autre", "10100000003", (G15, "10"), (R38, "SM42"))


def rows() -> list[Row]:
    """All of them, in the order of the catalogue."""
    return [
        *json_rows(),
        *_envelopes(),
        *_elements(),
        *_people(),
        *_references(),
        *_contained(),
        *fact_rows(),
    ]


def _envelopes() -> Iterator[Row]:
    for type in TYPES:
        yield from table(
            "B-041",
            422,
            **{
                f"type {type!r}": bundle(encounter(), {**patient(), "resourceType": type}, base=None),
                f"type {type!r} of it all": {**visit(), "resourceType": type},
            },
        )
    yield from table(
        "B-041",
        422,
        missing=bundle(encounter(), without(patient(), "resourceType"), base=None),
        missing_of_it_all=without(visit(), "resourceType"),
    )
    yield from table(
        "B-042",
        422,
        patient_alone=patient(),
        empty_parameters={"resourceType": "Parameters"},
        parameters_without_visit={
            "resourceType": "Parameters",
            "parameter": [{"name": "resource", "resource": patient()}],
        },
        bundle_in_a_bundle=visit({**visit(), "id": "dedans"}),
    )
    yield from table("B-043", 422, zzz={**visit(), "type": "zzz"}, history={**visit(), "type": "history"})
    for type in ("searchset", "message", "transaction", "batch"):
        yield from table("B-043", HORS, **{type: {**decided(), "type": type}})


def _elements() -> Iterator[Row]:
    r5 = concept(("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB"))
    yield from table("B-045", 422, "FHIR R4", r5_class=visit(encounter(**{"class": [r5]})))
    yield from structural(
        "B-045",
        "élément inconnu de FHIR R4",
        r5_period=decided(encounter(actualPeriod={"start": "2026-02-17"})),
        stu3_indication=decided(encounter(indication=[ref("Condition/c")])),
    )
    yield from structural("B-046", "élément inconnu", unknown_element=decided(encounter(zorglub=1)))
    yield from table(
        "B-046",
        422,
        "not-supported",
        modifier=visit(encounter(modifierExtension=[{"url": "https://a.example", "valueBoolean": True}])),
        implicit_rules=visit(encounter(implicitRules="https://a.example/rules")),
    )
    yield from table(
        "B-047",
        HORS,
        a_thousand_profiles=decided(encounter(meta={"profile": ["https://a.example/p"] * 1000})),
    )
    yield from table(
        "B-049",
        422,
        "duplicate",
        same_full_url=_twice(visit()),
        same_id=bundle(encounter(), patient(), patient(gender="other"), base=None),
    )


def _people() -> Iterator[Row]:
    child = patient("enfant", birthDate="2015-01-01")
    yield from table("B-050", DANS, the_second=decided(child, subject=ref("Patient/enfant")))
    yield from table("B-050", HORS, the_first=decided(child))
    unsaid = decided(child)
    unsaid["entry"][0]["resource"].pop("subject")
    yield from table("B-050", INDETERMINE, "patient-ambigu", nobody_says_which=unsaid)
    yield from table(
        "B-050", INDETERMINE, "patient.age", no_patient=bundle(encounter(), practitioner(), role())
    )
    yield from table(
        "B-051",
        422,
        "visite",
        no_visit=bundle(patient(), practitioner()),
        two_visits=visit(encounter(id="autre")),
    )
    yield from table(
        "B-053",
        INDETERMINE,
        "visite.medecin",
        no_practitioner=bundle(without(encounter(), "participant"), patient()),
        nobody_in_the_participant=decided(encounter(participant=[{}])),
    )
    both = [participant("Practitioner/autre"), participant("PractitionerRole/role-doc")]
    yield from table(
        "B-053", INDETERMINE, "medecin-ambigu", two_who_perform=decided(OTHER_DOCTOR, participant=both)
    )


def _references() -> Iterator[Row]:
    for reference in (
        "PractitionerRole/role-doc",
        "https://ehr.example/fhir/PractitionerRole/role-doc",
        "PractitionerRole/role-doc/_history/2",
        UUID,
        UUID.upper().replace("URN:UUID", "urn:uuid"),
    ):
        yield from table("B-054", HORS, **{reference: _consulting(reference)})
    number = {"identifier": {"system": "https://rpps.esante.gouv.fr", "value": DOC}}
    yield from table("B-054", HORS, by_number=decided(participant=[{"individual": number}]))
    for reference in (
        "PractitionerRole/nobody",
        "https://ehr.example/fhir/PractitionerRole/nobody",
        "urn:uuid:4f0c3f5e-6f0c-4a8f-9a53-8a1f2d7b4c10",
        "urn:oid:1.2.3",
        "#nobody",
    ):
        yield from table("B-055", INDETERMINE, "not-found", **{reference: _consulting(reference)})
    for reference in (
        "practitionerrole/role-doc",
        "PractitionerRole/role-doc/",
        "PractitionerRole/role-doc?a=b",
        "PractitionerRole/role-doc#a",
        "PractitionerRole//role-doc",
    ):
        yield from table("B-057", INDETERMINE, "not-found", **{reference: _consulting(reference)})
    yield from table("B-058", 422, not_a_uuid=_full_urls("urn:uuid:zorglub"))
    stranger = {"fullUrl": "https://autre.example/Patient/pat", "resource": patient(birthDate="2015-01-01")}
    here = decided()
    yield from table("B-059", HORS, another_base={**here, "entry": [stranger, *here["entry"]]})
    for reference in ("javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/"):
        yield from table("B-063", INDETERMINE, "not-found", **{reference: _consulting(reference)})


def _contained() -> Iterator[Row]:
    inner = {**organization("dedans"), "contained": [organization("dessous")]}
    yield from table(
        "B-061", 422, contained_in_contained=visit(role(contained=[inner], organization=ref("#dedans")))
    )
    one = organization("a", partOf=ref("#b"))
    other = organization("b", partOf=ref("#a"))
    yield from table(
        "B-061", HORS, a_loop=decided(encounter(contained=[one, other], serviceProvider=ref("#a")))
    )
    nameless = without(practitioner(), "id")
    doubles = [practitioner("x", None), practitioner("x")]
    yield from table(
        "B-061",
        INDETERMINE,
        "visite.medecin",
        without_id=decided(encounter(contained=[nameless], participant=[participant("#doc")])),
        two_of_one_id=decided(encounter(contained=doubles, participant=[participant("#x")])),
        the_one_that_contains=decided(encounter(participant=[participant("#")])),
    )
    # The one outside is the médecin traitant, the one inside another generalist.
    inside = {**practitioner("mt", "10100000009"), "id": "mt"}
    yield from table(
        "B-062",
        HORS,
        of_the_fragment=decided(encounter(contained=[inside], participant=[participant("#mt")])),
    )
    yield from table(
        "B-062",
        DANS,
        of_type_and_id=decided(encounter(contained=[inside], participant=[participant("Practitioner/mt")])),
    )


# ---------------------------------------------------------------- small changes of the usual visit


def without(resource: Json, element: str) -> Json:
    return {name: value for name, value in resource.items() if name != element}


def _consulting(reference: str) -> Json:
    """The visit whose doctor is referred to so; his activity has a ``fullUrl`` of either kind."""
    document = decided(participant=[participant(reference)])
    if reference.lower() == UUID:
        (activity,) = (e for e in document["entry"] if e["resource"]["resourceType"] == "PractitionerRole")
        activity["fullUrl"] = UUID
    return document


def _twice(document: Json) -> Json:
    first = document["entry"][1]
    changed = {**first, "resource": {**first["resource"], "gender": "other"}}
    return {**document, "entry": [*document["entry"], changed]}


def _full_urls(url: str) -> Json:
    document = visit()
    document["entry"][1]["fullUrl"] = url
    return document
