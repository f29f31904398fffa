"""The five services, declared once: discovery, the checks of a call and its handler all read this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parcours.cds.hook import Hook, Service
from parcours.cds.language import Element, Langue
from parcours.cds.options import EXTENSION_OPTIONS, EXTENSION_VERSION, MAX_CARDS, OPTIONS, Sujet, advertised

SPOKEN: Final = "2.0.1"
"""The version of CDS Hooks spoken here."""
CRD: Final = ("2.2",)
"""The versions of Da Vinci CRD whose extensions are spoken here."""

_PATIENT: Final = {"patient": "Patient/{{context.patientId}}"}
_PAYER: Final = {"coverage": "Coverage?patient={{context.patientId}}&status=active"}
_CIRCLE: Final = {"careTeam": "CareTeam?patient={{context.patientId}}&status=active"}
_USER: Final = {
    "user": "Practitioner?_id={{userPractitionerId}}",
    "userRole": "PractitionerRole?practitioner={{userPractitionerId}}",
    "role": "PractitionerRole?_id={{userPractitionerRoleId}}",
}
"""Whoever is logged in, as a person or as an activity: a client sends what fits, and leaves the rest out."""

_VISIT: Final = {
    **_PATIENT,
    **_USER,
    **_PAYER,
    **_CIRCLE,
    "serviceRequest": "ServiceRequest?patient={{context.patientId}}&_sort=-authored&_count=50",
    "carePlan": "CarePlan?patient={{context.patientId}}&status=active",
}
_ENCOUNTER: Final = {"encounter": "Encounter/{{context.encounterId}}"}

_USAGE: Final = (
    "Les ressources suivent FR Core ; le médecin traitant déclaré se lit dans l’extension "
    "pds-ext-declaration-medecin-traitant du Patient, à défaut dans CareTeam. Ce qui n’est pas fourni est "
    "demandé au serveur FHIR du logiciel, quand il est configuré."
)
_EVERYTHING: Final = (*(code for code in OPTIONS if code != Sujet.ADRESSAGE),)


def _visit(id: str, hook: str, title: str, description: str) -> Service:
    return Service(
        id=id,
        hook=Hook(name=hook, context=("userId", "patientId", "encounterId")),
        subject="Encounter",
        title=title,
        description=description,
        usage=_USAGE,
        prefetch={**_PATIENT, **_ENCOUNTER, **_VISIT},
        required=frozenset({"patient", "encounter"}),
        options=_EVERYTHING,
    )


_SERVICES: Final = (
    _visit(
        "parcours-encounter-start",
        "encounter-start",
        "Parcours de soins au début de la visite",
        "Dit si la visite est dans le parcours de soins coordonnés, pourquoi, et ce qui manque pour le dire.",
    ),
    _visit(
        "parcours-encounter-discharge",
        "encounter-discharge",
        "Parcours de soins avant de facturer",
        "Dit quel indicateur de parcours porter sur la facture, pourquoi, et ce qui manque pour la remplir.",
    ),
    Service(
        id="parcours-appointment-book",
        hook=Hook(name="appointment-book", context=("userId", "patientId", "appointments")),
        subject="Appointment",
        title="Parcours de soins à la prise de rendez-vous",
        description="Prévient, avant la visite, qu’elle sera hors du parcours de soins coordonnés.",
        usage=_USAGE,
        prefetch=_VISIT,
        required=frozenset({"patient"}),
        options=_EVERYTHING,
    ),
    Service(
        id="parcours-order-sign",
        hook=Hook(name="order-sign", context=("userId", "patientId", "draftOrders")),
        subject="ServiceRequest",
        title="Parcours de soins à la signature d’un adressage",
        description="Reconnaît la lettre du médecin traitant qui place la visite demandée dans le parcours.",
        usage=_USAGE,
        prefetch={**_PATIENT, **_USER, **_PAYER, **_CIRCLE},
        required=frozenset({"patient"}),
        options=(Sujet.ADRESSAGE, Sujet.ANNOTATION, MAX_CARDS),
    ),
    Service(
        id="parcours-patient-view",
        hook=Hook(name="patient-view", context=("userId", "patientId")),
        subject="Patient",
        title="Médecin traitant à l’ouverture du dossier",
        description="Signale qu’aucun médecin traitant n’est déclaré.",
        usage=_USAGE,
        prefetch={**_PATIENT, **_PAYER, **_CIRCLE},
        required=frozenset({"patient"}),
        options=(Sujet.DECLARATION, MAX_CARDS),
    ),
)

SERVICES: Final[Mapping[str, Service]] = {service.id: service for service in _SERVICES}
"""Every service by its id."""


def discovery(langue: Langue) -> Element:
    """What ``GET /cds-services`` answers."""
    return {"services": [_described(service, langue) for service in SERVICES.values()]}


def _described(service: Service, langue: Langue) -> Element:
    return {
        "id": service.id,
        "hook": service.hook.name,
        "title": langue.dire(service.title),
        "description": langue.dire(service.description),
        "usageRequirements": langue.dire(service.usage),
        "version": SPOKEN,
        "prefetch": dict(service.prefetch),
        "extension": {EXTENSION_VERSION: CRD, EXTENSION_OPTIONS: advertised(service.options, langue)},
    }
