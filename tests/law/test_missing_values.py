"""What a missing fact may still be: each value is what it is called, and touches nothing that is known."""

from __future__ import annotations

import datetime as dt

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    ActeFacture,
    Adressage,
    Fait,
    Medecin,
    Praticien,
    Profession,
    Specialite,
    Visite,
)
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.missing_values import valeurs
from parcours.law.policies import Politiques

JOUR = dt.date(2026, 3, 10)
FACTURE = (ActeFacture(sequence=1, code="C", nomenclature="ngap"),)


def supposees(fait: str, visite: Visite) -> dict[str, Visite]:
    """The visit as each value of the fact would make it."""
    return dict(valeurs(fait, Cas.de(visite, droit().du_jour(visite.date).parametres, Politiques())))


# ---------------------------------------------------------------- ages

MINEUR, JEUNE, ADULTE = "moins de 16 ans", "16 à 25 ans", "26 ans ou plus"
PAS_18_EN_JANVIER = "16 ans ou plus, mais pas 18 ans au 1er janvier"
DIX_HUIT_EN_JANVIER = "18 ans au 1er janvier, 25 ans au plus"
BEBE, PETIT, GRAND = "moins de 2 ans", "2 à 5 ans", "6 à 15 ans"
BORNES = {
    MINEUR: (0, 15),
    BEBE: (0, 1),
    PETIT: (2, 5),
    GRAND: (6, 15),
    JEUNE: (16, 25),
    ADULTE: (26, 130),
    PAS_18_EN_JANVIER: (16, 18),
    DIX_HUIT_EN_JANVIER: (18, 25),
}


@pytest.mark.parametrize(
    ("year", "actes", "textes"),
    [
        (2026, (), [MINEUR]),  # newborn that day
        (2011, (), [MINEUR]),  # fourteen or fifteen
        (2010, (), [MINEUR, JEUNE]),  # fifteen or sixteen
        (2009, (), [JEUNE]),
        (2001, (), [JEUNE]),  # twenty-four or twenty-five
        (2000, (), [JEUNE, ADULTE]),
        (1999, (), [ADULTE]),
        (2011, FACTURE, [MINEUR]),
        (2010, FACTURE, [MINEUR, PAS_18_EN_JANVIER]),
        (2009, FACTURE, [PAS_18_EN_JANVIER]),
        (2008, FACTURE, [PAS_18_EN_JANVIER, DIX_HUIT_EN_JANVIER]),  # seventeen, or eighteen since 1 January
        (2007, FACTURE, [PAS_18_EN_JANVIER, DIX_HUIT_EN_JANVIER]),  # eighteen or nineteen
        (2006, FACTURE, [DIX_HUIT_EN_JANVIER]),
        (2001, FACTURE, [DIX_HUIT_EN_JANVIER]),
        (2000, FACTURE, [DIX_HUIT_EN_JANVIER, ADULTE]),
        (1999, FACTURE, [ADULTE]),
    ],
)
def test_an_age_on_the_border_of_two_classes_may_be_of_either(
    year: int, actes: tuple[ActeFacture, ...], textes: list[str]
) -> None:
    born = Naissance(dt.date(year, 1, 1), dt.date(year, 12, 31))
    assert list(supposees(Fait.AGE, Visite(date=JOUR, naissance=born, actes_factures=actes))) == textes


MEG = (*FACTURE, ActeFacture(sequence=2, code="MEG", nomenclature="ngap"))
PEDIATRE = Praticien(medecin=Medecin(rpps="10100000002"), specialite=Specialite.PEDIATRIE)


@pytest.mark.parametrize(
    ("year", "textes"),
    [
        (2025, [BEBE]),  # newborn, or one
        (2024, [BEBE, PETIT]),  # one or two
        (2023, [PETIT]),
        (2020, [PETIT, GRAND]),  # five or six
        (2019, [GRAND]),
        (2010, [GRAND, PAS_18_EN_JANVIER]),  # fifteen or sixteen
    ],
)
@pytest.mark.parametrize(
    ("praticien", "actes"), [(PEDIATRE, FACTURE), (None, MEG)], ids=["a paediatrician", "an MEG"]
)
def test_where_the_price_is_by_the_age_of_a_child_children_are_told_apart(
    year: int, textes: list[str], praticien: Praticien | None, actes: tuple[ActeFacture, ...]
) -> None:
    born = Naissance(dt.date(year, 1, 1), dt.date(year, 12, 31))
    visite = Visite(date=JOUR, naissance=born, praticien=praticien, actes_factures=actes)
    found = supposees(Fait.AGE, visite)
    assert list(found) == textes
    for texte, supposee in found.items():
        assert supposee.naissance
        (age,) = set(supposee.naissance.ages(JOUR))
        assert BORNES[texte][0] <= age <= BORNES[texte][1]


@pytest.mark.parametrize("jour", ["2024-01-01", "2024-01-02", "2024-02-29", "2026-12-31"])
@pytest.mark.parametrize("actes", [(), FACTURE], ids=["no bill", "a bill"])
def test_who_stands_for_an_age_is_of_that_age_on_any_day(jour: str, actes: tuple[ActeFacture, ...]) -> None:
    visite = Visite(date=dt.date.fromisoformat(jour), actes_factures=actes)
    found = supposees(Fait.AGE, visite)
    assert list(found) == [MINEUR, *([PAS_18_EN_JANVIER, DIX_HUIT_EN_JANVIER] if actes else [JEUNE]), ADULTE]
    for texte, supposee in found.items():
        assert supposee.naissance
        (age,) = set(supposee.naissance.ages(visite.date))
        assert BORNES[texte][0] <= age <= BORNES[texte][1]
        majeur = supposee.naissance.age_atteint(18, visite.date.replace(month=1, day=1))
        assert majeur is (texte not in (MINEUR, PAS_18_EN_JANVIER))


# ---------------------------------------------------------------- who wrote a referral

CONNU = Praticien(medecin=Medecin(rpps="10100000003"), profession=Profession.MEDECIN)
LETTRES = (
    Adressage(prescripteur=None, date=None),
    Adressage(prescripteur=CONNU, date=dt.date(2026, 2, 1)),
    Adressage(prescripteur=Praticien(medecin=Medecin(), profession=Profession.MEDECIN), date=None),
    Adressage(prescripteur=Praticien(medecin=Medecin(), profession=Profession.SAGE_FEMME), date=None),
)


def test_of_referrals_only_those_of_unknown_author_may_be_of_another() -> None:
    found = supposees(Fait.PRESCRIPTEUR, Visite(date=JOUR, adressages=LETTRES))
    auteurs = {
        texte: [lettre.prescripteur.medecin.rpps if lettre.prescripteur else "" for lettre in v.adressages]
        for texte, v in found.items()
    }
    assert auteurs == {
        "une sage-femme": ["autre", "10100000003", None, "autre"],
        "un autre médecin": ["autre", "10100000003", "autre", None],
    }
    for supposee in found.values():
        assert [lettre.date for lettre in supposee.adressages] == [JOUR, dt.date(2026, 2, 1), None, None]
