"""The rows of the code table as people ask them: a short question each, and the facts it looks at.

Told, never judged by: the rules alone answer. A fact goes by its name, or by its name and the one value that
matters (``visite.circonstance:urgence``).
"""

from __future__ import annotations

from dataclasses import dataclass

from parcours.domain.facts import Circonstance, Couverture, Fait, GroupeActe, NatureLieu
from parcours.law.registry import Rang


@dataclass(frozen=True, slots=True)
class Question:
    """One row in words, and the facts it looks at."""

    rang: Rang
    texte: str
    faits: frozenset[str]

    def regarde(self, fait: str, valeur: str) -> bool:
        """Does it look at this value of this fact?"""
        return fait in self.faits or f"{fait}:{valeur}" in self.faits


def _question(rang: Rang, texte: str, *faits: str) -> Question:
    return Question(rang, texte, frozenset(faits))


def _attestees(*circonstances: Circonstance) -> tuple[str, ...]:
    return tuple(f"{Fait.CIRCONSTANCE}:{circonstance}" for circonstance in circonstances)


def _couvertures(*couvertures: Couverture) -> tuple[str, ...]:
    return tuple(f"{Fait.COUVERTURE}:{couverture}" for couverture in couvertures)


def _lieux(*lieux: NatureLieu) -> tuple[str, ...]:
    return tuple(f"{Fait.LIEU}:{lieu}" for lieu in lieux)


_ADRESSAGE = (Fait.ADRESSAGE, Fait.PRESCRIPTEUR, Fait.ADRESSAGE_DATE)
_ACCES_DIRECT = (Fait.PROFESSION, Fait.SPECIALITE, Fait.ACTE, Fait.AGE, Fait.MEDECIN_TRAITANT)

