"""The warnings reading may give: a closed list of French sentences, none of which holds a patient's value."""

from __future__ import annotations

from typing import Final

from parcours.domain.facts import Avertissement

MEDECIN_AMBIGU: Final = Avertissement(
    "medecin-ambigu", "Plusieurs professionnels peuvent être celui qui est consulté : aucun n'est retenu."
)
PATIENT_AMBIGU: Final = Avertissement(
    "patient-ambigu", "Rien ne désigne avec certitude le patient de la visite : aucun n'est retenu."
)
PATIENT_SUPPOSE: Final = Avertissement(
    "fait-suppose",
    "La visite ne désigne pas son patient : le seul patient transmis est supposé être le sien.",
)
TRAITANT_AMBIGU: Final = Avertissement(
    "medecin-traitant-ambigu",
    "Plusieurs médecins sont désignés sans qu'aucun soit déclaré médecin traitant : aucun n'est retenu.",
)
DATE_TRAITANT_PARTIELLE: Final = Avertissement(
    "medecin-traitant-ambigu",
    "Une date partielle ne permet pas de dire si la déclaration de médecin traitant était en vigueur.",
)
TRAITANT_CONTRADICTOIRE: Final = Avertissement(
    "contradiction",
    "Une déclaration dit à la fois « aucun médecin traitant » et qui il est : elle est écartée.",
)
SPECIALITE_AMBIGUE: Final = Avertissement(
    "specialite-ambigue",
    "Les spécialités ou les activités transmises d'un même professionnel diffèrent : aucune n'est retenue.",
)
CODE_INCONNU: Final = Avertissement(
    "code-inconnu",
    "Un code d'une nomenclature connue n'est pas reconnu : le fait qu'il porte n'est pas retenu.",
)
ADRESSAGE_POSTERIEUR: Final = Avertissement(
    "adressage-posterieur", "Un adressage rédigé après le jour des soins n'est pas retenu."
)
PATIENT_DECEDE: Final = Avertissement(
    "patient-a-verifier", "Le patient est enregistré comme décédé avant le jour des soins : à vérifier."
)
PATIENT_DECEDE_SANS_DATE: Final = Avertissement(
    "patient-a-verifier", "Le patient est enregistré comme décédé, sans qu'on sache quand : à vérifier."
)
PATIENT_INACTIF: Final = Avertissement(
    "patient-a-verifier", "Le dossier du patient n'est plus actif : vérifier que c'est le sien."
)
PATIENT_REMPLACE: Final = Avertissement(
    "patient-a-verifier",
    "Le dossier du patient est remplacé par un autre, qui peut dire autre chose : à vérifier.",
)
PARTICIPATIONS_AMBIGUES: Final = Avertissement(
    "fait-suppose",
    "Des participations forfaitaires déjà retenues sont transmises plusieurs fois, et diffèrent : aucune "
    "n'est supposée retenue.",
)
REGIME_AMBIGU: Final = Avertissement(
    "fait-suppose", "Plusieurs régimes ou caisses sont transmis pour ce jour : aucun n'est retenu."
)
