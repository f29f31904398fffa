"""The operations this service offers: one description each, everything published is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parcours import VERSION_LOGICIEL
from parcours.fhir.systems import BASE

FHIR_VERSION = "4.0.1"
PUBLISHED = "2026-11-22"
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

    ``standard`` is the definition published by HL7, when the operation is not ours; ``keeps``: is
    something kept of the request? ``instance``: it is called on one resource, not on its type.
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
    keeps: bool = False
    instance: bool = False

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

PREPARE = Operation(
    code="prepare-declaration",
    id="pds-prepare-declaration",
    name="PdsPrepareDeclaration",
    title="Préparer une déclaration de médecin traitant",
    description=(
        "Prépare la déclaration de choix du médecin traitant (S3704), la garde, et la rend avec le "
        "formulaire à signer ; rien n’est coché, daté ni signé. La même demande sous la même clé reçoit "
        "toujours la même réponse : l’en-tête `Idempotency-Key` (1 à 255 caractères ASCII visibles) donne "
        "la clé ; sans lui, elle est faite du patient, du médecin et du jour. La même clé avec une autre "
        "demande est refusée (422). Une nouvelle préparation pour le même patient et le même médecin "
        "annule celle qui n’était pas signée. La suite se dit par `PUT Task/{id}` avec `If-Match`."
    ),
    resources=(),
    system=True,
    keeps=True,
    parameters=(
        Parameter(
            name="resource",
            use="in",
            minimum=1,
            maximum="*",
            type="Resource",
            documentation=(
                "Le patient et ce qu’il faut pour remplir le formulaire : Patient, Practitioner, "
                "PractitionerRole, Organization, Coverage, RelatedPerson, et Encounter s’il y a une "
                "visite. Un Bundle peut être envoyé seul, sans Parameters."
            ),
        ),
        Parameter(
            name="return",
            use="out",
            minimum=1,
            maximum="1",
            type="Bundle",
            documentation=(
                "Bundle de type collection : QuestionnaireResponse, Task, DocumentReference, et en dernier "
                "un OperationOutcome informatif si quelque chose a été ignoré."
            ),
        ),
    ),
)

HAND_OVER = Operation(
    code="transmettre",
    id="pds-transmettre",
    name="PdsTransmettre",
    title="Transmettre une déclaration signée par le pont DMTi du logiciel",
    description=(
        "Remet une déclaration signée au pont DMTi du logiciel, quand il y en a un, sur l’acte d’une "
        "personne nommée ; l’accusé de réception est gardé avec le passage à l’état `transmise`. `If-Match` "
        "est exigé. Sans accusé de réception la déclaration reste signée, et la même demande peut être "
        "refaite : la même version porte toujours la même clé, et n’est transmise qu’une fois."
    ),
    resources=("Task",),
    system=False,
    keeps=True,
    instance=True,
    parameters=(
        Parameter(
            name="qui",
            use="in",
            minimum=1,
            maximum="1",
            type="string",
            documentation="Le nom de la personne qui transmet, de 1 à 200 caractères sur une ligne.",
        ),
        Parameter(
            name="return",
            use="out",
            minimum=1,
            maximum="1",
            type="Task",
            documentation="La tâche, à l’état `transmise`, avec le numéro d’accusé de réception.",
        ),
    ),
)

OPERATIONS = (EVALUATE, PREPARE, HAND_OVER)
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
        "affectsState": operation.keeps,
        "code": operation.code,
        **({"resource": list(operation.resources)} if operation.resources else {}),
        "system": operation.system,
        "type": bool(operation.resources) and not operation.instance,
        "instance": operation.instance,
        "parameter": [_parameter(parameter) for parameter in operation.parameters],
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
