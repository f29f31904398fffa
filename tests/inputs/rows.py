"""Bad inputs B-021 to B-105 of the catalogue, as a table: what is sent, and what must come back.

A row expects a status, or a position of a 200. Everybody here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fhir.builders import (
    R38,
    Json,
    bundle,
    concept,
    coverage,
    declaration,
    encode,
    encounter,
    ext,
    organization,
    ours,
    participant,
    patient,
    practitioner,
    ref,
    role,
    visit,
)
from tests.inputs.json_rows import json_rows
from tests.inputs.row import DANS, HORS, INDETERMINE, Row, structural, table


def rows() -> list[Row]:
    """All of them, in the order of the catalogue."""
    return [
        *json_rows(),
        *_structure(),
        *_references(),
        *_identity(),
        *_dates(),
        *_content(),
    ]


def _structure() -> Iterator[Row]:
    for type in ("", "patient", "Bundle ", "../bundle", "os.path", 1, ["Patient"], None):
        yield from table(
            "B-041",
            422,
            **{f"type {type!r}": bundle(encounter(), {**patient(), "resourceType": type}, base=None)},
        )
    yield from table(
        "B-041", 422, missing=bundle(encounter(), {"id": "pat"} | {"resourceType": ""}, base=None)
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
    )
    yield from table("B-043", 422, zzz={**visit(), "type": "zzz"})
    yield from table("B-045", 422, r5_class=visit(encounter(**{"class": [concept(("a", "AMB"))]})))
    yield from structural("B-046", unknown_element=visit(encounter(zorglub=1)))
    yield from table(
        "B-046",
        422,
        modifier=visit(encounter(modifierExtension=[{"url": "https://a.example", "valueBoolean": True}])),
        implicit_rules=visit(encounter(implicitRules="https://a.example/rules")),
    )
    yield from table(
        "B-047",
        HORS,
        a_thousand_profiles=_hors(
            patient(meta={"profile": ["https://a.example/p"] * 1000}, extension=[declaration("aucun")])
        ),
    )
    yield from table(
        "B-049",
        422,
        same_full_url=_twice(visit()),
    )
    yield from table(
        "B-050",
        INDETERMINE,
        two_patients=bundle(
            _without(encounter(), "subject"), patient(), patient("autre"), practitioner(), role()
        ),
    )
    yield from table(
        "B-051", 422, no_visit=bundle(patient(), practitioner()), two_visits=visit(encounter(id="autre"))
    )
    yield Row(
        "B-053",
        "no practitioner",
        encode(bundle(_without(encounter(), "participant"), patient())),
        INDETERMINE,
        "visite.medecin",
    )
    yield Row(
        "B-053",
        "nobody in the participant",
        encode(bundle(encounter(participant=[{}]), patient())),
        INDETERMINE,
        "visite.medecin",
    )


def _references() -> Iterator[Row]:
    for reference in (
        "PractitionerRole/nobody",
        "https://ehr.example/fhir/PractitionerRole/nobody",
        "urn:uuid:4f0c3f5e-6f0c-4a8f-9a53-8a1f2d7b4c10",
        "#nobody",
    ):
        yield Row(
            "B-055",
            reference,
            encode(visit(encounter(participant=[participant(reference)]))),
            INDETERMINE,
        )
    for reference in (
        "practitionerrole/role-doc",
        "PractitionerRole/role-doc/",
        "PractitionerRole/role-doc?a=b",
        "PractitionerRole//role-doc",
    ):
        yield Row(
            "B-057",
            reference,
            encode(visit(encounter(participant=[participant(reference)]))),
            INDETERMINE,
        )
    yield from table("B-058", 422, not_a_uuid=_full_urls("urn:uuid:zorglub"))
    inner = {**organization("dedans"), "contained": [organization("dessous")]}
    yield from table(
        "B-061", 422, contained_in_contained=visit(role(contained=[inner], organization=ref("#dedans")))
    )
    for reference in ("javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/"):
        yield Row(
            "B-063",
            reference,
            encode(visit(encounter(participant=[participant(reference)]))),
            INDETERMINE,
        )


def _identity() -> Iterator[Row]:
    nir = "urn:oid:1.2.250.1.213.1.4.8"
    for name, value in {
        "thirteen": "2800575123456",
        "wrong key": "280057512345600",
        "letters": "ABCDEFGHIJKLMNO",
    }.items():
        identifier = {"system": nir, "value": value}
        yield Row(
            "B-065",
            name,
            encode(_hors(patient(identifier=[identifier], extension=[declaration("aucun")]))),
            HORS,
        )
    yield Row("B-073", "no number", encode(_hors(patient(extension=[declaration("aucun")]))), HORS)
    yield Row(
        "B-074",
        "only spaces",
        encode(_hors(patient(name=[{"family": "   "}], extension=[declaration("aucun")]))),
        HORS,
    )
    for name in ("Ñ" * 255, "O'Hare-d'Été", "اسم", "😀"):
        yield Row(
            "B-074",
            name[:12],
            encode(_hors(patient(name=[{"family": name}], extension=[declaration("aucun")]))),
            HORS,
        )


def _dates() -> Iterator[Row]:
    born = "2010-02"
    for day, expected in {
        "2026-01-31": "33",
        "2026-02-01": "",
        "2026-02-15": "",
        "2026-02-27": "",
        "2026-02-28": "16",
        "2026-03-01": "16",
    }.items():
        yield Row(
            "B-077",
            day,
            encode(visit(encounter(period={"start": day}), patient(birthDate=born))),
            DANS if expected == "33" else INDETERMINE,
            "patient.age" if not expected else "",
        )
    for start in (
        "2026-02-17T10:00:00",
        "2026-02-17T24:00:00+01:00",
        "2026-02-17T23:60:00+01:00",
        "2026-02-17T10:00:00+25:00",
    ):
        yield from table("B-085", 422, **{start: visit(encounter(period={"start": start}))})
    for birth in ("2030-01-01", "2026-02-18", "1850-01-01", "9999-12-31", "3000-01-01"):
        yield from table("B-086", 422, **{birth: visit(patient(birthDate=birth))})
    yield from table("B-087", 422, before_the_law=visit(encounter(period={"start": "2005-06-01"})))
    yield Row(
        "B-089", "no birth date", encode(visit(_without(patient(), "birthDate"))), INDETERMINE, "patient.age"
    )
    absent = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
    }
    yield Row(
        "B-089",
        "said to be absent",
        encode(visit({**_without(patient(), "birthDate"), "_birthDate": absent})),
        INDETERMINE,
        "patient.age",
    )
    yield from table(
        "B-090",
        422,
        lunar=visit(patient(birthDate="1980-00-00")),
        day_zero=visit(patient(birthDate="1980-02-00")),
    )


def _content() -> Iterator[Row]:
    for name, div in {
        "script": "<script>alert(1)</script>",
        "onload": "<img onload='x()' src='x'/>",
        "bomb": "<!DOCTYPE a [<!ENTITY b 'bbbb'>]>",
    }.items():
        text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'}
        yield Row("B-091", name, encode(_hors(patient(text=text, extension=[declaration("aucun")]))), HORS)
    yield Row(
        "B-095",
        "unknown code",
        encode(visit(practitioner("doc", "10100000002", (R38, "SM999")))),
        INDETERMINE,
    )
    yield Row(
        "B-095",
        "unknown system",
        encode(visit(practitioner("doc", "10100000002", ("https://a.example", "SM54")))),
        INDETERMINE,
    )
    yield Row(
        "B-097",
        "slash at the end",
        encode(visit(practitioner("doc", "10100000002", (f"{R38}/", "SM54")))),
        INDETERMINE,
    )
    for status in ("entered-in-error", "cancelled"):
        yield from table("B-099", 422, **{status: visit(encounter(status=status))})
    yield Row("B-101", "no médecin traitant, and referred by him", encode(_contradiction()), INDETERMINE)
    for name in (
        "=cmd|'/c calc'!A1",
        "%s%n",
        "{0.__class__}",
        "{{7*7}}",
        "${jndi:ldap://a.example}",
        "[x](javascript:1)",
    ):
        yield Row(
            "B-103",
            name,
            encode(_hors(patient(name=[{"family": name}], extension=[declaration("aucun")]))),
            HORS,
        )


# ---------------------------------------------------------------- small changes of the usual visit


def _hors(who: Json) -> Json:
    return visit(who, coverage())


def _without(resource: Json, element: str) -> Json:
    return {name: value for name, value in resource.items() if name != element}


def _twice(document: Json) -> Json:
    first = document["entry"][1]
    changed = {**first, "resource": {**first["resource"], "gender": "other"}}
    return {**document, "entry": [*document["entry"], changed]}


def _full_urls(url: str) -> Json:
    document = visit()
    document["entry"][1]["fullUrl"] = url
    return document


def _contradiction() -> Json:
    said = ext(
        "pds-ext-circonstance",
        valueCodeableConcept=ours("pds-cs-circonstance", "adresse-par-medecin-traitant"),
    )
    return visit(encounter(extension=[said]), patient(extension=[declaration("aucun")]))
