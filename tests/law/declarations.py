"""Facts of a declaration, for tests: everybody here is invented, numbers are impossible or of test."""

from __future__ import annotations

import datetime as dt
from typing import Any

from parcours.domain.calendar import Naissance
from parcours.domain.declaration import Declaration
from parcours.domain.declaration_facts import (
    Assure,
    Beneficiaire,
    FaitsDeclaration,
    Identite,
    Lien,
    Lu,
    MedecinChoisi,
    NatureNumero,
    Numero,
    Representant,
)
from parcours.domain.facts import Medecin, Praticien, Profession, Specialite
from parcours.law import droit
from parcours.law.declaration import preparer

JOUR = dt.date(2026, 3, 10)
ESSAI = "279035121518989"
"""The number of the public test identity PAT-TROIS."""
CORSE = "279032B00100122"


def lu(valeur: str, chemin: str = "chemin") -> Lu[str]:
    return Lu(valeur, chemin)


def ne_le(jour: dt.date, jusqu_a: dt.date | None = None) -> Lu[Naissance]:
    return Lu(Naissance(jour, jusqu_a or jour), "Patient.birthDate")


def identite(prenom: str = "Dominique", nom: str = "PAT-TROIS", **autres: Any) -> Identite:
    return Identite(
        nom_naissance=lu(nom), prenom=lu(prenom), adresse=lu("1 rue Fictive\n75001 PARIS"), **autres
    )


def numero(valeur: str = ESSAI, nature: NatureNumero = NatureNumero.SECURITE_SOCIALE) -> Numero:
    return Numero(valeur, nature, "Coverage.subscriberId")


def medecin(**autres: Any) -> MedecinChoisi:
    """A general practitioner whom nothing keeps from being declared."""
    praticien = autres.pop("praticien", {})
    return MedecinChoisi(
        praticien=Praticien(
            **{
                "medecin": Medecin(rpps="01234567897"),
                "profession": Profession.MEDECIN,
                "specialite": Specialite.GENERALISTE,
                **praticien,
            }
        ),
        **{
            "nom": lu("MEDECIN-FICTIF"),
            "prenom": lu("Camille"),
            "rpps": lu("01234567897"),
            "numero_am": lu("991129768"),
            "raison_sociale": lu("Cabinet fictif"),
            "adresse": lu("2 rue Fictive\n75002 PARIS"),
            **autres,
        },
    )


def representant(lien: Lien, prenom: str = "Alex", nom: str = "PARENT-FICTIF") -> Representant:
    return Representant(lien=lien, nom=lu(nom), prenom=lu(prenom), chemin="RelatedPerson.name")


def beneficiaire(**autres: Any) -> Beneficiaire:
    return Beneficiaire(
        **{
            "cle": "Patient/1",
            "identite": identite(),
            "naissance": ne_le(dt.date(1979, 3, 28)),
            "departement": lu("75"),
            **autres,
        }
    )


def faits(**autres: Any) -> FaitsDeclaration:
    """An adult, insured himself, without anything missing but what a test takes away."""
    return FaitsDeclaration(
        **{
            "jour": JOUR,
            "beneficiaire": beneficiaire(),
            "assure": Assure(lui_meme=True, numeros=(numero(),)),
            "medecin": medecin(),
            "declarations": (),
            "regime": "01",
            **autres,
        }
    )


def prepare(**autres: Any) -> Declaration:
    return preparer(faits(**autres), droit())


def codes(declaration: Declaration) -> set[str]:
    return {a.code for a in declaration.avertissements}
