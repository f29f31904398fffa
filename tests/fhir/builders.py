"""Small requests for tests. Everybody here is invented; RPPS numbers are of the test range."""

from __future__ import annotations

import json
from typing import Any

from parcours.fhir.reading import Lecture, read_request
from parcours.fhir.systems import code_system, extension_url

Json = dict[str, Any]

NOS = "https://mos.esante.gouv.fr/NOS"
G15 = f"{NOS}/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
G100 = f"{NOS}/TRE_G100-Specialite-AM/FHIR/TRE-G100-Specialite-AM"
R02 = f"{NOS}/TRE_R02-SecteurActivite/FHIR/TRE-R02-SecteurActivite"
R21 = f"{NOS}/TRE_R21-Fonction/FHIR/TRE-R21-Fonction"
R22 = f"{NOS}/TRE_R22-GenreActivite/FHIR/TRE-R22-GenreActivite"
R38 = f"{NOS}/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"
R39 = f"{NOS}/TRE_R39-Competence/FHIR/TRE-R39-Competence"
R40 = f"{NOS}/TRE_R40-CompetenceExclusive/FHIR/TRE-R40-CompetenceExclusive"
R66 = f"{NOS}/TRE_R66-CategorieEtablissement/FHIR/TRE-R66-CategorieEtablissement"
R259 = f"{NOS}/TRE_R259-HL7ParticipationFunction/FHIR/TRE-R259-HL7ParticipationFunction"
R282 = f"{NOS}/TRE_R282-CNAMAmeliSecteurConventionnement/FHIR/TRE-R282-CNAMAmeliSecteurConventionnement"
V3 = "http://terminology.hl7.org/CodeSystem"
RPPS = "https://rpps.esante.gouv.fr"
INSEE = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code"
ANNUAIRE = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition"
HOST = "https://ehr.example/fhir"
DOC, MT, AUTRE = "10100000002", "10100000001", "10100000003"


def concept(*codings: tuple[str, str]) -> Json:
    """``concept((R38, "SM54"))``."""
    return {"coding": [{"system": system, "code": code} for system, code in codings]}


def ours(id: str, code: str) -> Json:
    """A concept of one of our code systems: ``ours("pds-cs-plan", "sequence")``."""
    return concept((code_system(id), code))


def ext(id: str, **value: Any) -> Json:
    """One of our extensions: ``ext("pds-ext-remplace", valueReference=ref("Practitioner/mt"))``."""
    return {"url": extension_url(id), **value}


def ref(reference: str) -> Json:
    return {"reference": reference}


def by_rpps(number: str) -> Json:
    return {"identifier": {"system": RPPS, "value": number}}


def encounter(**elements: Any) -> Json:
    """A visit of Dominique to Dr Doc in February 2026."""
    return {
        "resourceType": "Encounter",
        "id": "enc",
        "status": "finished",
        "class": {"system": f"{V3}/v3-ActCode", "code": "AMB"},
        "subject": ref("Patient/pat"),
        "period": {"start": "2026-02-17T10:00:00+01:00"},
        "participant": [participant("PractitionerRole/role-doc")],
        **elements,
    }


def participant(reference: str, part: str | None = "PPRF", **elements: Any) -> Json:
    types = {"type": [concept((f"{V3}/v3-ParticipationType", part))]} if part else {}
    return {**types, "individual": ref(reference), **elements}


def patient(id: str = "pat", **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": id, "birthDate": "1980-05-06", **elements}


def practitioner(id: str = "doc", number: str | None = DOC, *codes: tuple[str, str], **elements: Any) -> Json:
    """A doctor, of general medicine unless codes say otherwise."""
    qualifications = codes or ((G15, "10"), (R38, "SM54"))
    identifiers = {"identifier": [{"system": RPPS, "value": number}]} if number else {}
    return {
        "resourceType": "Practitioner",
        "id": id,
        "name": [{"family": f"TEST-{id.upper()}", "given": ["Camille"]}],
        "qualification": [{"code": concept(code)} for code in qualifications],
        **identifiers,
        **elements,
    }


def role(id: str = "role-doc", who: str | None = "doc", /, **elements: Any) -> Json:
    practitioner_ref = {"practitioner": ref(f"Practitioner/{who}")} if who else {}
    return {"resourceType": "PractitionerRole", "id": id, **practitioner_ref, **elements}


def organization(id: str = "lieu", *codes: tuple[str, str], **elements: Any) -> Json:
    types = {"type": [concept(code) for code in codes]} if codes else {}
    return {"resourceType": "Organization", "id": id, "name": "Structure", **types, **elements}


def request(id: str = "adr", requester: Json | None = None, **elements: Any) -> Json:
    """A referral of Dominique by Dr Mt to Dr Doc."""
    return {
        "resourceType": "ServiceRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "category": [ours("pds-cs-adressage", "adressage")],
        "subject": ref("Patient/pat"),
        "requester": requester or ref("Practitioner/mt"),
        "performer": [ref("PractitionerRole/role-doc")],
        "authoredOn": "2026-01-20",
        **elements,
    }


def coverage(id: str = "cov", /, *kinds: str, **elements: Any) -> Json:
    situations = [
        ext("pds-ext-situation-couverture", valueCodeableConcept=ours("pds-cs-couverture", kind))
        for kind in kinds
    ]
    return {
        "resourceType": "Coverage",
        "id": id,
        "status": "active",
        "beneficiary": ref("Patient/pat"),
        "payor": [{"display": "Assurance maladie obligatoire"}],
        **({"extension": situations} if situations else {}),
        **elements,
    }


def couverture_classe(kind: str, value: str) -> Json:
    return {"type": ours("pds-cs-classe-couverture", kind), "value": value}


def declaration(statut: str | None = "declare", *medecins: Json, **dates: str) -> Json:
    """A declaration: ``declaration("declare", ref("Practitioner/mt"), debut="2020-01-01")``."""
    parts: list[Json] = [{"url": "statut", "valueCode": statut}] if statut else []
    parts += [{"url": "medecin", "valueReference": medecin} for medecin in medecins]
    for name, value in dates.items():
        kind = "valueCode" if name in ("motifFin", "source") else "valueDate"
        parts.append({"url": name, kind: value})
    return ext("pds-ext-declaration-medecin-traitant", extension=parts)


def bundle(*resources: Json, type: str = "collection", base: str | None = HOST) -> Json:
    """A Bundle of these resources, each with a ``fullUrl`` on one server (``base=None``: without)."""
    return {
        "resourceType": "Bundle",
        "type": type,
        "entry": [
            {**({"fullUrl": f"{base}/{r['resourceType']}/{r['id']}"} if base else {}), "resource": r}
            for r in resources
        ],
    }


def visit(*more: Json, **elements: Any) -> Json:
    """A Bundle with the usual visit, patient, doctor and role; what has the same id replaces it."""
    usual = [encounter(**elements), patient(), practitioner(), role(), practitioner("mt", MT)]
    given = {(r["resourceType"], r["id"]): r for r in more}
    return bundle(*(given.pop((r["resourceType"], r["id"]), r) for r in usual), *given.values())


def encode(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def read(document: Any, *, strict: bool = False) -> Lecture:
    return read_request(encode(document), strict=strict)


def warnings_of(lecture: Lecture) -> set[str]:
    return {avertissement.code for avertissement in lecture.visite.avertissements}
