"""The operations this service offers: one description each, everything published is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parcours import VERSION_LOGICIEL
from parcours.fhir.systems import BASE

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
    """One operation: its code after the ``$``, where it may be called, what goes in and out."""

    code: str
    id: str
    name: str
    title: str
    description: str
    resources: tuple[str, ...]
    system: bool
    parameters: tuple[Parameter, ...]

    @property
    def url(self) -> str:
        """The canonical URL of the definition."""
        return f"{BASE}/OperationDefinition/{self.id}"


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

OPERATIONS = (EVALUATE,)

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
        "software": {"name": "parcours-soins", "version": VERSION_LOGICIEL},
        "implementation": {"description": "Service parcours-soins", "url": implementation_url},
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
    kinds = sorted({kind for operation in OPERATIONS for kind in operation.resources})
    return {
        "mode": "server",
        "security": {"description": _SECURITY},
        "resource": [{"type": kind, "operation": _offered_on(kind)} for kind in kinds],
        "operation": [_mention(operation) for operation in OPERATIONS if operation.system],
    }


def _offered_on(kind: str) -> list[dict[str, str]]:
    return [_mention(operation) for operation in OPERATIONS if kind in operation.resources]


def _mention(operation: Operation) -> dict[str, str]:
    return {"name": operation.code, "definition": operation.url}
