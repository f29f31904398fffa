"""The médecin traitant of one day: newer declarations, their ends, and an avowed ignorance."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from parcours.domain.facts import Declaration, Medecin, MotifFin, Origine, StatutTraitant
from parcours.law.traitant import traitant_du_jour

JOUR = dt.date(2026, 3, 10)
A, B = Medecin(rpps="10100000001"), Medecin(rpps="10100000002")


def declare(
    medecin: Medecin, debut: str | None = None, fin: str | None = None, **quoi: MotifFin
) -> Declaration:
    return Declaration(
        statut=StatutTraitant.DECLARE,
        medecins=(medecin,),
        debut=dt.date.fromisoformat(debut) if debut else None,
        fin=dt.date.fromisoformat(fin) if fin else None,
        motif_fin=quoi.get("motif"),
    )


INCONNU = Declaration(statut=StatutTraitant.INCONNU)
AUCUN = Declaration(statut=StatutTraitant.AUCUN)


@pytest.mark.parametrize(
    ("declarations", "declare_", "est_a"),
    [
        # The end of the newer one does not bring the older one back.
        (
            [declare(A, "2010-01-01"), declare(B, "2024-01-01", "2025-09-01", motif=MotifFin.DECES)],
            False,
            False,
        ),
        ([declare(A, "2010-01-01"), declare(B, "2024-01-01")], True, False),
        ([declare(A, "2010-01-01"), declare(B, "2027-01-01")], True, True),
        # Nobody knows where an undated one stands among the others: it is in force.
        ([declare(A), declare(B, "2024-01-01", "2025-09-01")], True, True),
        # An avowed ignorance hides what ended, not what is in force.
        ([declare(A, "2010-01-01", "2020-01-01"), INCONNU], None, None),
        ([declare(A, "2010-01-01"), INCONNU], True, True),
        ([AUCUN, INCONNU], False, False),
        ([INCONNU], None, None),
        ([], None, None),
    ],
)
def test_the_declaration_of_the_day(
    declarations: list[Declaration], declare_: bool | None, est_a: bool | None
) -> None:
    traitant = traitant_du_jour(declarations, JOUR)
    assert traitant.declare.holds is declare_
    assert traitant.est(A).holds is est_a


def test_the_one_who_retired_is_the_last_declared_though_an_older_one_never_ended() -> None:
    retraite = declare(B, "2024-01-01", "2025-09-01", motif=MotifFin.RETRAITE)
    assert traitant_du_jour([declare(A, "2010-01-01"), retraite], JOUR).parti is retraite


def test_of_two_that_say_the_same_the_one_that_was_taken_down_last_is_told() -> None:
    told = declare(A, "2024-01-01")
    days = (dt.date(2026, 2, 1), dt.date(2026, 1, 1))
    releves = [dataclasses.replace(told, origine=Origine("", date=day)) for day in days]
    assert traitant_du_jour(releves, JOUR).selon is releves[0]
