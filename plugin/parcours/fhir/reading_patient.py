"""Is the patient's record still his? What makes one doubt it is said, and refuses nothing."""

from __future__ import annotations

from parcours.fhir.dates import bornes
from parcours.fhir.elements import Patient
from parcours.fhir.frame import Cadre
from parcours.fhir.wordings import (
    PATIENT_DECEDE,
    PATIENT_DECEDE_SANS_DATE,
    PATIENT_INACTIF,
    PATIENT_REMPLACE,
)


def a_verifier(cadre: Cadre) -> None:
    """Warn of a patient who was dead that day, of a record that is closed, or replaced by another."""
    if cadre.sujet.node is None:
        return
    patient = cadre.sujet.node.resource
    if _decede(cadre, patient):
        cadre.dossier.warn(PATIENT_DECEDE)
    if patient.deceased_boolean:
        cadre.dossier.warn(PATIENT_DECEDE_SANS_DATE)
    if patient.active is False:
        cadre.dossier.warn(PATIENT_INACTIF)
    if any(link.type == "replaced-by" for link in patient.link):
        cadre.dossier.warn(PATIENT_REMPLACE)


def _decede(cadre: Cadre, patient: Patient) -> bool:
    """Was the patient dead before the day of care, whatever a partial date leaves open?"""
    days = bornes(patient.deceased_date_time, cadre.zone)
    return days is not None and days[1] < cadre.jour
