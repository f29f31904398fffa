"""The operations this service offers: one description each, everything published is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parcours import VERSION_LOGICIEL
from parcours.fhir.systems import BASE, extension_url

FHIR_VERSION = "4.0.1"
PUBLISHED = "2026-11-21"
"""The day these descriptions last changed; a CapabilityStatement must carry one."""

PUBLISHER = "parcours-soins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: ``use`` is ``in`` or ``out``, ``maximum`` a number or ``*``."""

    name: str
    use: str
    minimum: int
    maximum: str
    type: str
    documentation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: its code after the ``$``, where it may be called, what goes in and out.

    ``standard`` is the definition published by HL7, when the operation is not ours.
    """

    code: str
    id: str
    name: str
    title: str
    description: str
    resources: tuple[str, ...]
    system: bool
    parameters: tuple[Parameter, ...]
    standard: str | None = None

    @property
    def url(self) -> str:
        """The canonical URL of the definition."""
        return self.standard or f"{BASE}/OperationDefinition/{self.id}"


EVALUATE = Operation(
    code="evaluate-parcours",
    id="pds-evaluate-parcours",
    name="PdsEvaluateParcours",
    title="Situer une visite dans le parcours de soins coordonnés",
    description=(
        "Dit si une visite est dans le parcours de soins coordonnés, hors de ce parcours ou non concernée, "
        "sur quel fondement légal, quel indicateur porter sur la facture, et ce qui manque quand rien ne "
        "permet de conclure. Rien de la visite n’est conservé. Le corps est un Bundle, ou un Parameters qui "
        "répète le paramètre `resource`. `Prefer: handling=strict` refuse tout écart de structure ; "
        "`handling=lenient`, par défaut, ignore ceux que la décision ne lit pas et le dit."
    ),
    resources=("Encounter",),
    system=True,
    parameters=(
        Parameter(
            name="resource",
            use="in",
            minimum=1,
            maximum="*",
            type="Resource",
            documentation=(
                "La visite (Encounter, ou Appointment) et ce qui l’entoure : Patient, Practitioner, "
                "PractitionerRole, Organization, ServiceRequest, CarePlan, CareTeam, Coverage, Claim. "
                "Un Bundle peut être envoyé seul, sans Parameters."
            ),
        ),
        Parameter(
            name="return",
            use="out",
            minimum=1,
            maximum="1",
            type="Bundle",
            documentation=(
                "Bundle de type collection : d’abord la ClaimResponse (profil pds-claim-response), en "
                "dernier un OperationOutcome informatif si quelque chose a été ignoré ou supposé."
            ),
        ),
    ),
)

SUBMIT = Operation(
    code="submit",
    id="Claim-submit",
    name="Submit",
    title="Soumettre une facture",
    description=(
        "La même réponse que `$evaluate-parcours`, à partir d’une facture : un Bundle dont la première "
        "ressource est le Claim, suivie de la visite et de ce qui l’entoure. Chaque ligne de la facture a la "
        "sienne dans la réponse. `use` reste `predetermination` : ce service n’est pas le payeur. La même "
        "facture reçoit la même ClaimResponse ; rien n’est conservé."
    ),
    resources=("Claim",),
    system=False,
    parameters=(),
    standard="http://hl7.org/fhir/OperationDefinition/Claim-submit",
)

OPERATIONS = (EVALUATE,)
"""Operations of ours, whose definitions we publish."""

STANDARD_OPERATIONS = (SUBMIT,)
"""Operations that HL7 defines, and that we answer."""

SERVED = (*OPERATIONS, *STANDARD_OPERATIONS)

PROFILES = {
    "Bundle": "pds-bundle-demande",
    "Claim": "pds-claim",
    "ClaimResponse": "pds-claim-response",
    "Coverage": "pds-coverage",
    "Encounter": "pds-encounter",
    "Patient": "pds-patient",
    "PractitionerRole": "pds-practitioner-role",
    "QuestionnaireResponse": "pds-questionnaire-response",
    "ServiceRequest": "pds-service-request-adressage",
    "Task": "pds-task",
}
"""The profile that we publish for each type of resource that we read or write."""

PUBLISHED_KINDS = (
    "CapabilityStatement",
    "CodeSystem",
    "ConceptMap",
    "OperationDefinition",
    "Questionnaire",
    "StructureDefinition",
    "ValueSet",
)
"""Definitions that can be read and searched here."""

REQUIREMENTS = f"{BASE}/CapabilityStatement/pds-serveur"
"""What any server of this guide does; ours says that it does it."""

_SECURITY = (
    "Sans fichier de clients, le service n’écoute que sur l’adresse de bouclage et répond à tout programme "
    "de la machine. Aucune donnée de la requête n’est journalisée ni conservée."
)


def operation_definition(operation: Operation) -> dict[str, Any]:
    """The OperationDefinition of one operation."""
    return {
        "resourceType": "OperationDefinition",
        "id": operation.id,
        "language": "fr-FR",
        "url": operation.url,
        "version": VERSION_LOGICIEL,
        "name": operation.name,
        "title": operation.title,
        "status": "active",
        "kind": "operation",
        "date": PUBLISHED,
        "publisher": PUBLISHER,
        "description": operation.description,
        "affectsState": False,
        "code": operation.code,
        **({"resource": list(operation.resources)} if operation.resources else {}),
        "system": operation.system,
        "type": bool(operation.resources),
        "instance": False,
        "parameter": [_parameter(parameter) for parameter in operation.parameters],
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


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "use": parameter.use,
        "min": parameter.minimum,
        "max": parameter.maximum,
        "documentation": parameter.documentation,
        "type": parameter.type,
    }


def _rest() -> dict[str, Any]:
    on_types = {kind for operation in SERVED for kind in operation.resources}
    return {
        "mode": "server",
        "security": {"description": _SECURITY},
        "resource": [_resource(kind) for kind in sorted({*on_types, *PROFILES, *PUBLISHED_KINDS})],
        "interaction": [{"code": "batch"}],
        "operation": [_mention(operation) for operation in SERVED if operation.system],
    }


def _resource(kind: str) -> dict[str, Any]:
    operations = [_mention(operation) for operation in SERVED if kind in operation.resources]
    return {
        "type": kind,
        **({"supportedProfile": [extension_url(PROFILES[kind])]} if kind in PROFILES else {}),
        **(_READ_AND_SEARCH if kind in PUBLISHED_KINDS else {}),
        **({"operation": operations} if operations else {}),
    }


_READ_AND_SEARCH: dict[str, Any] = {
    "interaction": [{"code": "read"}, {"code": "search-type"}],
    "versioning": "no-version",
    "searchParam": [
        {"name": "_id", "type": "token"},
        {"name": "name", "type": "string"},
        {"name": "status", "type": "token"},
        {"name": "title", "type": "string"},
        {"name": "url", "type": "uri"},
        {"name": "version", "type": "token"},
    ],
}
"""What can be done with a definition."""


def _mention(operation: Operation) -> dict[str, str]:
    said = {"documentation": operation.description} if operation.standard else {}
    return {"name": operation.code, "definition": operation.url, **said}
