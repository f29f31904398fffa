"""What every part of the reading needs: the request, the patient, the day, the professional consulted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import Patient, Reference
from parcours.fhir.encounter import Rencontre
from parcours.fhir.people import Annuaire, Professionnel
from parcours.fhir.practice import Pratique
from parcours.fhir.wordings import PATIENT_AMBIGU, PATIENT_SUPPOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sujet:
    """The patient of the visit: his resource when it came, and the key by which others designate him."""

    node: Node[Patient] | None
    key: str | None

    def est(self, dossier: Dossier, ref: Reference | None, source: Node[Any]) -> bool | None:
        """Does a reference designate this patient? ``None`` when either is not known."""
        key = dossier.key_of(ref, source)
        return None if key is None or self.key is None else key == self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadre:
    """One visit, on its day, in its place."""

    dossier: Dossier
    annuaire: Annuaire
    rencontre: Rencontre
    sujet: Sujet
    jour: dt.date
    zone: dt.tzinfo
    professionnel: Professionnel | None
    pratique: Pratique | None


def sujet(dossier: Dossier, rencontre: Rencontre) -> Sujet:
    """The patient the visit designates; the only one of the request when it designates none."""
    ref, relative = rencontre.subject
    if ref is not None:
        node = dossier.follow(ref, rencontre.node, relative, "Patient", "Group")
        if node is not None and not isinstance(node.resource, Patient):
            node = None
        if node is None and len(dossier.of(Patient)) > 0:
            dossier.warn(PATIENT_AMBIGU)
        return Sujet(node=node, key=dossier.key_of(ref, rencontre.node))
    patients = dossier.of(Patient)
    if len(patients) != 1:
        if patients:
            dossier.warn(PATIENT_AMBIGU)
        return Sujet(node=None, key=None)
    dossier.warn(PATIENT_SUPPOSE)
    dossier.use(patients[0])
    return Sujet(node=patients[0], key=patients[0].key)
