"""One declaration as its page shows it: fields, steps, who has to agree, what happened, what is next."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from parcours.domain.declaration import BLOCS, Champ, Declaration, Etat, Id, Qui, Voie, VoieCode
from parcours.domain.declaration_states import LIBELLES_ETATS, SUITES, EtatDeclaration
from parcours.domain.declaration_suivie import Passage
from parcours.domain.declaration_texts import ADRESSE_ATTESTATION, DEMANDER_EMANCIPE
from parcours.following import Ouverte
from parcours.store.declarations import CORRIGEE, REMPLACEE

PARIS: Final = ZoneInfo("Europe/Paris")
ROAD: Final = (
    EtatDeclaration.PREPAREE,
    EtatDeclaration.SIGNEE,
    EtatDeclaration.TRANSMISE,
    EtatDeclaration.ENREGISTREE,
)
"""The usual way, from one end to the other."""

ACCORDS: Final[Mapping[Qui, str]] = {
    Qui.BENEFICIAIRE: (
        "Le bénéficiaire des soins choisit ce médecin : il en est informé, d’accord, et l’a signé."
    ),
    Qui.PARENT: "Un parent, ou le titulaire de l’autorité parentale, est d’accord et l’a signé.",
    Qui.AUTORITE: "Le titulaire de l’autorité parentale est d’accord et l’a signé.",
    Qui.REPRESENTANT: "Le représentant du bénéficiaire est d’accord et l’a signé.",
    Qui.A_DETERMINER: (
        "Le bénéficiaire, un parent ou son représentant, selon le cas, choisit ce médecin et l’a signé."
    ),
    Qui.MEDECIN: "Le médecin accepte d’être le médecin traitant, et l’a signé.",
}
"""What each person who signs has said, as somebody who heard it ticks it."""
SIGNATAIRES: Final[Mapping[Qui, str]] = {
    Qui.BENEFICIAIRE: "bénéficiaire",
    Qui.PARENT: "parent ou titulaire de l’autorité parentale",
    Qui.AUTORITE: "titulaire de l’autorité parentale",
    Qui.REPRESENTANT: "représentant",
    Qui.A_DETERMINER: "bénéficiaire, parent ou représentant",
    Qui.MEDECIN: "médecin",
}
HEARD: Final = "accords et signatures notés"
DISPENSED: Final = "jeune émancipé ou assuré à titre personnel"
DISPENSE: Final = "dispense"
ONLINE: Final = "par l’espace pro"
BY_POST: Final = "par courrier"
OURS: Final = (CORRIGEE, REMPLACEE, ONLINE, BY_POST)
"""Reasons in our own words, or beginning with them: the others are somebody's, and are not translated."""
_FICHE: Final = (
    ("Bénéficiaire", (Id.BENEFICIAIRE_NAISSANCE, Id.BENEFICIAIRE_NOM, Id.BENEFICIAIRE_PRENOM)),
    ("Assuré(e)", (Id.ASSURE_NUMERO, Id.ASSURE_NOM_NAISSANCE, Id.ASSURE_PRENOM, Id.ASSURE_ADRESSE)),
    ("Médecin", (Id.MEDECIN_RPPS, Id.MEDECIN_NOM, Id.MEDECIN_PRENOM, Id.MEDECIN_STRUCTURE)),
)
"""The order of the screen: the beneficiary is chosen on the card by his birth, then come card and doctor."""


@dataclass(frozen=True, slots=True)
class Pas:
    """A step of the way: its name, when it was reached, is the declaration there now."""

    nom: str
    quand: dt.datetime | None
    ici: bool


@dataclass(frozen=True, slots=True)
class Accord:
    """Somebody who has to agree and sign: the box to tick, and what the law says of him."""

    nom: str
    texte: str
    loi: str


