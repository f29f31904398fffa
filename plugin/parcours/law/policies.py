"""Named readings where texts and practice differ. Each is visible in every answer that it touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from parcours.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Politique:
    """A choice between readings: its default, what else may be chosen, and why in one sentence."""

    nom: str
    defaut: str
    choix: tuple[str, ...]
    note: str
    nombre: str | None = None
    """What a number means as a choice, where one is accepted."""

    @property
    def a_comparer(self) -> tuple[str, ...]:
        """Choices under which to judge again, to see whether this policy matters."""
        return (*self.choix, "0") if self.nombre else self.choix

    def accepte(self, valeur: str) -> bool:
        """Is this a choice, or a number where one is accepted?"""
        return valeur in self.choix or (self.nombre is not None and _nombre(valeur))


POLITIQUES: tuple[Politique, ...] = (
    Politique(
        "psychiatre-plus-de-25-ans",
        "convention",
        ("convention", "decret"),
        "La convention limite l'accès direct au psychiatre à 16-25 ans ; D162-1-7 ne fixe aucun âge.",
    ),
    Politique(
        "acces-direct-sans-medecin-traitant",
        "pratique",
        ("pratique", "decret"),
        "L'Assurance Maladie réserve l'accès direct à qui a déclaré un médecin traitant ; "
        "l'article D162-1-7 vise les spécialités sans poser cette condition en toutes lettres.",
    ),
    Politique(
        "eloignement",
        "attestation",
        ("attestation", "departement"),
        "Aucun texte ne fixe de distance : l'éloignement du domicile est attesté, ou déduit d'une différence "
        "de département si ce choix est fait.",
    ),
    Politique(
        "medecin-traitant-faible",
        "accepter",
        ("accepter", "ignorer"),
        "Le médecin traitant n'est connu que par Patient.generalPractitioner, qui n'est pas une déclaration.",
    ),
    Politique(
        "urgence-sans-medecin-traitant",
        "non-penalise",
        ("non-penalise", "controle"),
        "R160-6 exempte l'urgence avec ou sans médecin traitant ; le SNDS classe 25 (urgence sans médecin "
        "traitant) hors parcours.",
    ),
    Politique(
        "plafond-majoration-2024",
        "10.60",
        ("10.60", "sans-plafond"),
        "R160-6 al. 3 et la spécification nationale de facturation laissent le plafond à 10,60 € après "
        "la convention du 22 décembre 2024 ; les pages publiques impriment 30 % tout rond.",
        nombre="an amount in euros",
    ),
    Politique(
        "c2s-majoration",
        "pratique",
        ("pratique", "texte"),
        "En pratique la complémentaire santé solidaire paie la majoration ; L861-3 1° la laisse au patient.",
    ),
    Politique(
        "alsace-moselle-hors-parcours",
        "inconnu",
        ("inconnu",),
        "Aucune source ne donne le taux du régime local d'Alsace-Moselle hors parcours.",
        nombre="a rate in percent",
    ),
    Politique(
        "arrondi-depassement-autorise",
        "proche",
        ("proche", "superieur"),
        "Les maxima publiés suivent l'euro le plus proche ; l'article 37.1 de la convention de 2016, tel que "
        "le cite la FMF, et la spécification de facturation arrondissent à l'euro supérieur.",
    ),
)


def _nombre(valeur: str) -> bool:
    try:
        nombre = Decimal(valeur)
    except InvalidOperation:
        return False
    return nombre.is_finite() and nombre >= 0


PAR_NOM = {p.nom: p for p in POLITIQUES}


@dataclass(frozen=True, slots=True)
class Politiques:
    """The readings chosen, where they are not the defaults, which the product recommends."""

    choisies: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_mapping(cls, choix: Mapping[str, str]) -> Politiques:
        """Choices by policy name. Raises ``SettingsError`` for an unknown name or choice."""
        for nom, valeur in choix.items():
            if nom not in PAR_NOM:
                raise SettingsError(f"unknown policy {nom}; there are: {', '.join(PAR_NOM)}")
            if not PAR_NOM[nom].accepte(valeur):
                autres = f", or {PAR_NOM[nom].nombre}" if PAR_NOM[nom].nombre else ""
                raise SettingsError(f"policy {nom} takes one of: {', '.join(PAR_NOM[nom].choix)}{autres}")
        return cls(tuple(sorted((n, v) for n, v in choix.items() if v != PAR_NOM[n].defaut)))

    def choix(self, nom: str) -> str:
        """The choice made for one policy."""
        return dict(self.choisies).get(nom, PAR_NOM[nom].defaut)

    def avec(self, nom: str, valeur: str) -> Politiques:
        """The same readings but one."""
        return self.from_mapping({**dict(self.choisies), nom: valeur})
