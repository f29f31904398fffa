"""The ground of each amount: the article that sets it, under the number and in the state it had that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.law.bills import HORS, STANDARD, acte, paye, visite

from parcours.domain.facts import Mode, NatureLieu, ParticipationsRetenues, Profession, Visite
from parcours.domain.reimbursement import Remboursement
from parcours.law import droit
from parcours.law.parameter_files import Montant
from parcours.law.terms import Termes

NUMEROTATION = "articles cités sous leur numéro de 2016"
MODIFIE = "texte modifié entre mars et août 2026, non relu"


def textes(total: Remboursement, montant: str) -> str:
    return " | ".join(terme.texte for terme in total.termes if terme.montant == montant)


def notes(total: Remboursement, montant: str) -> str:
    return " | ".join(terme.note or "" for terme in total.termes if terme.montant == montant)


# ---------------------------------------------------------------- the participation forfaitaire

MINEUR = visite(STANDARD | {"naissance": "2012-01-01"})
C2S = visite(STANDARD | {"couverture": "c2s"})
PRATICIEN = C2S.praticien
assert PRATICIEN
DISPENSES = [
    (MINEUR, "R160-20"),
    (C2S, "L160-15"),
    (visite(STANDARD | {"couverture": "maternite"}), "L160-9"),
    (replace(visite(STANDARD), mode=Mode.HOSPITALISATION), "L160-13 II"),
    (
        replace(
            visite(STANDARD),
            praticien=replace(PRATICIEN, profession=Profession.SAGE_FEMME, specialite=None),
        ),
        "L160-13 II",
    ),
    (visite(STANDARD | {"couverture": "ame"}), "aide médicale de l'État"),
]


@pytest.mark.parametrize(("cas", "article"), DISPENSES, ids=lambda x: x if isinstance(x, str) else "")
def test_each_exemption_cites_its_own_article(cas: Visite, article: str) -> None:
    total = paye(cas)
    assert str(total.participation_forfaitaire) == "0.00"
    assert article in textes(total, "participation_forfaitaire")


def test_under_livre_iv_the_participation_cites_the_article_that_keeps_it() -> None:
    total = paye(visite(STANDARD | {"couverture": "at-mp"}))
    assert "L432-1" in textes(total, "participation_forfaitaire")


@pytest.mark.parametrize(
    ("retenues", "articles"),
    [
        (ParticipationsRetenues(), set()),
        (ParticipationsRetenues(annee=Decimal(48)), set()),
        (ParticipationsRetenues(annee=Decimal(49)), {"D160-6"}),
        (ParticipationsRetenues(jour=4), {"D160-8"}),
    ],
)
def test_a_maximum_that_bites_is_cited(retenues: ParticipationsRetenues, articles: set[str]) -> None:
    cites = textes(paye(replace(visite(STANDARD), participations=retenues)), "participation_forfaitaire")
    assert {article for article in ("D160-6", "D160-8") if article in cites} == articles


def test_the_participation_of_an_emergency_department_has_the_reason_of_the_other_amounts() -> None:
    urgences = replace(visite(STANDARD), mode=Mode.URGENCES, lieux=frozenset({NatureLieu.HOPITAL}))
    total = paye(urgences)
    assert total.participation_forfaitaire is None
    assert "forfait patient urgences" in notes(total, "participation_forfaitaire")
    mineur = replace(urgences, naissance=MINEUR.naissance)
    assert str(paye(mineur).participation_forfaitaire) == "0.00"


def test_after_an_absurd_quantity_the_participation_of_later_acts_is_unknown_too() -> None:
    absurde = replace(acte(1, "G", "30.00", "30.00"), quantite=Decimal("0.5"))
    actes = (absurde, acte(2, "G", "30.00", "30.00"))
    total = paye(replace(visite(STANDARD), actes_factures=actes))
    assert [ligne.participation_forfaitaire for ligne in total.lignes] == [None, None]
    assert "un acte précédent" in notes(total, "participation_forfaitaire")
    annee = ParticipationsRetenues(annee=Decimal(50))
    epuisee = paye(replace(visite(STANDARD), actes_factures=actes, participations=annee))
    assert str(epuisee.lignes[1].participation_forfaitaire) == "0.00"


# ---------------------------------------------------------------- no anachronism


@pytest.mark.parametrize(("jour", "dit"), [("2015-12-31", True), ("2016-01-01", False)])
@pytest.mark.parametrize("montant", ["taux", "participation_forfaitaire"])
def test_before_2016_the_articles_are_said_to_have_borne_another_number(
    jour: str, montant: str, dit: bool
) -> None:
    assert (NUMEROTATION in notes(paye(visite(STANDARD | {"date": jour})), montant)) is dit


@pytest.mark.parametrize(("jour", "article"), [("2015-12-31", "R322-1-1"), ("2016-01-01", "R160-6")])
def test_the_cap_cites_the_article_of_its_day(jour: str, article: str) -> None:
    cites = textes(paye(visite(HORS | {"date": jour})), "majoration")
    assert {a for a in ("R322-1-1", "R160-6") if a in cites} == {article}


@pytest.mark.parametrize(("jour", "dit"), [("2016-03-01", False), ("2018-03-01", True)])
def test_the_convention_of_2016_sets_no_excess_before_it_existed(jour: str, dit: bool) -> None:
    total = paye(visite(HORS | {"specialite": "autre", "date": jour}))
    assert ("2016, art. 37.1" in textes(total, "depassement_autorise_max")) is dit


CHANGES = [
    ("taux", STANDARD, "R160-5"),
    ("taux", STANDARD | {"couverture": "invalidite"}, "L160-14"),
    ("taux", STANDARD | {"couverture": "ald"}, "L160-14"),
    ("participation_forfaitaire", STANDARD, "L160-13"),
    ("participation_forfaitaire", STANDARD | {"couverture": "c2s"}, "L160-15"),
]


@pytest.mark.parametrize(("montant", "row", "article"), CHANGES)
def test_what_an_article_changed_in_2026_sets_says_that_it_was_not_read_again(
    montant: str, row: dict[str, str], article: str
) -> None:
    avant, apres = (paye(visite(row | {"date": jour})) for jour in ("2026-03-27", "2026-03-28"))
    assert MODIFIE not in notes(avant, montant)
    assert f"{article} : {MODIFIE}" in notes(apres, montant)


def test_the_rate_of_dentists_says_it_too() -> None:
    cas = visite(STANDARD | {"date": "2026-06-03"})
    assert PRATICIEN
    dentiste = replace(PRATICIEN, profession=Profession.CHIRURGIEN_DENTISTE, specialite=None)
    assert MODIFIE in notes(paye(replace(cas, praticien=dentiste)), "taux")


def test_notes_are_joined_whole_without_the_full_stops_between_them() -> None:
    termes = Termes(droit().du_jour(dt.date(2026, 3, 10)).parametres)
    termes.dire("taux", Montant(Decimal(1), note="Selon le taux."), "1", "et le prix")
    termes.dire("base", Montant(Decimal(1), note="Seule."), "1")
    assert [terme.note for terme in termes.tous()] == ["Selon le taux ; et le prix", "Seule."]
