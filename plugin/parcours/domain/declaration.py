"""The declaration of choice of a médecin traitant (form S3704), prepared and never signed.

It holds what the form asks, who chooses and signs, where it goes, and what is still to be asked. Two
boxes and the signatures stay empty whatever is known: they are the patient's and the doctor's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from parcours.domain.decision import Reponse
from parcours.domain.facts import Avertissement


class Etat(StrEnum):
    """How sure a field is."""

    CONNU = "connu"
    MANQUANT = "manquant"
    DOUTEUX = "douteux"


class Id:
    """Link ids of the fields: the same in the Questionnaire, in the PDF form and here."""

    ASSURE_NUMERO = "assure.numero"
    ASSURE_NOM_NAISSANCE = "assure.nom-naissance"
    ASSURE_NOM_USAGE = "assure.nom-usage"
    ASSURE_PRENOM = "assure.prenom"
    ASSURE_ADRESSE = "assure.adresse"
    BENEFICIAIRE_NOM = "beneficiaire.nom"
    BENEFICIAIRE_PRENOM = "beneficiaire.prenom"
    BENEFICIAIRE_NAISSANCE = "beneficiaire.date-naissance"
    BENEFICIAIRE_ORGANISME = "beneficiaire.organisme"
    MEDECIN_NOM = "medecin.nom"
    MEDECIN_PRENOM = "medecin.prenom"
    MEDECIN_RPPS = "medecin.rpps"
    MEDECIN_STRUCTURE = "medecin.structure"
    MEDECIN_RAISON_SOCIALE = "medecin.raison-sociale"
    MEDECIN_ADRESSE = "medecin.adresse"
    REPRESENTANT = "declaration.representant"
    CHOIX = "declaration.choix"
    ACCORD = "declaration.accord"
    DATE = "declaration.date"


LIBELLES = {
    Id.ASSURE_NUMERO: "Numéro de sécurité sociale",
    Id.ASSURE_NOM_NAISSANCE: "Nom de famille (de naissance)",
    Id.ASSURE_NOM_USAGE: "Nom d'usage, s'il y a lieu",
    Id.ASSURE_PRENOM: "Prénom",
    Id.ASSURE_ADRESSE: "Adresse",
    Id.BENEFICIAIRE_NOM: "Nom",
    Id.BENEFICIAIRE_PRENOM: "Prénom",
    Id.BENEFICIAIRE_NAISSANCE: "Date de naissance",
    Id.BENEFICIAIRE_ORGANISME: "Code de l'organisme de rattachement",
    Id.MEDECIN_NOM: "Nom",
    Id.MEDECIN_PRENOM: "Prénom",
    Id.MEDECIN_RPPS: "Identifiant (RPPS)",
    Id.MEDECIN_STRUCTURE: "N° de structure (AM, FINESS ou SIRET)",
    Id.MEDECIN_RAISON_SOCIALE: "Raison sociale du cabinet, du centre de santé ou de l'établissement",
    Id.MEDECIN_ADRESSE: "Adresse du cabinet, du centre de santé ou de l'établissement",
    Id.REPRESENTANT: "Parent, titulaire de l'autorité parentale ou représentant, s'il y a lieu",
}
"""The fields that may be filled in advance, in the order of the form. The others are signed by hand."""

BLOCS = {
    "assure": "Assuré(e)",
    "beneficiaire": "Bénéficiaire",
    "medecin": "Médecin",
    "declaration": "Déclaration",
}
"""The blocks of the form, by what the link ids of their fields begin with."""

FACULTATIFS = frozenset({Id.ASSURE_NOM_USAGE, Id.BENEFICIAIRE_ORGANISME, Id.REPRESENTANT})
"""Fields that may stay empty without anything being missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Champ:
    """One field. ``origine`` is a FHIRPath; ``pourquoi`` says what is missing or doubtful about it.

    ``garant`` is the person who typed the value, or who vouches for what was read.
    """

    id: str
    valeur: str | dt.date | None = None
    origine: str | None = None
    etat: Etat = Etat.CONNU
    pourquoi: str | None = None
    garant: str | None = None

    @property
    def libelle(self) -> str:
        """What the form calls it."""
        return LIBELLES[self.id]

    @property
    def bloc(self) -> str:
        """The block of the form: ``assure``, ``beneficiaire``, ``medecin`` or ``declaration``."""
        return self.id.partition(".")[0]

    @property
    def intitule(self) -> str:
        """What people are told of it: the name of its block and its own; never its value."""
        return f"{BLOCS[self.bloc]}, {self.libelle}"

    @property
    def texte(self) -> str:
        """The value as the form is filled: a day as dd/mm/yyyy, nothing when it is missing."""
        if isinstance(self.valeur, dt.date):
            return self.valeur.strftime("%d/%m/%Y")
        return self.valeur or ""


