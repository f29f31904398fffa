"""Amounts: published examples, published values that are wrong, the sum that must always fall right."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from parcours.domain.calendar import Naissance
from parcours.domain.facts import (
    ActeFacture,
    Circonstance,
    Couverture,
    Declaration,
    GroupeActe,
    Medecin,
    Mode,
    NatureLieu,
    ParticipationsRetenues,
    Praticien,
    Profession,
    Secteur,
    Specialite,
    StatutTraitant,
    Visite,
)
from parcours.domain.reimbursement import LigneRemboursement, Remboursement
from parcours.engine import decide
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.policies import Politiques
from parcours.law.reimbursement import remboursement
from parcours.law.verdict import Reponses, juger

ICI = Path(__file__).parent
DROIT = droit()
CONSULTE, TRAITANT = Medecin(rpps="10100000002"), Medecin(rpps="10100000001")


def lignes(nom: str) -> list[dict[str, str]]:
    with (ICI / nom).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


def visite(cas: Mapping[str, str], code: str = "CS") -> Visite:
    """A visit from one row: who was seen, in which path, for how much."""
    ne = dt.date.fromisoformat(cas["naissance"])
    parcours = cas["parcours"]
    circonstances = {
        "adresse": {Circonstance.ADRESSE_PAR_TRAITANT},
        "urgence": {Circonstance.URGENCE},
        "eloigne": {Circonstance.HORS_RESIDENCE},
    }.get(parcours, set())
    couvertures = {Couverture(c) for c in [cas.get("couverture", "")] if c}
    if Couverture.ALD in couvertures:
        circonstances = circonstances | {Circonstance.SOIN_EN_RAPPORT_ALD}
    traitant = CONSULTE if parcours == "traitant" else TRAITANT
    return Visite(
        date=dt.date.fromisoformat(cas["date"]),
        naissance=Naissance(ne, ne),
        praticien=Praticien(
            medecin=CONSULTE,
            profession=Profession.MEDECIN,
            specialite=Specialite(cas.get("specialite", "medecine-generale")),
            secteur=Secteur(cas["secteur"]),
        ),
        declarations=(Declaration(statut=StatutTraitant.DECLARE, medecins=(traitant,)),),
        actes=frozenset({GroupeActe.CONTRACEPTION}) if parcours == "direct" else None,
        circonstances=frozenset(circonstances),
        couvertures=frozenset(couvertures),
        actes_factures=(acte(1, code, cas["base"], cas["facture"]),),
    )


def acte(sequence: int, code: str | None, base: str | None, facture: str | None) -> ActeFacture:
    return ActeFacture(
        sequence=sequence,
        code=code,
        nomenclature="ngap",
        base=Decimal(base) if base else None,
        facture=Decimal(facture) if facture else None,
    )


def paye(visite: Visite, **politiques: str) -> Remboursement:
    choix = Politiques.from_mapping({nom.replace("_", "-"): valeur for nom, valeur in politiques.items()})
    remboursement = decide(visite, DROIT, choix).remboursement
    assert remboursement is not None
    return remboursement


STANDARD = {
    "date": "2025-03-03",
    "parcours": "traitant",
    "naissance": "1970-01-01",
    "secteur": "secteur-1",
    "base": "30.00",
    "facture": "30.00",
}
HORS = STANDARD | {"parcours": "hors"}


@pytest.mark.parametrize(
    "cas", lignes("exemples_publies.csv"), ids=lambda c: f"{c['numero']}-{c['cle']}-{c['parcours']}"
)
def test_published_examples_are_found_again(cas: dict[str, str]) -> None:
    assert str(getattr(paye(visite(cas)), cas["cle"])) == cas["attendu"], cas["source"]


@pytest.mark.parametrize("cas", lignes("valeurs_publiees_fausses.csv"), ids=lambda c: c["source"])
def test_published_values_that_are_wrong_are_not_reproduced(cas: dict[str, str]) -> None:
    assert str(paye(visite(cas)).amo) == cas["nous"] != cas["publie"], cas["raison"]


def test_the_sum_is_told_in_french() -> None:
    assert [x.calcul for x in paye(visite(STANDARD)).lignes] == ["Base 30,00 € × 70 % − 2,00 € = 19,00 €"]
    assert [x.calcul for x in paye(visite(HORS)).lignes] == [
        "Base 30,00 € × 70 % − 10,60 € − 2,00 € = 8,40 €"
    ]


def test_the_public_pages_reading_has_no_cap() -> None:
    assert str(paye(visite(HORS), plafond_majoration_2024="sans-plafond").amo) == "7.00"
    assert (
        str(
            paye(
                visite(HORS | {"base": "52.50", "facture": "52.50"}), plafond_majoration_2024="sans-plafond"
            ).amo
        )
        == "13.75"
    )
    assert str(paye(visite(HORS), plafond_majoration_2024="12.00").amo) == "7.00"
    assert (
        str(paye(visite(HORS | {"base": "100", "facture": "100"}), plafond_majoration_2024="12").amo)
        == "56.00"
    )


@pytest.mark.parametrize(
    ("couverture", "parcours", "taux", "amo", "reste"),
    [
        ("c2s", "traitant", "70", "21.00", "0.00"),
        ("c2s", "hors", "30", "10.40", "0.00"),
        ("maternite", "traitant", "100", "30.00", "0.00"),
        ("maternite", "hors", "100", "30.00", "0.00"),
        ("invalidite", "traitant", "100", "28.00", "2.00"),
        ("invalidite", "hors", "60", "17.40", "12.60"),
        ("ald", "traitant", "100", "28.00", "2.00"),
        ("at-mp", "hors", "100", "28.00", "2.00"),
        ("ame", "hors", "100", "30.00", "0.00"),
        ("alsace-moselle", "traitant", "90", "25.00", "5.00"),
        ("camieg", "traitant", "70", "19.00", "11.00"),
    ],
)
def test_each_coverage_pays_at_its_own_rate(
    couverture: str, parcours: str, taux: str, amo: str, reste: str
) -> None:
    total = paye(visite(STANDARD | {"couverture": couverture, "parcours": parcours}))
    assert (total.taux, str(total.amo), str(total.reste_a_charge)) == (taux, amo, reste)


def test_under_c2s_the_text_leaves_the_majoration_to_the_patient() -> None:
    total = paye(visite(HORS | {"couverture": "c2s"}), c2s_majoration="texte")
    assert (str(total.complementaire_max), str(total.reste_a_charge)) == ("9.00", "10.60")


def test_nothing_is_invented_for_alsace_moselle_outside_the_path() -> None:
    cas = visite(HORS | {"couverture": "alsace-moselle"})
    total = paye(cas)
    assert (total.amo, total.taux, total.majoration) == (None, None, None)
    assert str(total.ticket_moderateur) == "3.00"
    assert any("Alsace-Moselle" in (terme.note or "") for terme in total.termes)
    assert str(paye(cas, alsace_moselle_hors_parcours="50").amo) == "14.40"


@pytest.mark.parametrize(
    ("jour", "majoration"),
    [
        ("2007-08-28", "2.30"),
        ("2007-08-29", None),
        ("2007-12-31", None),
        ("2008-01-01", "4.60"),
        ("2009-01-30", "4.60"),
        ("2009-01-31", "9.20"),
    ],
)
def test_the_majoration_of_autumn_2007_has_no_established_day(jour: str, majoration: str | None) -> None:
    total = paye(visite(HORS | {"date": jour, "base": "23.00", "facture": "23.00"}))
    assert total.majoration == (Decimal(majoration) if majoration else None)
    assert (total.amo is None) == (majoration is None)


@pytest.mark.parametrize(("jour", "participation"), [("2024-05-14", "1.00"), ("2024-05-15", "2.00")])
def test_the_participation_doubles_on_15_may_2024(jour: str, participation: str) -> None:
    assert str(paye(visite(STANDARD | {"date": jour})).participation_forfaitaire) == participation


@pytest.mark.parametrize(
    ("naissance", "participation"),
    [("2007-01-01", "2.00"), ("2007-01-02", "0.00"), ("2007-12-31", "0.00"), ("2006-06-01", "2.00")],
)
def test_minors_on_1_january_owe_no_participation(naissance: str, participation: str) -> None:
    total = paye(visite(STANDARD | {"naissance": naissance}))
    assert str(total.participation_forfaitaire) == participation


@pytest.mark.parametrize(
    ("annee", "jour", "participation"),
    [
        ("48.00", None, "2.00"),
        ("49.00", None, "1.00"),
        ("50.00", None, "0.00"),
        (None, 3, "2.00"),
        (None, 4, "0.00"),
    ],
)
def test_the_participation_has_a_yearly_and_a_daily_maximum(
    annee: str | None, jour: int | None, participation: str
) -> None:
    retenues = ParticipationsRetenues(annee=Decimal(annee) if annee else None, jour=jour)
    total = paye(replace(visite(STANDARD), participations=retenues))
    assert str(total.participation_forfaitaire) == participation


def test_a_supplement_is_one_act_with_what_it_accompanies() -> None:
    actes = (acte(1, "CS", "26.50", "26.50"), acte(2, "MCS", "5.00", "5.00"))
    total = paye(replace(visite(HORS), actes_factures=actes))
    assert (str(total.majoration), str(total.participation_forfaitaire), str(total.amo)) == (
        "10.60",
        "2.00",
        "9.45",
    )
    assert [str(x.participation_forfaitaire) for x in total.lignes] == ["2.00", "0.00"]


def test_two_acts_bear_two_caps_and_two_participations() -> None:
    actes = (acte(1, "CS", "50.00", "50.00"), acte(2, "APC", "60.00", "60.00"))
    total = paye(replace(visite(HORS), actes_factures=actes))
    assert (str(total.majoration), str(total.participation_forfaitaire)) == ("21.20", "4.00")


def test_a_heavy_act_leaves_a_flat_sum_and_no_rate() -> None:
    lourd = visite(STANDARD | {"base": "150.00", "facture": "150.00", "date": "2024-06-03"}, code="JKFA001")
    total = paye(lourd)
    assert (str(total.ticket_moderateur), str(total.amo), total.taux) == ("24.00", "124.00", None)
    apres = paye(replace(lourd, date=dt.date(2026, 6, 3)))
    assert (apres.ticket_moderateur, apres.amo) == (None, None)
    assert any("R160-16 a changé" in (terme.note or "") for terme in apres.termes)


@pytest.mark.parametrize(
    ("profession", "jour", "taux"),
    [
        (Profession.SAGE_FEMME, "2025-03-03", "70"),
        (Profession.CHIRURGIEN_DENTISTE, "2023-10-14", "70"),
        (Profession.CHIRURGIEN_DENTISTE, "2023-10-15", "60"),
        (Profession.INFIRMIER, "2025-03-03", None),
    ],
)
def test_other_professions_have_their_own_rate(profession: Profession, jour: str, taux: str | None) -> None:
    cas = visite(HORS | {"date": jour})
    assert cas.praticien
    total = paye(replace(cas, praticien=replace(cas.praticien, profession=profession, specialite=None)))
    assert total.taux == taux
    assert str(total.participation_forfaitaire) == "0.00" if taux else True


@pytest.mark.parametrize("couverture", [Couverture.RSS_DE_PASSAGE, Couverture.ETRANGER_DE_PASSAGE])
def test_no_rate_is_given_to_those_who_only_pass(couverture: Couverture) -> None:
    total = paye(replace(visite(STANDARD), couvertures=frozenset({couverture})))
    assert (total.taux, total.amo) == (None, None)


def test_a_hospital_stay_or_an_emergency_department_is_not_priced() -> None:
    sejour = replace(visite(STANDARD), mode=Mode.HOSPITALISATION)
    urgences = replace(visite(STANDARD), mode=Mode.URGENCES, lieux=frozenset({NatureLieu.HOPITAL}))
    assert (paye(sejour).amo, paye(urgences).amo) == (None, None)
    assert str(paye(sejour).participation_forfaitaire) == "0.00"


def test_a_teleconsultation_outside_its_rules_has_no_euros() -> None:
    assert decide(replace(visite(HORS), mode=Mode.TELECONSULTATION), DROIT).remboursement is None


def test_without_an_act_only_the_rate_is_said() -> None:
    total = paye(replace(visite(HORS), actes_factures=()))
    assert (total.taux, total.base, total.amo, total.lignes) == ("30", None, None, ())


def test_in_doubt_the_amounts_that_do_not_depend_on_it_stand() -> None:
    total = paye(replace(visite(STANDARD), declarations=None))
    assert (str(total.base), str(total.ticket_moderateur), str(total.participation_forfaitaire)) == (
        "30.00",
        "9.00",
        "2.00",
    )
    assert (total.taux, total.amo, total.reste_a_charge, total.majoration) == (None, None, None, None)


def test_what_is_billed_over_the_base_is_never_refunded() -> None:
    total = paye(visite(STANDARD | {"facture": "45.00"}))
    assert (str(total.depassement), str(total.amo), str(total.reste_a_charge)) == ("15.00", "19.00", "26.00")


def test_less_is_billed_than_the_tariff() -> None:
    total = paye(visite(STANDARD | {"facture": "20.00"}))
    assert (str(total.base), str(total.amo), str(total.depassement)) == ("20.00", "12.00", "0.00")


def test_a_tiny_tariff_never_gives_a_negative_payment() -> None:
    cas = visite(STANDARD | {"base": "0.61", "facture": "80.00", "secteur": "non-conventionne"})
    assert (str(paye(cas).amo), str(paye(cas).participation_forfaitaire)) == ("0.00", "0.43")


def test_the_higher_rounding_of_the_excess_is_a_policy() -> None:
    cas = visite(HORS | {"specialite": "autre", "base": "26.50", "facture": "35.00"})
    assert str(paye(cas, arrondi_depassement_autorise="superieur").depassement_autorise_max) == "38.00"


TARIFS = [
    ("G", "medecine-generale", "secteur-1", None, "2017-04-30", "23.00"),
    ("G", "medecine-generale", "secteur-1", None, "2017-05-01", "25.00"),
    ("GS", "medecine-generale", "secteur-1", None, "2023-10-31", "25.00"),
    ("GS", "medecine-generale", "secteur-1", None, "2023-11-01", "26.50"),
    ("G", "medecine-generale", "secteur-2", True, "2024-12-21", "26.50"),
    ("G", "medecine-generale", "secteur-2", True, "2024-12-22", "30.00"),
    ("G", "medecine-generale", "secteur-2", False, "2024-12-22", "23.00"),
    ("G", "medecine-generale", "secteur-2", None, "2024-12-22", None),
    ("C", "medecine-generale", "secteur-1", None, "2025-01-02", "30.00"),
    ("C", "autre", "secteur-1-depassement-permanent", None, "2025-01-02", "26.50"),
    ("CS", "autre", "secteur-1", None, "2024-06-03", None),
    ("APC", "autre", "secteur-1", None, "2025-01-02", "60.00"),
    ("APC", "autre", "secteur-1", None, "2020-01-02", None),
    ("CNP", "psychiatrie", "secteur-1", None, "2025-01-02", "50.00"),
    ("CNP", "psychiatrie", "secteur-1", None, "2026-01-02", None),
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
    outre_mer = replace(cas, departement_lieu="974")
    personne = replace(cas, praticien=None)
    for essai in (sans_secteur, sans_specialite, ccam, outre_mer, personne):
        assert paye(essai).base is None


DATES = [dt.date(2006, 1, 1) + dt.timedelta(days=97 * n) for n in range(79)]
ACTES = ["G", "GS", "C", "CS", "MPC", "MCS", "MCG", "MEG", "APC", "APY", "CNPSY", "JKFA001"]
COUVERTURES: list[frozenset[Couverture]] = [frozenset(), *(frozenset({c}) for c in Couverture)]


def _fractions(total: Remboursement | LigneRemboursement) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    facture, amo, reste = total.facture, total.amo, total.reste_a_charge
    complementaire = total.complementaire_max
    assert facture is not None
    assert amo is not None
    assert reste is not None
    assert complementaire is not None
    return facture, amo, reste, complementaire


def _vite(visite: Visite) -> Remboursement:
    """The amounts alone: tens of thousands of visits need no explanation."""
    du_jour = DROIT.du_jour(visite.date)
    cas = Cas.de(visite, du_jour.parametres, Politiques())
    verdict = juger(Reponses.demander(du_jour, cas, jusqu_au_bout=False), cas)
    total = remboursement(cas, verdict)
    assert total is not None
    return total


def test_every_day_and_every_act_has_an_amount_or_a_reason_and_the_sum_falls_right() -> None:
    """Paid + complementary (C2S) + left to the patient = billed, to the cent, over the whole enumeration."""
    for jour, code, couvertures, parcours in itertools.product(
        DATES, ACTES, COUVERTURES, ["traitant", "hors"]
    ):
        base = visite(STANDARD | {"date": jour.isoformat(), "parcours": parcours})
        cas = replace(base, couvertures=couvertures, actes_factures=(acte(1, code, None, "37.30"),))
        total = _vite(cas)
        if total.amo is None:
            assert any(terme.note for terme in total.termes), (jour, code, couvertures)
            continue
        facture, amo, reste, complementaire = _fractions(total)
        paye_par_la_c2s = complementaire if Couverture.C2S in couvertures else Decimal(0)
        assert amo + paye_par_la_c2s + reste == facture, (jour, code, couvertures, parcours)
        assert amo >= 0
        assert reste >= 0
