"""The base of an act: the published tariffs by day, and what they need to be read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.law.bills import HORS, STANDARD, acte, paye, visite

from parcours.domain.facts import Couverture, GroupeActe, Profession, Secteur

TARIFS = [
    ("G", "medecine-generale", "secteur-1", None, "2017-04-30", "23.00"),
    ("G", "medecine-generale", "secteur-1", None, "2017-05-01", "25.00"),
    ("GS", "medecine-generale", "secteur-1", None, "2023-10-31", "25.00"),
    ("GS", "medecine-generale", "secteur-1", None, "2023-11-01", "26.50"),
    ("G", "medecine-generale", "secteur-2", True, "2024-12-21", "26.50"),
    ("G", "medecine-generale", "secteur-2", True, "2024-12-22", "30.00"),
    ("G", "medecine-generale", "secteur-2", False, "2024-12-22", "23.00"),
    ("G", "medecine-generale", "secteur-2", None, "2024-12-22", None),
    ("G", "medecine-generale", "secteur-2", None, "2016-03-01", "23.00"),
    ("CS", "autre", "secteur-2", None, "2018-03-01", "23.00"),
    ("MCS", "autre", "secteur-2", False, "2018-03-01", "0.00"),
    ("MPC", "autre", "secteur-2", False, "2018-03-01", "0.00"),
    ("MPC", "autre", "secteur-2", True, "2018-03-01", "2.00"),
    ("MCS", "autre", "secteur-2", None, "2018-03-01", None),
    ("MCS", "autre", "secteur-2", False, "2016-03-01", None),
    ("C", "medecine-generale", "secteur-1", None, "2025-01-02", "30.00"),
    ("C", "autre", "secteur-1-depassement-permanent", None, "2025-01-02", "26.50"),
    ("CS", "autre", "secteur-1", None, "2024-06-03", None),
    ("APC", "autre", "secteur-1", None, "2025-01-02", "60.00"),
    ("APC", "autre", "secteur-1", None, "2020-01-02", None),
    ("CNP", "psychiatrie", "secteur-1", None, "2025-01-02", "50.00"),
    ("CNP", "psychiatrie", "secteur-1", None, "2026-01-02", "52.00"),
    ("CNPSY", "psychiatrie", "secteur-1", None, "2026-01-02", "52.00"),
    ("CNPSY", "neurologie", "secteur-1", None, "2026-01-02", "52.00"),
    ("C", "neurologie", "secteur-1", None, "2026-01-02", "52.00"),
    ("CNPSY", "psychiatrie", "non-conventionne", None, "2026-01-02", "1.22"),
    ("MPC", "autre", "secteur-1", None, "2024-12-22", "0.00"),
    ("MCG", "medecine-generale", "secteur-1", None, "2017-06-30", "3.00"),
    ("MCG", "medecine-generale", "secteur-1", None, "2017-07-01", "5.00"),
    ("MCG", "medecine-generale", "secteur-1", None, "2017-04-30", None),
    ("MCG", "medecine-generale", "secteur-2", False, "2018-03-01", "0.00"),
    ("MCS", "autre", "secteur-1", None, "2017-06-30", None),
    ("MCS", "autre", "secteur-1", None, "2017-07-01", "5.00"),
    ("G", "medecine-generale", "non-conventionne", None, "2025-01-02", "0.61"),
    ("CS", "autre", "non-conventionne", None, "2025-01-02", "1.22"),
    ("TCG", "medecine-generale", "secteur-1", None, "2025-01-02", None),
    ("G", "medecine-generale", "secteur-1", None, "2010-01-02", None),
]


@pytest.mark.parametrize(("code", "specialite", "secteur", "optam", "jour", "base"), TARIFS)
def test_published_tariffs_by_day(
    code: str, specialite: str, secteur: str, optam: bool | None, jour: str, base: str | None
) -> None:
    cas = visite(STANDARD | {"date": jour, "secteur": secteur, "specialite": specialite})
    assert cas.praticien
    cas = replace(
        cas,
        praticien=replace(cas.praticien, optam=optam),
        actes_factures=(acte(1, code, None, None),),
    )
    total = paye(cas)
    assert total.base == (Decimal(base) if base else None)
    assert base is not None or any(terme.montant == "base" and terme.note for terme in total.termes)


def test_a_tariff_needs_a_sector_a_nomenclature_and_metropolitan_france() -> None:
    cas = replace(visite(STANDARD), actes_factures=(acte(1, "G", None, None),))
    assert cas.praticien
    sans_secteur = replace(cas, praticien=replace(cas.praticien, secteur=None))
    sans_specialite = replace(
        cas, praticien=replace(cas.praticien, secteur=Secteur.NON_CONVENTIONNE, specialite=None)
    )
    ccam = replace(cas, actes_factures=(replace(cas.actes_factures[0], nomenclature="ccam"),))
    outre_mer = [replace(cas, departement_lieu=departement) for departement in ("971", "976", "987", "988")]
    outre_mer += [
        replace(cas, couvertures=frozenset({couverture}))
        for couverture in (Couverture.OUTRE_MER, Couverture.MAYOTTE)
    ]
    personne = replace(cas, praticien=None)
    for essai in (sans_secteur, sans_specialite, ccam, *outre_mer, personne):
        assert paye(essai).base is None


@pytest.mark.parametrize(
    ("code", "specialite", "secteur"),
    [
        ("G", "dermatologie", "secteur-1"),
        ("CS", "medecine-generale", "secteur-1"),
        ("CS", "psychiatrie", "secteur-1"),
        ("GS", "autre", "secteur-1"),
        ("CNP", "medecine-generale", "secteur-1"),
        ("CNPSY", "autre", "secteur-1"),
        ("MCS", "autre", "non-conventionne"),
        ("K", "autre", "non-conventionne"),
    ],
)
def test_nobody_is_given_the_tariff_of_another(code: str, specialite: str, secteur: str) -> None:
    cas = visite(STANDARD | {"secteur": secteur, "specialite": specialite})
    assert paye(replace(cas, actes_factures=(acte(1, code, None, "40.00"),))).base is None


@pytest.mark.parametrize("profession", [Profession.SAGE_FEMME, Profession.CHIRURGIEN_DENTISTE, None])
def test_the_tariffs_are_those_of_doctors(profession: Profession | None) -> None:
    cas = replace(visite(STANDARD), actes_factures=(acte(1, "C", None, "40.00"),))
    assert cas.praticien
    assert paye(replace(cas, praticien=replace(cas.praticien, profession=profession))).base is None


def test_a_consultation_has_no_tariff_while_the_specialty_is_unknown() -> None:
    cas = replace(visite(STANDARD), actes_factures=(acte(1, "C", None, "30.00"),))
    assert cas.praticien
    assert paye(replace(cas, praticien=replace(cas.praticien, specialite=None))).base is None


def test_the_c_of_a_psychiatrist_is_his_own() -> None:
    cas = visite(STANDARD | {"specialite": "psychiatrie"})
    assert str(paye(replace(cas, actes_factures=(acte(1, "C", None, "50.00"),))).base) == "50.00"


def test_the_maximum_is_that_of_the_act_with_its_supplements() -> None:
    cas = visite(HORS | {"specialite": "autre"})
    actes = (acte(1, "CS", "26.50", "26.50"), acte(2, "MCS", "5.00", "5.00"))
    assert str(paye(replace(cas, actes_factures=actes)).depassement_autorise_max) == "37.00"


MAXIMA = [
    ("gynecologie", "2016-03-01", None),
    ("gynecologie", "2018-03-01", "35.00"),
    ("gynecologie", "2024-03-01", "39.00"),
    ("gynecologie", "2025-12-31", "43.00"),
    ("gynecologie", "2026-01-01", "47.00"),
    ("geriatrie", "2018-03-01", "35.00"),
    ("geriatrie", "2024-03-01", "37.00"),
    ("geriatrie", "2025-12-31", "43.00"),
    ("geriatrie", "2026-01-01", "49.00"),
    ("pediatrie", "2018-03-01", None),
    ("pediatrie", "2024-03-01", None),
    ("pediatrie", "2025-12-31", "37.00"),
    ("pediatrie", "2026-01-01", "37.00"),
    ("cardiologie", "2018-03-01", "60.00"),
    ("cardiologie", "2024-03-01", "63.00"),
    ("cardiologie", "2026-01-01", None),
    ("psychiatrie", "2018-03-01", "55.00"),
    ("neurologie", "2018-03-01", "55.00"),
    ("psychiatrie", "2026-01-01", None),
    ("dermatologie", "2006-03-01", "32.00"),
    ("dermatologie", "2008-12-31", "32.00"),
    ("dermatologie", "2009-06-01", None),
    ("dermatologie", "2010-01-01", "33.00"),
    ("dermatologie", "2026-01-01", "37.00"),
]


@pytest.mark.parametrize(("specialite", "jour", "maximum"), MAXIMA)
def test_the_highest_price_follows_the_coordinated_price_of_the_specialty(
    specialite: str, jour: str, maximum: str | None
) -> None:
    cas = visite(HORS | {"specialite": specialite, "date": jour, "base": "20.00", "facture": "20.00"})
    total = paye(replace(cas, actes=frozenset({GroupeActe.AUTRE})))
    assert str(total.depassement_autorise_max) == str(maximum)
    (dit,) = (terme for terme in total.termes if terme.montant == "depassement_autorise_max")
    assert dit.texte
    assert maximum is not None or dit.note


def test_an_allowance_is_added_to_the_highest_price_at_its_tariff() -> None:
    cas = visite(HORS | {"specialite": "autre"})
    actes = (acte(1, "CS", "26.50", "26.50"), acte(2, "IK", "6.10", "8.00"), acte(3, "MCS", "5.00", "5.00"))
    total = paye(replace(cas, actes_factures=actes))
    assert [str(x.depassement_autorise_max) for x in total.lignes] == ["37.00", "6.10", "0.00"]
    assert str(total.depassement_autorise_max) == "43.10"
    inconnu = paye(replace(cas, actes_factures=(actes[0], acte(2, "F", None, "19.06"))))
    assert inconnu.depassement_autorise_max is None
