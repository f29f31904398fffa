"""What this server does, as CapabilityStatements: made from what is described elsewhere, and nowhere else."""

from __future__ import annotations

from typing import Any, Final

from parcours import VERSION_LOGICIEL
from parcours.fhir.declaration_search import PARAMETERS
from parcours.fhir.declaration_systems import STATUTS
from parcours.fhir.operations import (
    FHIR_VERSION,
    PROFILES,
    PUBLISHED,
    PUBLISHED_KINDS,
    PUBLISHER,
    SERVED,
    Operation,
)
from parcours.fhir.systems import BASE, extension_url

REQUIREMENTS: Final = f"{BASE}/CapabilityStatement/pds-serveur"
"""What any server of this guide does; ours says that it does it."""

KEPT_KINDS: Final = tuple(STATUTS)
"""The types of what is kept of a declaration."""

_SECURITY: Final = (
    "Sans fichier de clients, le service n’écoute que sur l’adresse de bouclage et répond à tout programme "
    "de la machine. Avec lui, chaque requête sur une visite ou une déclaration porte un accès SMART Backend "
    "Services (`.well-known/smart-configuration`), ou un jeton signé par le logiciel (JWT ES384 ou RS384, "
    "`aud` = la base FHIR), ou vient d’un logiciel dont le certificat TLS est connu ; elle ne voit que son "
    "cabinet. Aucune donnée de la requête n’est journalisée. Seules sont conservées les déclarations "
    "préparées et, scellées, les sessions ouvertes."
)


_SMART: Final[dict[str, Any]] = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
            "code": "SMART-on-FHIR",
        }
    ]
}


def capability_statement(implementation_url: str) -> dict[str, Any]:
    """What this server does. ``implementation_url`` is the address of its FHIR base."""
    return {
        "resourceType": "CapabilityStatement",
        "language": "fr-FR",
        "name": "PdsCapabilityStatement",
        "title": "Parcours de soins coordonnés : ce que fait ce service",
        "status": "active",
        "date": PUBLISHED,
        "publisher": PUBLISHER,
        "kind": "instance",
        "instantiates": [REQUIREMENTS],
        "software": {"name": "parcours-soins", "version": VERSION_LOGICIEL},
        "implementation": {"description": "Service parcours-soins", "url": implementation_url},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [_rest()],
    }


def requirements_statement() -> dict[str, Any]:
    """What a server of this guide does, whoever runs it."""
    return {
        "resourceType": "CapabilityStatement",
        "id": REQUIREMENTS.rpartition("/")[2],
        "language": "fr-FR",
        "url": REQUIREMENTS,
        "version": VERSION_LOGICIEL,
        "name": "PdsServeur",
        "title": "Serveur du parcours de soins coordonnés",
        "status": "active",
        "experimental": False,
        "date": PUBLISHED,
        "publisher": PUBLISHER,
        "description": "Ce que fait un serveur qui situe une visite dans le parcours de soins coordonnés.",
        "jurisdiction": [{"coding": [{"system": "urn:iso:std:iso:3166", "code": "FR", "display": "France"}]}],
        "kind": "requirements",
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [_rest()],
    }


def _rest() -> dict[str, Any]:
    on_types = {kind for operation in SERVED for kind in operation.resources}
    return {
        "mode": "server",
        "security": {"service": [_SMART], "description": _SECURITY},
        "resource": [
            _resource(kind)
            for kind in sorted({*on_types, *PROFILES, *PUBLISHED_KINDS, *KEPT_KINDS, "Binary"})
        ],
        "interaction": [{"code": "batch"}],
        "operation": [_mention(operation) for operation in SERVED if operation.system],
    }


def _resource(kind: str) -> dict[str, Any]:
    operations = [_mention(operation) for operation in SERVED if kind in operation.resources]
    return {
        "type": kind,
        **({"supportedProfile": [extension_url(PROFILES[kind])]} if kind in PROFILES else {}),
        **_interactions(kind),
        **({"operation": operations} if operations else {}),
    }


def _interactions(kind: str) -> dict[str, Any]:
    """What can be done with a type: a definition is read and found, a Task moved on as well."""
    if kind in PUBLISHED_KINDS:
        return _READ_AND_SEARCH
    if kind == "Binary":
        return _KEPT | _can("read")
    if kind not in KEPT_KINDS:
        return {}
    found: dict[str, Any] = {"searchParam": [{"name": n, "type": t} for n, t in PARAMETERS.items()]}
    if kind != "Task":
        return _KEPT | _can("read", "search-type") | found
    moved = {"versioning": "versioned-update", "readHistory": True, "updateCreate": False}
    return _KEPT | _can("read", "vread", "update", "history-instance", "search-type") | moved | found


def _can(*codes: str) -> dict[str, Any]:
    return {"interaction": [{"code": code} for code in codes]}


_KEPT: Final[dict[str, Any]] = {"versioning": "versioned", "conditionalRead": "not-match"}
"""What is kept of a declaration says its version, and is not sent again to who has it."""

_READ_AND_SEARCH: Final[dict[str, Any]] = {
    **_can("read", "search-type"),
    "versioning": "no-version",
    "conditionalRead": "not-match",
    "searchParam": [
        {"name": "_id", "type": "token"},
        {"name": "name", "type": "string"},
        {"name": "status", "type": "token"},
        {"name": "title", "type": "string"},
        {"name": "url", "type": "uri"},
        {"name": "version", "type": "token"},
    ],
}


def _mention(operation: Operation) -> dict[str, str]:
    said = {"documentation": operation.description} if operation.standard else {}
    return {"name": operation.code, "definition": operation.url, **said}