GROUPES: tuple[tuple[str, tuple[Question, ...]], ...] = (
    (
        "Le parcours concerne-t-il cette visite ?",
        (
            _question(
                Rang.HORS_CHAMP,
                "Le professionnel ou le patient est-il en dehors du dispositif ?",
                *(Fait.MEDECIN, Fait.PROFESSION, Fait.SPECIALITE),
                *_couvertures(Couverture.AME, Couverture.AT_MP),
                *_couvertures(Couverture.RSS_DE_PASSAGE, Couverture.ETRANGER_DE_PASSAGE),
            ),
            _question(Rang.MOINS_DE_SEIZE_ANS, "Le patient a-t-il moins de 16 ans ?", Fait.AGE),
            _question(
                Rang.MAYOTTE,
                "Le patient est-il affilié au régime de Mayotte ?",
                *_couvertures(Couverture.MAYOTTE),
            ),
        ),
    ),
    (
        "Est-ce le médecin traitant ?",
        (
            _question(
                Rang.NOUVEAU_TRAITANT,
                "Le médecin consulté devient-il médecin traitant ce jour-là ?",
                *(Fait.MEDECIN, Fait.MEDECIN_TRAITANT),
                *_attestees(Circonstance.NOUVEAU_TRAITANT),
            ),
            _question(
                Rang.TRAITANT,
                "Le médecin consulté est-il le médecin traitant ?",
                *(Fait.MEDECIN, Fait.MEDECIN_TRAITANT),
            ),
            _question(
                Rang.REMPLACANT,
                "Le médecin consulté remplace-t-il le médecin traitant, absent ou indisponible ?",
                *(Fait.MEDECIN_TRAITANT, Fait.REMPLACE, Fait.MEMES_LOCAUX),
                *_attestees(Circonstance.TRAITANT_INDISPONIBLE, Circonstance.CONFRERE_MEME_LOCAUX),
            ),
        ),
    ),
    (
        "Le patient est-il orienté, ou dispensé de l'être ?",
        (
            _question(
                Rang.D162_1_6,
                "Est-ce une consultation que le décret dispense d'adressage ?",
                *_ADRESSAGE,
                *_couvertures(Couverture.MILITAIRE),
                *_attestees(
                    Circonstance.ADDICTOLOGIE_HOSPITALIERE,
                    Circonstance.PRESCRIPTION_MILITAIRE,
                    Circonstance.GENETIQUE_FAMILIALE,
                    Circonstance.SANTE_ETUDIANTE,
                    Circonstance.EXAMEN_OBLIGATOIRE_ENFANT,
                ),
            ),
            _question(
                Rang.ORIENTE,
                "Le patient est-il orienté par son médecin traitant ?",
                *(Fait.MEDECIN_TRAITANT, Fait.PLAN, *_ADRESSAGE),
                *_attestees(
                    Circonstance.ADRESSE_PAR_TRAITANT,
                    Circonstance.SOINS_ITERATIFS,
                    Circonstance.SEQUENCE_DE_SOINS,
                    Circonstance.ACTE_PREVU_PROTOCOLE_ALD,
                ),
            ),
        ),
    ),
    (
        "Le médecin consulté est-il installé depuis peu ?",
        (
            _question(
                Rang.INSTALLE,
                "Est-ce un généraliste installé depuis moins de cinq ans ?",
                *(Fait.PROFESSION, Fait.SPECIALITE, Fait.PREMIERE_INSTALLATION),
            ),
            _question(
                Rang.ZONE,
                "Est-ce un généraliste installé depuis moins de cinq ans en zone sous-dense ?",
                *(Fait.PROFESSION, Fait.SPECIALITE, Fait.PREMIERE_INSTALLATION, Fait.ZONE),
            ),
        ),
    ),
    (
        "Une circonstance dispense-t-elle du médecin traitant ?",
        (
            _question(
                Rang.URGENCE,
                "Est-ce une urgence, ou la permanence des soins ?",
                Fait.MODE,
                *_lieux(NatureLieu.PERMANENCE_DES_SOINS),
                *_attestees(Circonstance.URGENCE, Circonstance.PERMANENCE_DES_SOINS),
            ),
            _question(
                Rang.HORS_RESIDENCE,
                "Le patient est-il loin de chez lui ?",
                Fait.RESIDENCE,
                *_attestees(Circonstance.HORS_RESIDENCE),
            ),
            _question(
                Rang.AUTRE_ADRESSEUR,
                "Le patient est-il adressé par un autre professionnel qui peut le faire ?",
                *(Fait.MEDECIN, Fait.MEDECIN_TRAITANT, *_ADRESSAGE),
                *_attestees(
                    Circonstance.ADRESSE_PAR_SAGE_FEMME,
                    Circonstance.ADRESSE_PAR_IPA,
                    Circonstance.ADRESSE_PAR_GENERALISTE_RECENT,
                    Circonstance.ADRESSE_PAR_ACCES_DIRECT,
                ),
            ),
            _question(
                Rang.STRUCTURE,
                "Est-ce une structure humanitaire, ou un centre de santé sexuelle ?",
                *_lieux(NatureLieu.HUMANITAIRE, NatureLieu.SANTE_SEXUELLE),
                *_attestees(Circonstance.MEDECINE_HUMANITAIRE, Circonstance.SANTE_SEXUELLE),
            ),
            _question(
                Rang.TRAITANT_PARTI,
                "Le médecin traitant est-il parti depuis moins d'un an ?",
                Fait.MEDECIN_TRAITANT,
            ),
            _question(
                Rang.TELECONSULTATION,
                "Est-ce une téléconsultation, faute de médecin traitant disponible ?",
                *(Fait.MODE, Fait.MEDECIN_TRAITANT),
                *_attestees(Circonstance.TRAITANT_INDISPONIBLE),
            ),
        ),
    ),
    (
        "L'accès direct est-il ouvert ?",
        (
            _question(
                Rang.TOUT_MEDECIN,
                "Est-ce une interruption volontaire de grossesse, ou un dépistage organisé ?",
                f"{Fait.ACTE}:{GroupeActe.IVG}",
                *_attestees(Circonstance.DEPISTAGE_ORGANISE),
            ),
            _question(
                Rang.ACCES_DIRECT,
                "Est-ce un accès direct, acte ou âge de la liste, avec un médecin traitant déclaré ?",
                *_ACCES_DIRECT,
            ),
        ),
    ),
    (
        "La visite est-elle hors parcours ?",
        (
            _question(
                Rang.TOLERANCE,
                "La caisse a-t-elle enregistré une tolérance ?",
                *_attestees(Circonstance.TOLERANCE_CAISSE),
            ),
            _question(
                Rang.HORS_ACCES_DIRECT,
                "Est-ce une spécialité d'accès direct, acte ou âge hors de la liste ?",
                *_ACCES_DIRECT,
            ),
            _question(
                Rang.ACCES_DIRECT_SANS_TRAITANT,
                "Est-ce un accès direct, acte ou âge de la liste, sans médecin traitant déclaré ?",
                *_ACCES_DIRECT,
            ),
            _question(
                Rang.NON_ORIENTE,
                "Le médecin est-il consulté sans médecin traitant déclaré, ou sans adressage de celui-ci ?",
                *(Fait.MEDECIN, Fait.MEDECIN_TRAITANT, Fait.PROFESSION, Fait.SPECIALITE),
            ),
        ),
    ),
)
"""Every row of the code table, in order, as a reader groups them."""
