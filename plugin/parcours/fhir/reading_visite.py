"""What the visit says of itself: mode, circumstances, groups of acts."""

from __future__ import annotations

from typing import Final

from parcours.domain.facts import Circonstance, GroupeActe, Mode
from parcours.fhir.dossier import Dossier
from parcours.fhir.encounter import Rencontre
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import ACT_CODE, ACT_PRIORITY, ACTE, CIRCONSTANCE, EXT_CIRCONSTANCE, TABLES
from parcours.fhir.wordings import CODE_INCONNU

_MODES: Final = {
    "AMB": Mode.AMBULATOIRE,
    "HH": Mode.AMBULATOIRE,
    "FLD": Mode.AMBULATOIRE,
    "PRENC": Mode.AMBULATOIRE,
    "VR": Mode.TELECONSULTATION,
    "EMER": Mode.URGENCES,
    "IMP": Mode.HOSPITALISATION,
    "ACUTE": Mode.HOSPITALISATION,
    "NONAC": Mode.HOSPITALISATION,
    "OBSENC": Mode.HOSPITALISATION,
    "SS": Mode.HOSPITALISATION,
}
_CIRCONSTANCES: Final = {c.value: c for c in Circonstance}
_GROUPES: Final = {g.value: g for g in GroupeActe}
_EMERGENCY: Final = "EM"


def mode(dossier: Dossier, rencontre: Rencontre) -> Mode | None:
    """How the visit takes place, from ``Encounter.class``."""
    coding = rencontre.class_
    if coding is None or coding.code is None:
        return None
    known = _MODES.get(coding.code) if TABLES.get(coding.system or "") == ACT_CODE else None
    if known is None:
        dossier.warn(CODE_INCONNU)
    return known


def circonstances(dossier: Dossier, rencontre: Rencontre, lu: Mode | None) -> dict[Circonstance, str]:
    """Attested circumstances and where each is said; an emergency may also be said by class or priority."""
    node = rencontre.node
    found: dict[Circonstance, str] = {}
    for i, extension in enumerate(node.resource.extension):
        if extension.url != EXT_CIRCONSTANCE:
            continue
        for code in codes([(extension.value_codeable_concept, node.at(f"extension[{i}]"))]):
            if code.table == CIRCONSTANCE and code.code in _CIRCONSTANCES:
                found.setdefault(_CIRCONSTANCES[code.code], code.path)
            elif code.table == CIRCONSTANCE:
                dossier.warn(CODE_INCONNU)
    if lu is Mode.URGENCES:
        found.setdefault(Circonstance.URGENCE, node.at("class"))
    if any(c.table == ACT_PRIORITY and c.code == _EMERGENCY for c in codes([(rencontre.priority, "")])):
        found.setdefault(Circonstance.URGENCE, node.at("priority"))
    return found


def actes(dossier: Dossier, rencontre: Rencontre) -> dict[GroupeActe, str] | None:
    """Groups of acts that open direct access; ``None`` when nobody said."""
    node, path = rencontre.node, rencontre.types_path
    found: dict[GroupeActe, str] = {}
    for code in codes((concept, node.at(f"{path}[{i}]")) for i, concept in enumerate(rencontre.types)):
        if code.table == ACTE and code.code in _GROUPES:
            found.setdefault(_GROUPES[code.code], code.path)
        elif code.table == ACTE:
            dossier.warn(CODE_INCONNU)
    return found or None
