"""A declaration leaves only once signed, and nothing follows an end."""

from __future__ import annotations

import pytest

from parcours.domain.declaration_states import LIBELLES_ETATS, SUITES, EtatDeclaration, peut_suivre

LAWFUL = {
    "preparee": {"signee", "annulee"},
    "signee": {"transmise", "annulee"},
    "transmise": {"enregistree", "refusee", "annulee"},
    "enregistree": set(),
    "refusee": set(),
    "annulee": set(),
}


@pytest.mark.parametrize("avant", EtatDeclaration)
@pytest.mark.parametrize("apres", EtatDeclaration)
def test_the_moves_are_those_of_the_contract_and_no_other(
    avant: EtatDeclaration, apres: EtatDeclaration
) -> None:
    assert peut_suivre(avant, apres) is (apres in LAWFUL[avant])


def test_every_state_has_its_name_and_what_follows_it() -> None:
    assert set(LIBELLES_ETATS) == set(SUITES) == set(EtatDeclaration)
