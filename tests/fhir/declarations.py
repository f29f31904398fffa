"""Requests for a declaration. Everybody is invented; numbers are those of public test identities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.fhir.builders import (
    R02,
    R38,
    Json,
    bundle,
    concept,
    coverage,
    encode,
    organization,
    ours,
    patient,
    practitioner,
    ref,
    role,
)

from parcours.domain.declaration import Declaration
from parcours.fhir.reading_declaration import LectureDeclaration, read_declaration
from parcours.law import droit
from parcours.law.declaration import preparer

AUJOURD_HUI = dt.date(2026, 3, 10)
TEST_NUMBER = "279035121518989"
R23 = "https://mos.esante.gouv.fr/NOS/TRE_R23-ModeExercice/FHIR/TRE-R23-ModeExercice"
SUBSCRIBER = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
V203 = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
RELIABILITY = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability"
NEW_STATUS = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-reliability"
OLD_STATUS = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445"
OID = "urn:oid:1.2.250.1.213.1.4"


def nom(family: str = "PAT-TROIS", given: str = "DOMINIQUE", use: str | None = "official") -> Json:
    return {"family": family, "given": [given], **({"use": use} if use else {})}


def adresse(city: str = "PARIS", postal: str = "75001") -> Json:
    return {"use": "home", "line": ["1 rue Fictive"], "postalCode": postal, "city": city}


def dominique(id: str = "pat", **elements: Any) -> Json:
    """The public test identity."""
    usual = {"name": [nom()], "birthDate": "1979-03-28", "address": [adresse()]}
    return patient(id, **{**usual, **elements})


def qualified(system: str = NEW_STATUS, code: str = "QUAL") -> Json:
    status = {"url": "identityStatus", "valueCoding": {"system": system, "code": code}}
    return {"url": RELIABILITY, "extension": [status]}


def identifier(system: str, value: str = TEST_NUMBER, type: str | None = None, **elements: Any) -> Json:
    typed = {"type": concept((V203, type))} if type else {}
    return {"system": f"{OID}.{system}", "value": value, **typed, **elements}


def droits(link: str | None = "self", number: str | None = TEST_NUMBER, **elements: Any) -> Json:
    """Coverage of the patient; ``link`` is his relationship to the subscriber."""
    related = {"relationship": concept((SUBSCRIBER, link))} if link else {}
    known = {"subscriberId": number} if number else {}
    return coverage("cov", **related, **known, **elements)


def proche(id: str = "parent", relation: str = "parent", **elements: Any) -> Json:
    """A related person of the patient."""
    return {
        "resourceType": "RelatedPerson",
        "id": id,
        "patient": ref("Patient/pat"),
        "relationship": [ours("pds-cs-representant", relation)],
        "name": [nom("PARENT-FICTIF", "Alex")],
        **elements,
    }


def cabinet(kind: str = "SA07", **elements: Any) -> Json:
    address = {"line": ["2 rue Fictive"], "postalCode": "75002", "city": "PARIS"}
    return organization("lieu", (R02, kind), **{"name": "Cabinet fictif", "address": [address], **elements})


def demande(*more: Json, **role_elements: Any) -> Json:
    """Dominique, Dr Doc, her cabinet, her coverage, no visit; what has the same id replaces it."""
    usual = [
        dominique(),
        practitioner("doc", "01234567897", (R38, "SM54")),
        role("role-doc", "doc", organization=ref("Organization/lieu"), **role_elements),
        cabinet(),
        droits(),
    ]
    given = {(r["resourceType"], r["id"]): r for r in more}
    return bundle(*(given.pop((r["resourceType"], r["id"]), r) for r in usual), *given.values())


def lire(document: Any, *, strict: bool = False) -> LectureDeclaration:
    return read_declaration(encode(document), AUJOURD_HUI, strict=strict)


def preparee(*more: Json, **role_elements: Any) -> Declaration:
    return preparer(lire(demande(*more, **role_elements)).faits, droit())