class Nature(StrEnum):
    """What declaring would do."""

    PREMIERE = "premiere"
    CHANGEMENT = "changement"
    APRES_DEPART = "apres-depart"
    DEJA_DECLARE = "deja-declare"
    INCONNUE = "inconnue"


class Qui(StrEnum):
    """Who chooses, or signs beside the doctor."""

    BENEFICIAIRE = "beneficiaire"
    PARENT = "parent-ou-titulaire-de-l-autorite-parentale"
    AUTORITE = "titulaire-de-l-autorite-parentale"
    REPRESENTANT = "representant"
    A_DETERMINER = "a-determiner"
    MEDECIN = "medecin"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature to collect, in words for people."""

    qui: Qui
    texte: str


class VoieCode(StrEnum):
    """How a declaration reaches the caisse."""

    ESPACE_PRO = "espace-pro"
    COURRIER = "courrier"


@dataclass(frozen=True, slots=True)
class Destinataire:
    """The organism the paper goes to. ``adresse`` ``None``: the one printed on the attestation de droits."""

    nom: str
    adresse: str | None
    doute: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voie:
    """One way to declare, best first. ``prerequis``: what must be at hand."""

    code: VoieCode
    titre: str
    prerequis: tuple[str, ...]
    destinataire: Destinataire | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A declaration ready to be checked, signed and sent. No clock and no chance in it.

    ``acceptable``: may this doctor be named? When ``non``, ``refus`` says why and his block is left empty.
    """

    id: str
    jour: dt.date
    nature: Nature
    acceptable: Reponse
    refus: tuple[Avertissement, ...]
    champs: tuple[Champ, ...]
    choisit: Qui
    signatures: tuple[Signature, ...]
    a_demander: tuple[str, ...]
    voies: tuple[Voie, ...]
    avertissements: tuple[Avertissement, ...]
    textes: tuple[tuple[str, tuple[str, ...]], ...]
    version_logiciel: str

    def champ(self, identifiant: str) -> Champ:
        """One field by its link id; ``KeyError`` for an unknown one."""
        return {champ.id: champ for champ in self.champs}[identifiant]

    @property
    def manquants(self) -> tuple[Champ, ...]:
        """Fields to complete by hand."""
        return tuple(champ for champ in self.champs if champ.etat is Etat.MANQUANT)

    @property
    def douteux(self) -> tuple[Champ, ...]:
        """Fields to check before signing."""
        return tuple(champ for champ in self.champs if champ.etat is Etat.DOUTEUX)

    @property
    def destinataire(self) -> Destinataire:
        """Where the paper goes."""
        return next(voie.destinataire for voie in self.voies if voie.destinataire)

    @property
    def empreinte(self) -> str:
        """SHA-256 of the content of the form, in hexadecimal: who holds the fields can compute it again.

        The bytes hashed are UTF-8 JSON: a list of ``[link id, text]`` in the order of the form, then the day.
        """
        content = [[champ.id, champ.texte] for champ in self.champs] + [["jour", self.jour.isoformat()]]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
