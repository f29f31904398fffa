"""What is known of a visit, fact by fact, as people say it: a code becomes a word, an amount is in euros."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from parcours.domain.facts import (
    Circonstance,
    Couverture,
    Fait,
    GroupeActe,
    Mode,
    NatureLieu,
    NaturePlan,
    Profession,
    Secteur,
    Specialite,
)

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    Fait.MEDECIN_TRAITANT: {"declare": "médecin traitant déclaré", "aucun": "aucun médecin traitant"},
    Fait.ADRESSAGE: {"oui": "adressage"},
    Fait.OPTAM: {"oui": "OPTAM oui", "non": "OPTAM non"},
    Fait.REMPLACE: {"oui": "remplaçant"},
    Fait.MODE: {
        Mode.AMBULATOIRE: "consultation en présence",
        Mode.TELECONSULTATION: "téléconsultation",
        Mode.URGENCES: "passage aux urgences",
        Mode.HOSPITALISATION: "hospitalisation",
    },
    Fait.PROFESSION: {
        Profession.MEDECIN: "médecin",
        Profession.SAGE_FEMME: "sage-femme",
        Profession.CHIRURGIEN_DENTISTE: "chirurgien-dentiste",
        Profession.INFIRMIER: "infirmier",
        Profession.INFIRMIER_PRATIQUE_AVANCEE: "infirmier en pratique avancée",
        Profession.AUTRE: "autre profession de santé",
    },
    Fait.SPECIALITE: {
        Specialite.GENERALISTE: "médecine générale",
        Specialite.GYNECOLOGIE: "gynécologie",
        Specialite.OPHTALMOLOGIE: "ophtalmologie",
        Specialite.PSYCHIATRIE: "psychiatrie",
        Specialite.STOMATOLOGIE: "stomatologie",
        Specialite.BIOLOGIE: "biologie médicale",
        Specialite.PEDIATRIE: "pédiatrie",
        Specialite.CARDIOLOGIE: "cardiologie",
        Specialite.NEUROLOGIE: "neurologie",
        Specialite.GERIATRIE: "gériatrie",
        Specialite.DERMATOLOGIE: "dermatologie",
        Specialite.AUTRE: "autre spécialité",
    },
    Fait.SECTEUR: {
        Secteur.NON_CONVENTIONNE: "non conventionné",
        Secteur.SECTEUR_1: "secteur 1",
        Secteur.SECTEUR_1_DEPASSEMENT: "secteur 1 avec dépassement permanent",
        Secteur.SECTEUR_2: "secteur 2",
    },
    Fait.COUVERTURE: {
        Couverture.AMO: "assurance maladie obligatoire",
        Couverture.ALD: "affection de longue durée",
        Couverture.C2S: "complémentaire santé solidaire",
        Couverture.AME: "aide médicale de l’État",
        Couverture.ALSACE_MOSELLE: "régime local d’Alsace-Moselle",
        Couverture.MATERNITE: "maternité",
        Couverture.INVALIDITE: "invalidité",
        Couverture.AT_MP: "accident du travail ou maladie professionnelle",
        Couverture.MAYOTTE: "régime de Mayotte",
        Couverture.CAMIEG: "Camieg",
        Couverture.MILITAIRE: "militaire",
        Couverture.RSS_DE_PASSAGE: "régime étranger de sécurité sociale, de passage",
        Couverture.ETRANGER_DE_PASSAGE: "étranger de passage",
        Couverture.OUTRE_MER: "outre-mer",
    },
    Fait.LIEU: {
        NatureLieu.HOPITAL: "hôpital",
        NatureLieu.HOPITAL_ARMEES: "hôpital des armées",
        NatureLieu.CENTRE_DE_SANTE: "centre de santé",
        NatureLieu.HUMANITAIRE: "structure de médecine humanitaire",
        NatureLieu.SANTE_SEXUELLE: "centre de santé sexuelle ou de planification",
        NatureLieu.PERMANENCE_DES_SOINS: "permanence des soins",
    },
    Fait.ACTE: {
        GroupeActe.EXAMEN_PERIODIQUE: "examen gynécologique périodique",
        GroupeActe.CONTRACEPTION: "contraception",
        GroupeActe.GROSSESSE: "suivi de grossesse",
        GroupeActe.IVG: "interruption volontaire de grossesse",
        GroupeActe.CORRECTION: "verres correcteurs",
        GroupeActe.GLAUCOME: "glaucome",
        GroupeActe.DMLA: "dégénérescence maculaire",
        GroupeActe.BUCCO_DENTAIRE: "soins bucco-dentaires",
        GroupeActe.AUTRE: "aucun des actes de la liste d’accès direct",
    },
    Fait.PLAN: {
        NaturePlan.PLAN_DE_SOINS: "plan de soins",
        NaturePlan.SEQUENCE: "séquence de soins",
        NaturePlan.PROTOCOLE_ALD: "protocole de soins d’une affection de longue durée",
    },
    Fait.CIRCONSTANCE: {
        Circonstance.URGENCE: "urgence",
        Circonstance.HORS_RESIDENCE: "éloignement de la résidence habituelle",
        Circonstance.PERMANENCE_DES_SOINS: "permanence des soins",
        Circonstance.TRAITANT_INDISPONIBLE: "médecin traitant indisponible",
        Circonstance.CONFRERE_MEME_LOCAUX: "confrère des mêmes locaux que le médecin traitant",
        Circonstance.NOUVEAU_TRAITANT: "nouveau médecin traitant : déclaration signée ce jour",
        Circonstance.ADRESSE_PAR_TRAITANT: "adressage par le médecin traitant",
        Circonstance.ADRESSE_PAR_ACCES_DIRECT: "adressage par un médecin consulté en accès direct",
        Circonstance.ADRESSE_PAR_GENERALISTE_RECENT: "adressage par un généraliste installé depuis moins "
        "de cinq ans ou en zone sous-dense",
        Circonstance.ADRESSE_PAR_SAGE_FEMME: "adressage par une sage-femme",
        Circonstance.ADRESSE_PAR_IPA: "adressage par un infirmier en pratique avancée",
        Circonstance.SOINS_ITERATIFS: "soins itératifs prévus par un plan de soins",
        Circonstance.SEQUENCE_DE_SOINS: "séquence de soins concertée avec le médecin traitant",
        Circonstance.ACTE_PREVU_PROTOCOLE_ALD: "acte prévu au protocole de soins d’une ALD",
        Circonstance.SOIN_EN_RAPPORT_ALD: "soin en rapport avec une ALD",
        Circonstance.ADDICTOLOGIE_HOSPITALIERE: "consultation hospitalière d’addictologie",
        Circonstance.GENETIQUE_FAMILIALE: "consultation de génétique familiale",
        Circonstance.EXAMEN_OBLIGATOIRE_ENFANT: "examen obligatoire de l’enfant",
        Circonstance.SANTE_ETUDIANTE: "service de santé étudiante",
        Circonstance.PRESCRIPTION_MILITAIRE: "prescription d’un médecin des armées",
        Circonstance.MEDECINE_HUMANITAIRE: "structure de médecine humanitaire",
        Circonstance.SANTE_SEXUELLE: "centre de santé sexuelle ou de planification",
        Circonstance.DEPISTAGE_ORGANISE: "dépistage organisé",
        Circonstance.DETENU: "personne détenue",
        Circonstance.EHPAD: "résident d’un EHPAD",
        Circonstance.ORGANISATION_TERRITORIALE: "organisation territoriale de téléconsultation",
        Circonstance.TOLERANCE_CAISSE: "tolérance enregistrée par la caisse",
    },
}
"""Values that are codes. The phrases are those of the law's hypotheses where it has one."""

