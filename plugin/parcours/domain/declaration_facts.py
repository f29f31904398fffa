"""What is known before a declaration of choice is prepared: who, insured by whom, which doctor, which caisse.

Everything is as it was read, with the FHIRPath where it stands; nothing is judged here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from parcours.domain.calendar import Naissance
from parcours.domain.facts import Avertissement, Couverture, Declaration, Praticien

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lu(Generic[T]):
    """A value and the FHIRPath where it was read."""

    valeur: T
    chemin: str


class NatureNumero(StrEnum):
    """What a social security number is: two of these may hold the same digits and differ in meaning."""

    SECURITE_SOCIALE = "securite-sociale"
    INS_NIR = "ins-nir"
    INS_NIA = "ins-nia"
    INS_ESSAI = "ins-essai"


@dataclass(frozen=True, slots=True)
class Numero:
    """A number as it was written, without spaces."""

    valeur: str
    nature: NatureNumero
    chemin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """A person as a form asks for him. ``nom`` has no stated use: birth name or name in use, nobody said."""

    nom_naissance: Lu[str] | None = None
    nom_usage: Lu[str] | None = None
    nom: Lu[str] | None = None
    prenom: Lu[str] | None = None
    adresse: Lu[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiaire:
    """Who will have this médecin traitant. ``cle`` designates him among others, twins included.

    ``numeros``: those he bears himself; an INS is among them only when his identity is qualified.
    ``rang``: order of birth in a multiple birth, 0 when multiple and not said.
    """

    cle: str | None = None
    identite: Identite = Identite()
    naissance: Lu[Naissance] | None = None
    numeros: tuple[Numero, ...] = ()
    identite_qualifiee: bool = False
    rang: Lu[int] | None = None
    departement: Lu[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assure:
    """Who is insured: the beneficiary himself, somebody else, or nobody said (``lui_meme`` ``None``)."""

    lui_meme: bool | None = None
    lien: str | None = None
    identite: Identite | None = None
    numeros: tuple[Numero, ...] = ()


class Lien(StrEnum):
    """What a related person is to the beneficiary, as far as signing goes."""

    PARENT = "parent"
    AUTORITE_PARENTALE = "titulaire-autorite-parentale"
    AIDE_SOCIALE_ENFANCE = "aide-sociale-enfance"
    CURATEUR = "curateur"
    TUTEUR = "tuteur"
    HABILITATION = "habilitation-familiale"
    GARDIEN = "gardien"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representant:
    """Somebody who may have to sign."""

    lien: Lien
    nom: Lu[str] | None
    prenom: Lu[str] | None
    chemin: str


class Structure(StrEnum):
    """Where a doctor exercises, as far as L162-5-3 and its practice tell places apart."""

    CABINET = "cabinet"
    HOPITAL = "hopital"
    CENTRE_DE_SANTE = "centre-de-sante"
    MEDICO_SOCIAL = "etablissement-medico-social"
    SISA = "maison-de-sante"
    ENTREPRISE = "medecine-du-travail"
    SCOLAIRE = "sante-scolaire"
    AUTRE = "autre"


class Exercice(StrEnum):
    """Ways of exercising that make a choice doubtful."""

    TRAVAIL = "medecine-du-travail"
    SCOLAIRE = "sante-scolaire"
    CONSEIL = "praticien-conseil"
    MILITAIRE = "medecine-militaire"
    RETRAITE = "retraite"
    EN_FORMATION = "en-formation"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedecinChoisi:
    """The doctor chosen. ``salarie`` ``None``: nobody said."""

    praticien: Praticien
    nom: Lu[str] | None = None
    prenom: Lu[str] | None = None
    rpps: Lu[str] | None = None
    numero_am: Lu[str] | None = None
    finess: Lu[str] | None = None
    siret: Lu[str] | None = None
    raison_sociale: Lu[str] | None = None
    adresse: Lu[str] | None = None
    salarie: Lu[bool] | None = None
    structures: frozenset[Structure] = frozenset()
    exercices: frozenset[Exercice] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaitsDeclaration:
    """Everything known on the day of preparation. ``confreres``: do others exercise in the same premises?"""

    jour: dt.date
    beneficiaire: Beneficiaire = Beneficiaire()
    assure: Assure = Assure()
    medecin: MedecinChoisi | None = None
    confreres: bool = False
    representants: tuple[Representant, ...] = ()
    declarations: tuple[Declaration, ...] | None = None
    couvertures: frozenset[Couverture] = frozenset()
    regime: str | None = None
    caisse: str | None = None
    organisme: Lu[str] | None = None
    code_organisme: Lu[str] | None = None
    avertissements: tuple[Avertissement, ...] = ()
