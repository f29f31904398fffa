"""Facts told with the answer: shared premises, the referral's author and day, what is charged."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from parcours.domain.facts import (
    ActeFacture,
    Adressage,
    Declaration,
    Medecin,
    Origine,
    ParticipationsRetenues,
    Praticien,
    StatutTraitant,
    Visite,
)
from parcours.engine import decide
from parcours.law import droit

DROIT = droit()
JOUR = dt.date(2026, 3, 10)
CONSULTE, TRAITANT, AUTRE = (Medecin(rpps=f"1010000000{n}") for n in (2, 1, 3))
VISITE = Visite(
    date=JOUR,
    praticien=Praticien(medecin=CONSULTE),
    declarations=(Declaration(statut=StatutTraitant.DECLARE, medecins=(TRAITANT,)),),
)


def told(visite: Visite, fait: str) -> list[tuple[str, str]]:
    return [(f.valeur, f.origine) for f in decide(visite, DROIT).faits if f.fait == fait]


@pytest.mark.parametrize(
    ("voisins", "expected"),
    [
        ((TRAITANT,), [("10100000001", "la")]),
        ((AUTRE, TRAITANT), [("10100000001", "la")]),
        ((AUTRE,), []),
        ((), []),
        ((Medecin(),), []),
    ],
)
def test_premises_are_told_when_they_are_shared_with_the_medecin_traitant(
    voisins: tuple[Medecin, ...], expected: list[tuple[str, str]]
) -> None:
    origines = {"visite.memes-locaux:10100000001": Origine("la")}
    visite = replace(VISITE, memes_locaux=voisins, origines=origines)
    assert told(visite, "visite.memes-locaux") == expected


def test_the_author_and_the_day_of_the_first_referral_are_told() -> None:
    lettres = (
        Adressage(prescripteur=Praticien(medecin=TRAITANT), date=dt.date(2026, 2, 1)),
        Adressage(prescripteur=Praticien(medecin=AUTRE), date=dt.date(2026, 1, 1)),
    )
    visite = replace(VISITE, adressages=lettres, origines={"adressage.date": Origine("la")})
    assert told(visite, "visite.adressage") == [("oui", "suppose")]
    assert told(visite, "adressage.prescripteur") == [("10100000001", "suppose")]
    assert told(visite, "adressage.date") == [("2026-02-01", "la")]


def test_of_an_anonymous_referral_nothing_more_is_told() -> None:
    visite = replace(VISITE, adressages=(Adressage(prescripteur=None, date=None),))
    assert told(visite, "visite.adressage") == [("oui", "suppose")]
    assert told(visite, "adressage.prescripteur") == told(visite, "adressage.date") == []


@pytest.mark.parametrize(
    ("acte", "expected"),
    [
        (ActeFacture(sequence=2, code="CS", nomenclature="ngap"), "CS"),
        (ActeFacture(sequence=2, facture=Decimal("31.50")), "acte sans code lu, facturé 31.50"),
        (
            ActeFacture(sequence=2, code="G", base=Decimal("60.00"), quantite=Decimal(2)),
            "G, base 60.00, quantité 2",
        ),
    ],
)
def test_what_is_charged_is_told_line_by_line(acte: ActeFacture, expected: str) -> None:
    visite = replace(VISITE, actes_factures=(acte,), origines={"facturation.acte:2": Origine("la")})
    assert told(visite, "facturation.acte") == [(expected, "la")]


@pytest.mark.parametrize(
    ("retenues", "expected"),
    [
        (ParticipationsRetenues(), []),
        (ParticipationsRetenues(annee=Decimal("48.00")), [("48.00 € dans l'année", "suppose")]),
        (ParticipationsRetenues(jour=0), [("0 ce jour", "suppose")]),
    ],
)
def test_what_was_already_withheld_is_told(
    retenues: ParticipationsRetenues, expected: list[tuple[str, str]]
) -> None:
    assert told(replace(VISITE, participations=retenues), "patient.participations") == expected


@pytest.mark.parametrize(("optam", "expected"), [(True, "oui"), (False, "non"), (None, None)])
def test_optam_is_told_when_it_is_known(optam: bool | None, expected: str | None) -> None:
    visite = replace(VISITE, praticien=Praticien(medecin=CONSULTE, optam=optam))
    assert told(visite, "medecin.optam") == ([(expected, "suppose")] if expected else [])