UNNUMBERED: Final = "professionnel désigné sans numéro"
SOMEBODY_ELSE: Final = "un autre médecin"
_AMOUNT: Final = re.compile(r"(?<!\d)(\d+)\.(\d\d)\b")
"""Looked for from the first digit only: a code of a million digits is read once, not a million times."""
_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z")


def in_words(fait: str, valeur: str) -> str:
    """The value of a fact in French, understood without its label; as it is when there is no word for it."""
    known = _WORDS.get(fait, {}).get(valeur)
    if known is not None:
        return known
    told = _FIGURES.get(fait)
    return told(valeur) if told else valeur


def _age(valeur: str) -> str:
    return f"{valeur} ans"


def _day(valeur: str) -> str:
    return _DAY.sub(r"\3/\2/\1", valeur)


def _who(valeur: str) -> str:
    """A professional: a number, or what a reference of the request calls him, which is a word to nobody."""
    if valeur == "autre":
        return SOMEBODY_ELSE
    return f"RPPS {valeur}" if valeur.isdigit() else UNNUMBERED


def _act(valeur: str) -> str:
    return _AMOUNT.sub(r"\1,\2 €", valeur)


_FIGURES: Final[Mapping[str, Callable[[str], str]]] = {
    Fait.DATE: _day,
    Fait.AGE: _age,
    Fait.RESIDENCE: lambda valeur: f"département {valeur}",
    Fait.MEDECIN: _who,
    Fait.MEMES_LOCAUX: _who,
    Fait.REMPLACE: _who,
    Fait.PRESCRIPTEUR: _who,
    Fait.ADRESSAGE_DATE: lambda valeur: f"adressage du {_day(valeur)}",
    Fait.PREMIERE_INSTALLATION: lambda valeur: f"installé le {_day(valeur)}",
    Fait.ZONE: lambda valeur: f"en zone sous-dense depuis le {_day(valeur)}",
    Fait.FACTURE_ACTE: _act,
}
"""Values that are figures: each made a phrase."""

ORIGINS: Final[Mapping[str, str]] = {
    "assertion": "affirmé par qui interroge",
    "annuaire": "annuaire national",
    "politique": "lecture retenue",
    "suppose": "supposé",
}
"""Origins that are no FHIRPath."""
