"""Where each fact was read, and where a missing one would be: FHIRPaths that a caller can follow."""

from __future__ import annotations

from typing import Any

from parcours.domain.facts import Circonstance, Fait, GroupeActe, Origine, Plan
from parcours.fhir.dossier import Node
from parcours.fhir.frame import Cadre
from parcours.fhir.places import Lieu
from parcours.fhir.reading_adressage import Adressages
from parcours.fhir.reading_couverture import Couvertures
from parcours.fhir.systems import (
    EXT_CIRCONSTANCE,
    EXT_CONTRACTED,
    EXT_DECLARATION_MT,
    EXT_HASCAS,
    EXT_PARTICIPATIONS,
    EXT_PREMIERE_INSTALLATION,
    EXT_REMPLACE,
    EXT_SITUATION_COUVERTURE,
    EXT_ZONE_SOUS_DENSE,
)


def origines(
    cadre: Cadre,
    lieu: Lieu,
    circonstances: dict[Circonstance, str],
    actes: dict[GroupeActe, str] | None,
    covered: Couvertures,
    plans: list[tuple[Plan, str]],
    referred: Adressages,
) -> dict[str, Origine]:
    """Where each fact was read; a fact that repeats is named with its value."""
    meeting, patient = cadre.rencontre, cadre.sujet.node
    read = {Fait.DATE: Origine(meeting.node.at(meeting.start_path))}
    if meeting.is_encounter:
        read[Fait.MODE] = Origine(meeting.node.at("class"))
    if patient is not None:
        read[Fait.AGE] = Origine(patient.at("birthDate"))
    if cadre.pratique is not None:
        read |= cadre.pratique.origines
    read |= referred.origines
    read |= {f"{Fait.LIEU}:{nature}": Origine(path) for nature, path in lieu.natures.items()}
    read |= {f"{Fait.CIRCONSTANCE}:{c}": Origine(path) for c, path in circonstances.items()}
    read |= {f"{Fait.ACTE}:{groupe}": Origine(path) for groupe, path in (actes or {}).items()}
    read |= {f"{Fait.COUVERTURE}:{kind}": Origine(path) for kind, path in covered.kinds.items()}
    read |= {f"{Fait.PLAN}:{plan.nature}": Origine(path) for plan, path in plans}
    if covered.participations:
        read[Fait.PARTICIPATIONS] = Origine(covered.participations[1])
    return read


def chemins(cadre: Cadre, referred: Adressages) -> dict[str, str]:
    """Where each fact would be, in this very request when the resource is there."""
    dossier, meeting = cadre.dossier, cadre.rencontre
    visit, encounter = meeting.node, meeting.is_encounter
    patient = cadre.sujet.node
    roles = cadre.professionnel.roles if cadre.professionnel else ()
    role = roles[0] if len(roles) == 1 else None
    praticien = cadre.professionnel.praticien if cadre.professionnel else None

    def of(node: Node[Any] | None, kind: str, element: str) -> str:
        return node.at(element) if node else f"{dossier.anywhere(kind)}.{element}"

    role_path = {
        Fait.SECTEUR: EXT_CONTRACTED,
        Fait.OPTAM: EXT_HASCAS,
        Fait.PREMIERE_INSTALLATION: EXT_PREMIERE_INSTALLATION,
        Fait.ZONE: EXT_ZONE_SOUS_DENSE,
        Fait.REMPLACE: EXT_REMPLACE,
    }
    return {
        Fait.DATE: visit.at(meeting.start_path),
        Fait.AGE: of(patient, "Patient", "birthDate"),
        Fait.MEDECIN_TRAITANT: of(patient, "Patient", _extension(EXT_DECLARATION_MT)),
        Fait.COUVERTURE: of(None, "Coverage", _extension(EXT_SITUATION_COUVERTURE)),
        Fait.PARTICIPATIONS: of(None, "Coverage", _extension(EXT_PARTICIPATIONS)),
        Fait.RESIDENCE: of(patient, "Patient", "address"),
        Fait.MEDECIN: visit.at("participant.individual" if encounter else "participant.actor"),
        Fait.MODE: visit.at("class") if encounter else of(None, "Encounter", "class"),
        Fait.LIEU: visit.at("serviceProvider") if encounter else of(None, "Organization", "type"),
        Fait.ACTE: visit.at(meeting.types_path),
        Fait.CIRCONSTANCE: visit.at(_extension(EXT_CIRCONSTANCE)),
        Fait.PLAN: dossier.anywhere("CarePlan"),
        Fait.MEMES_LOCAUX: of(role, "PractitionerRole", "organization"),
        Fait.PROFESSION: of(praticien, "Practitioner", "qualification"),
        Fait.SPECIALITE: of(role, "PractitionerRole", "specialty"),
        **{fait: of(role, "PractitionerRole", _extension(url)) for fait, url in role_path.items()},
        Fait.ADRESSAGE: visit.at("basedOn"),
        Fait.PRESCRIPTEUR: of(None, "ServiceRequest", "requester"),
        Fait.ADRESSAGE_DATE: of(None, "ServiceRequest", "authoredOn"),
        Fait.PRESCRIPTEUR_PROFESSION: of(None, "Practitioner", "qualification"),
        Fait.PRESCRIPTEUR_SPECIALITE: of(None, "PractitionerRole", "specialty"),
        Fait.FACTURE_NOM: of(None, "Practitioner", "name.family"),
        Fait.FACTURE_PRENOM: of(None, "Practitioner", "name.given"),
        **referred.chemins,
    }


def _extension(url: str) -> str:
    return f"extension('{url}')"
