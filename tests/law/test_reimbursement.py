"""Amounts: published examples, published values that are wrong, the sum that must always fall right."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.law.bills import DROIT, HORS, STANDARD, acte, paye, visite

from parcours.domain.facts import Couverture, Mode, NatureLieu, ParticipationsRetenues, Profession, Visite
from parcours.domain.reimbursement import LigneRemboursement, Remboursement
from parcours.engine import decide
from parcours.law.cas import Cas
from parcours.law.parameter_files import parameter_table
from parcours.law.policies import Politiques
from parcours.law.reimbursement import remboursement
from parcours.law.verdict import Reponses, juger

ICI = Path(__file__).parent


def lignes(nom: str) -> list[dict[str, str]]:
    with (ICI / nom).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


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


@pytest.mark.parametrize(("date", "lu"), [("2024-12-21", False), ("2024-12-22", True)])
def test_how_the_cap_is_read_matters_from_the_convention_of_2024_on(date: str, lu: bool) -> None:
    cher = visite(HORS | {"date": date, "base": "100", "facture": "100"})
    assert (paye(cher, plafond_majoration_2024="12") != paye(cher)) is lu


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
        "5.95",
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


@pytest.mark.parametrize("autrement", [{"mode": Mode.URGENCES}, {"lieux": frozenset({NatureLieu.HOPITAL})}])
def test_emergencies_elsewhere_and_a_hospital_without_them_owe_the_participation(autrement: Any) -> None:
    assert str(paye(replace(visite(STANDARD), **autrement)).participation_forfaitaire) == "2.00"


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


CHANGEMENTS = {value["since"] for entry in parameter_table().values() for value in entry["values"]}
DATES = sorted(
    {jour for since in CHANGEMENTS for jour in (since, since - dt.timedelta(days=1)) if jour >= DROIT.depuis}
)
"""Every day on which a value of the law changes, and its eve: between two of them nothing can."""

ACTES = ["G", "GS", "C", "CS", "MPC", "MCS", "MCG", "MEG", "APC", "APY", "CNPSY", "IFA", "IK", "JKFA001"]
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


def _tombe_juste_ou_dit_pourquoi(cas: Visite) -> None:
    """Paid + complementary (C2S) + left to the patient = billed, to the cent; or a reason."""
    total = _vite(cas)
    if total.amo is None:
        assert any(terme.valeur is None and terme.note for terme in total.termes), cas
        return
    facture, amo, reste, complementaire = _fractions(total)
    paye_par_la_c2s = complementaire if Couverture.C2S in cas.couvertures else Decimal(0)
    assert amo + paye_par_la_c2s + reste == facture, cas
    assert amo >= 0
    assert reste >= 0


@pytest.mark.no_cover  # thrice as long when each line is counted
def test_every_day_and_every_act_has_an_amount_or_a_reason_and_the_sum_falls_right() -> None:
    for jour, code, couvertures, parcours in itertools.product(
        DATES, ACTES, COUVERTURES, ["traitant", "hors"]
    ):
        base = visite(STANDARD | {"date": jour.isoformat(), "parcours": parcours})
        billed = (acte(1, code, None, "37.30"),)
        _tombe_juste_ou_dit_pourquoi(replace(base, couvertures=couvertures, actes_factures=billed))


def test_so_it_is_for_every_quantity_and_with_what_goes_with_the_act() -> None:
    for jour, code, quantite, parcours in itertools.product(
        DATES, ACTES, ["0", "0.5", "2", "5"], ["traitant", "hors"]
    ):
        base = visite(STANDARD | {"date": jour.isoformat(), "parcours": parcours})
        plusieurs = replace(acte(1, code, None, "37.31"), quantite=Decimal(quantite))
        billed = (plusieurs, acte(2, "IK", "7.33", "7.33"), acte(3, "MD", "5.05", "6.01"))
        _tombe_juste_ou_dit_pourquoi(replace(base, actes_factures=billed))


def test_the_cap_of_the_majoration_is_told_in_french_figures() -> None:
    dits = [terme.texte for terme in paye(visite(HORS)).termes if terme.montant == "majoration"]
    assert any("plafond de 10,60 €" in texte for texte in dits)
