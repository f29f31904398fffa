"""An act with what goes with it: counted, capped and rounded together, then shared to the cent."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.law.bills import HORS, STANDARD, acte, paye, visite

from parcours.domain.facts import ActeFacture, Couverture, ParticipationsRetenues, Visite
from parcours.domain.reimbursement import ZERO, LigneRemboursement, Remboursement, partage
from parcours.law.group_sums import sommes

CLES = (
    "base", "amo_avant_participation", "participation_forfaitaire", "amo", "ticket_moderateur", "majoration",
    "complementaire_max", "depassement", "reste_a_charge",
)  # fmt: skip


def facture(parcours: dict[str, str], *actes: ActeFacture) -> Remboursement:
    return paye(replace(visite(parcours), actes_factures=actes))


def fois(quantite: str, code: str = "G", base: str | None = None, facture: str | None = None) -> ActeFacture:
    return replace(acte(1, code, base, facture), quantite=Decimal(quantite))


def montants(compte: Remboursement | LigneRemboursement, *cles: str) -> list[str]:
    return [str(getattr(compte, cle)) for cle in cles]


def notes(total: Remboursement, montant: str) -> str:
    return " | ".join(terme.note or "" for terme in total.termes if terme.montant == montant)


# ---------------------------------------------------------------- rounding


def test_an_act_and_its_supplement_are_rounded_once() -> None:
    total = facture(STANDARD, acte(1, "G", "20.05", "20.05"), acte(2, "MD", "5.05", "5.05"))
    assert montants(total, "amo_avant_participation", "ticket_moderateur") == ["17.57", "7.53"]
    assert [str(ligne.amo_avant_participation) for ligne in total.lignes] == ["14.04", "3.53"]
    assert notes(total, "amo") == (
        "arrondi au centime le plus proche, une fois pour l'acte et ce qui l'accompagne"
    )


def test_outside_the_path_what_is_paid_is_rounded_once() -> None:
    # 20.01 × 0.70 − 20.01 × 0.40 = 6.003, less the participation: 4.003.
    total = facture(HORS, acte(1, "G", "20.01", "20.01"))
    assert montants(total, "amo", "ticket_moderateur", "majoration") == ["4.00", "6.00", "8.01"]
    assert "8,01 €" in [terme.valeur for terme in total.termes if terme.montant == "majoration"]


def test_nothing_is_said_to_be_rounded_when_nothing_was() -> None:
    assert notes(facture(STANDARD, acte(1, "G", "30.00", "30.00")), "amo") == ""


@pytest.mark.parametrize(("majoration", "avant"), [("0.00", "21.00"), ("9.25", "11.75"), (None, None)])
def test_a_base_is_its_ticket_its_majoration_and_what_is_paid(
    majoration: str | None, avant: str | None
) -> None:
    found = sommes(Decimal("30.00"), Decimal("9.00"), None if majoration is None else Decimal(majoration))
    known = [None if x is None else Decimal(x) for x in ("30.00", "9.00", majoration, avant)]
    assert [found.base, found.ticket, found.majoration, found.avant] == known


def test_the_participation_is_taken_from_the_whole_act() -> None:
    total = facture(STANDARD, acte(1, "G", "0.00", "0.00"), acte(2, "MD", "10.00", "10.00"))
    assert montants(total, "participation_forfaitaire", "amo") == ["2.00", "5.00"]
    assert [str(ligne.participation_forfaitaire) for ligne in total.lignes] == ["0.00", "2.00"]


def test_the_act_bears_the_participation_before_what_precedes_it() -> None:
    total = facture(STANDARD, acte(1, "MD", "10.00", "10.00"), acte(2, "G", "30.00", "30.00"))
    assert [str(ligne.participation_forfaitaire) for ligne in total.lignes] == ["0.00", "2.00"]


def test_a_line_without_a_base_leaves_the_whole_act_unknown() -> None:
    connue, inconnue = acte(1, "G", "30.00", "30.00"), acte(2, "MM", None, "40.00")
    dans, hors = facture(STANDARD, connue, inconnue), facture(HORS, connue, inconnue)
    assert montants(dans.lignes[0], "base", "ticket_moderateur", "amo", "majoration") == [
        "30.00", "None", "None", "0.00",
    ]  # fmt: skip
    assert hors.lignes[0].majoration is None
    assert dans.participation_forfaitaire == Decimal(2)


@pytest.mark.parametrize(
    ("total", "poids", "parts"),
    [
        ("17.57", ("20.05", "5.05"), ("14.04", "3.53")),
        ("0.01", ("1.00", "1.00", "1.00"), ("0.01", "0.00", "0.00")),
        ("0.02", ("0.01", "0.01", "0.01"), ("0.01", "0.01", "0.00")),
        ("0.00", ("0.00", "0.00"), ("0.00", "0.00")),
    ],
)
def test_cents_are_shared_without_loss(total: str, poids: tuple[str, ...], parts: tuple[str, ...]) -> None:
    assert [str(p) for p in partage(Decimal(total), [Decimal(p) for p in poids])] == list(parts)


# ---------------------------------------------------------------- what is an act


@pytest.mark.parametrize("code", ["ID", "IF", "IFA", "IFD", "IK", "IKM", "IKP", "IKS"])
def test_a_displacement_allowance_follows_its_act(code: str) -> None:
    total = facture(HORS, acte(1, "VG", "30.00", "30.00"), acte(2, code, "10.00", "10.00"))
    assert montants(total, "majoration", "participation_forfaitaire", "amo") == ["10.60", "2.00", "15.40"]


def test_an_unknown_key_letter_is_counted_as_an_act_and_that_is_said() -> None:
    total = facture(HORS, acte(1, "G", "30.00", "30.00"), acte(2, "ZZ", "30.00", "30.00"))
    assert montants(total, "majoration", "participation_forfaitaire") == ["21.20", "4.00"]
    assert "ligne 2 : lettre clé inconnue, comptée comme un acte" in notes(total, "participation_forfaitaire")
    assert "ligne 1" not in notes(total, "participation_forfaitaire")


def test_a_code_of_the_ccam_is_no_key_letter() -> None:
    ccam = replace(acte(1, "DEQP003", "14.26", "14.26"), nomenclature="ccam")
    assert "lettre clé" not in notes(facture(STANDARD, ccam), "participation_forfaitaire")


def test_a_supplement_alone_is_counted_as_an_act_and_that_is_said() -> None:
    total = facture(STANDARD, acte(1, "MD", "10.00", "10.00"))
    assert str(total.participation_forfaitaire) == "2.00"
    assert "majoration ou indemnité sans acte" in notes(total, "participation_forfaitaire")


# ---------------------------------------------------------------- quantities


@pytest.mark.parametrize(
    ("quantite", "attendus"),
    [
        ("1", ["30.00", "10.60", "2.00", "8.40"]),
        ("2", ["60.00", "21.20", "4.00", "16.80"]),
        ("4", ["120.00", "42.40", "8.00", "33.60"]),
        ("5", ["150.00", "53.00", "8.00", "44.00"]),
        ("99", ["2970.00", "1049.40", "8.00", "1021.60"]),
    ],
)
def test_so_many_consultations_are_so_many_acts(quantite: str, attendus: list[str]) -> None:
    total = facture(HORS, fois(quantite))
    assert montants(total, "base", "majoration", "participation_forfaitaire", "amo") == attendus


def test_the_base_of_a_line_is_shared_among_its_acts() -> None:
    total = facture(HORS, fois("2", base="100.00", facture="100.00"))
    assert str(total.majoration) == "21.20"
    assert "2 actes, chacun pour une part égale de la base" in notes(total, "participation_forfaitaire")


def test_two_lines_and_a_quantity_of_two_pay_the_same() -> None:
    ensemble = facture(HORS, fois("2", facture="60.00"))
    separes = facture(HORS, acte(1, "G", None, "30.00"), acte(2, "G", None, "30.00"))
    assert montants(ensemble, *CLES) == montants(separes, *CLES)


def test_the_acts_of_a_line_count_towards_the_maxima_of_the_day_and_the_year() -> None:
    cas = replace(visite(STANDARD), actes_factures=(fois("3"), replace(fois("3"), sequence=2)))
    assert [str(x.participation_forfaitaire) for x in paye(cas).lignes] == ["6.00", "2.00"]
    encore = replace(cas, actes_factures=(*cas.actes_factures, acte(3, "G", None, None)))
    assert [str(x.participation_forfaitaire) for x in paye(encore).lignes] == ["6.00", "2.00", "0.00"]
    annee = replace(cas, participations=ParticipationsRetenues(annee=Decimal(45)))
    assert [str(x.participation_forfaitaire) for x in paye(annee).lignes] == ["5.00", "0.00"]


def test_what_could_not_be_withheld_is_still_due_on_the_next_act() -> None:
    cas = replace(
        visite(STANDARD),
        actes_factures=(acte(1, "G", "1.00", "1.00"), acte(2, "G", "30.00", "30.00")),
        participations=ParticipationsRetenues(annee=Decimal(48)),
    )
    assert [str(x.participation_forfaitaire) for x in paye(cas).lignes] == ["0.70", "1.30"]


def test_the_highest_price_is_that_of_so_many_acts() -> None:
    total = facture(HORS | {"specialite": "autre"}, fois("2", "CS"))
    assert str(total.depassement_autorise_max) == "74.00"
    technique = replace(fois("2", "JKFA001", "120.00", "120.00"), nomenclature="ccam")
    assert str(facture(HORS | {"specialite": "autre"}, technique).depassement_autorise_max) == "142.00"


def test_the_flat_sum_of_a_heavy_act_is_that_of_so_many_acts() -> None:
    ancien = STANDARD | {"date": "2024-06-03"}
    lourds = facture(ancien, fois("2", "JKFA001", "300.00", "300.00"))
    legers = facture(ancien, fois("3", "JKFA001", "300.00", "300.00"))
    assert (str(lourds.ticket_moderateur), lourds.taux) == ("48.00", None)
    assert (str(legers.ticket_moderateur), legers.taux) == ("90.00", "70")
    demi = facture(ancien, fois("0.5", "JKFA001", "300.00", "300.00"))
    assert (demi.ticket_moderateur, "quantité" in notes(demi, "ticket_moderateur")) == (None, True)


def test_the_quantity_of_a_supplement_makes_no_act() -> None:
    kilometres = replace(acte(2, "IK", "7.32", "7.32"), quantite=Decimal(12))
    total = facture(HORS, acte(1, "VG", "30.00", "30.00"), kilometres)
    assert montants(total, "majoration", "participation_forfaitaire") == ["10.60", "2.00"]
    deux = replace(acte(2, "MCS", None, None), quantite=Decimal(2))
    assert str(facture(STANDARD | {"specialite": "autre"}, fois("2", "CS"), deux).base) == "63.00"


@pytest.mark.parametrize("quantite", ["0", "0.5", "1.5", "100", "1000000"])
def test_a_quantity_that_is_none_leaves_what_it_decides_unknown(quantite: str) -> None:
    raison = "la quantité facturée n'est pas un nombre entier de 1 à 99"
    sans_base = facture(HORS, fois(quantite))
    avec_base = facture(HORS | {"specialite": "autre"}, fois(quantite, "CS", "30.00", "30.00"))
    assert (sans_base.base, notes(sans_base, "base")) == (None, raison)
    for cle in ("majoration", "participation_forfaitaire", "depassement_autorise_max"):
        assert getattr(avec_base, cle) is None
        assert raison in notes(avec_base, cle)
    assert montants(avec_base, "base", "ticket_moderateur", "amo") == ["30.00", "9.00", "None"]


def test_a_quantity_that_is_none_does_not_matter_where_nothing_is_counted() -> None:
    gratuit = STANDARD | {"couverture": "maternite"}
    assert str(facture(gratuit, fois("0.5", "G", "15.00", "15.00")).amo) == "15.00"


def test_a_coefficient_is_no_number_of_acts() -> None:
    demi = replace(acte(1, "JKFA001", "50.00", "50.00"), coefficient=Decimal("0.5"))
    vingt = replace(acte(1, "K", "38.40", "38.40"), coefficient=Decimal(20))
    assert str(facture(STANDARD, demi).participation_forfaitaire) == "2.00"
    assert str(facture(STANDARD, vingt).participation_forfaitaire) == "2.00"
    sans_base = facture(STANDARD, replace(fois("1"), coefficient=Decimal("0.5")))
    assert (sans_base.base, "coefficient" in notes(sans_base, "base")) == (None, True)


# ---------------------------------------------------------------- the sum always falls right


CENTIMES = ["0.00", "0.01", "0.33", "5.05", "10.61", "20.01", "26.49", "119.99", "250.55"]
COUVERTURES = [
    None, Couverture.C2S, Couverture.ALD, Couverture.INVALIDITE, Couverture.ALSACE_MOSELLE, Couverture.CAMIEG,
]  # fmt: skip
JOURS = [dt.date(2006, 6, 15), dt.date(2008, 6, 15), dt.date(2012, 6, 15), dt.date(2025, 6, 16)]


def factures() -> Iterator[Visite]:
    """Acts charged once or more, with a supplement and a displacement, at prices that divide badly."""
    for jour, parcours, couverture, quantite in itertools.product(
        JOURS, ["traitant", "hors"], COUVERTURES, ["1", "2", "5"]
    ):
        cas = visite(STANDARD | {"date": jour.isoformat(), "parcours": parcours})
        cas = replace(cas, couvertures=frozenset({couverture} if couverture else ()))
        for a, b, c in zip(CENTIMES, CENTIMES[1:] + CENTIMES[:1], CENTIMES[4:] + CENTIMES[:4], strict=True):
            premier = replace(acte(1, "G", a, a), quantite=Decimal(quantite))
            suite = (acte(2, "MD", b, str(Decimal(b) + 1)), acte(3, "IK", c, c), acte(4, "APC", b, c))
            yield replace(cas, actes_factures=(premier, *suite))


def test_lines_add_up_to_the_total_and_every_cent_is_somebody_s() -> None:
    for cas in factures():
        total = paye(cas)
        if total.amo is None:
            assert any(terme.valeur is None and terme.note for terme in total.termes), cas
            continue
        comptes: list[Remboursement | LigneRemboursement] = [total, *total.lignes]
        for compte in comptes:
            _tombe_juste(compte, c2s=Couverture.C2S in cas.couvertures)
        for cle in CLES:
            assert getattr(total, cle) == sum((getattr(x, cle) for x in total.lignes), ZERO), cas


def _tombe_juste(compte: Remboursement | LigneRemboursement, *, c2s: bool) -> None:
    valeurs = {cle: getattr(compte, cle) for cle in CLES}
    assert all(v is not None and v >= 0 and v == v.quantize(ZERO) for v in valeurs.values()), valeurs
    base, avant, participation, amo, ticket, majoration, complementaire, _, reste = valeurs.values()
    assert avant == amo + participation
    assert base == avant + ticket + majoration
    assert compte.facture == amo + reste + (complementaire if c2s else 0)
