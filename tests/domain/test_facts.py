"""Who is the same doctor, and which declaration covers a day."""

from __future__ import annotations

import datetime as dt

import pytest

from parcours.domain.facts import Declaration, Fait, Medecin, StatutTraitant

D = dt.date
JOUR = D(2026, 3, 10)


@pytest.mark.parametrize(
    ("un", "autre", "expected"),
    [
        (Medecin(rpps="10100000001"), Medecin(rpps="10100000001"), True),
        (Medecin(rpps="10100000001"), Medecin(rpps="10100000002"), False),
        (Medecin(rpps="10100000001", ressource="a"), Medecin(rpps="10100000001", ressource="b"), True),
        (Medecin(rpps="10100000001", ressource="a"), Medecin(rpps="10100000002", ressource="a"), False),
        (Medecin(ressource="a"), Medecin(ressource="a"), True),
        (Medecin(ressource="a"), Medecin(ressource="b"), None),
        (Medecin(rpps="10100000001", ressource="a"), Medecin(ressource="a"), True),
        (Medecin(rpps="10100000001"), Medecin(ressource="a"), None),
        (Medecin(nom="TEST", prenom="Camille"), Medecin(nom="TEST", prenom="Camille"), None),
        (Medecin(), Medecin(), None),
    ],
)
def test_the_rpps_number_decides_then_the_resource_and_never_the_name(
    un: Medecin, autre: Medecin, expected: bool | None
) -> None:
    assert un.meme_que(autre) is expected
    assert autre.meme_que(un) is expected


@pytest.mark.parametrize(
    ("debut", "fin", "expected"),
    [
        (None, None, True),
        (JOUR, None, True),
        (D(2026, 3, 11), None, False),
        (None, JOUR, True),
        (None, D(2026, 3, 9), False),
        (JOUR, JOUR, True),
        (D(2020, 1, 1), D(2026, 3, 9), False),
        (D(2020, 1, 1), D(2030, 1, 1), True),
    ],
)
def test_a_declaration_covers_its_first_and_its_last_day(
    debut: dt.date | None, fin: dt.date | None, expected: bool
) -> None:
    declaration = Declaration(statut=StatutTraitant.DECLARE, debut=debut, fin=fin)
    assert declaration.en_vigueur(JOUR) is expected


def test_names_of_facts_are_unique_dotted_words() -> None:
    noms = [valeur for cle, valeur in vars(Fait).items() if cle.isupper()]
    assert len(noms) == len(set(noms))
    assert all(nom.islower() and "." in nom and " " not in nom for nom in noms)