class Vue:
    """A declaration that was opened, with what its templates ask of it."""

    def __init__(self, ouverte: Ouverte) -> None:
        self.suivie = ouverte.suivie
        self.declaration: Declaration = ouverte.declaration
        self.reference = ouverte.patient
        self.corrige, self.corrigee_par = ouverte.corrige, ouverte.corrigee_par

    @property
    def id(self) -> str:
        """Which declaration this is: random, of nobody."""
        return self.suivie.id

    @property
    def adresse(self) -> str:
        """The address of its page."""
        return f"/declarations/{self.id}"

    @property
    def version(self) -> int:
        """How many times it was moved: what a form sends back."""
        return self.suivie.version

    @property
    def etat(self) -> EtatDeclaration:
        """Where it stands."""
        return self.suivie.actuel.etat

    @property
    def libelle(self) -> str:
        """Where it stands, in words."""
        return LIBELLES_ETATS[self.etat]

    @property
    def modifiee(self) -> dt.datetime:
        """When it last moved, in Paris."""
        return local(self.suivie.actuel.quand)

    @property
    def patient(self) -> str:
        """Who will have this médecin traitant: a name, or nothing."""
        return self._texts(Id.BENEFICIAIRE_PRENOM, Id.BENEFICIAIRE_NOM)

    @property
    def naissance(self) -> str:
        """His date of birth, as the form writes it."""
        return self.declaration.champ(Id.BENEFICIAIRE_NAISSANCE).texte

    @property
    def medecin(self) -> str:
        """The doctor chosen: a name, or nothing."""
        return self._texts(Id.MEDECIN_PRENOM, Id.MEDECIN_NOM)

    @property
    def est_close(self) -> bool:
        """Does nothing follow?"""
        return not SUITES[self.etat]

    @property
    def peut_etre_signee(self) -> bool:
        """May this doctor be declared at all?"""
        return not self.declaration.refus

    @property
    def chemin(self) -> list[Pas]:
        """The usual way; a declaration that left it shows how far it went, and where it ended."""
        reached = {passage.etat: local(passage.quand) for passage in self.suivie.passages}
        road = ROAD if self.etat in ROAD else [etat for etat in (*ROAD, self.etat) if etat in reached]
        return [Pas(LIBELLES_ETATS[etat], reached.get(etat), etat is self.etat) for etat in road]

    @property
    def blocs(self) -> list[tuple[str, list[Champ]]]:
        """The fields, by block of the form."""
        grouped = itertools.groupby(self.declaration.champs, key=lambda champ: champ.bloc)
        return [(BLOCS[bloc], list(champs)) for bloc, champs in grouped]

    @property
    def a_voir(self) -> int:
        """How many fields are missing or doubtful."""
        return sum(champ.etat is not Etat.CONNU for champ in self.declaration.champs)

    @property
    def accords(self) -> list[Accord]:
        """Everybody who has to agree, the doctor last; each is ticked by hand."""
        return [Accord(s.qui.value, ACCORDS[s.qui], s.texte) for s in self.declaration.signatures]

    @property
    def dispense_possible(self) -> bool:
        """May a young person do without a parent: is it to be asked?"""
        return DEMANDER_EMANCIPE in self.declaration.a_demander

    def accords_exiges(self, *, dispense: bool) -> list[Qui]:
        """Whose agreement must have been heard."""
        needed = [signature.qui for signature in self.declaration.signatures]
        if dispense and self.dispense_possible:
            return [qui for qui in needed if qui in (Qui.BENEFICIAIRE, Qui.MEDECIN)]
        return needed

    @property
    def voies(self) -> tuple[Voie, Voie]:
        """On line, then by post."""
        by_code = {voie.code: voie for voie in self.declaration.voies}
        return by_code[VoieCode.ESPACE_PRO], by_code[VoieCode.COURRIER]

    @property
    def envoi(self) -> list[str]:
        """Where the paper goes, line by line; ``None`` of an address is said as where to find it."""
        ou = self.declaration.destinataire
        return [ou.nom, *(ou.adresse or ADRESSE_ATTESTATION).splitlines()]

    @property
    def fiche(self) -> list[tuple[str, list[Champ]]]:
        """The fields in the order of the screen of the espace pro."""
        return [(title, [self.declaration.champ(link) for link in links]) for title, links in _FICHE]

    @property
    def histoire(self) -> list[Passage]:
        """What happened, the last first."""
        return list(reversed(self.suivie.passages))

    def mots(self) -> Iterator[str]:
        """What a search reads beside the fields: ids, receipts."""
        yield from (self.id, self.reference)
        yield from (passage.recu for passage in self.suivie.passages if passage.recu)

    def _texts(self, *links: str) -> str:
        return " ".join(filter(None, (self.declaration.champ(link).texte for link in links)))


def local(moment: dt.datetime) -> dt.datetime:
    """An instant, at the hour of Paris."""
    return moment.astimezone(PARIS)


def is_ours(note: str) -> bool:
    """Is this reason in our own words?"""
    return note.startswith((*OURS, HEARD))
