"""What was prepared is never rewritten: a correction replaces it, once and whole; on both databases."""

from __future__ import annotations

import pytest
from tests.store.samples import DAY, NOW, digest, move, nouvelle

from parcours.domain.declaration_states import EtatDeclaration
from parcours.errors import IllegalMove, StaleVersion, UnknownDeclaration
from parcours.store import Store
from parcours.store.declarations import CORRIGEE
from parcours.store.records import Corrigee, Dossier

CABINET = "cabinet"
WHO = "Mme TEST"


def correction(id: str = "next", of: str = "a") -> Corrigee:
    return Corrigee(
        id=id,
        cle=digest(f"correction {of}"),
        contenu=b"{}",
        pdf=b"%PDF-next",
        empreinte=digest(id),
        quand=NOW + DAY,
        qui=WHO,
        client="local",
    )


@pytest.fixture
def before(store: Store) -> Dossier:
    return store.declarations.create(CABINET, nouvelle()).dossier


def test_a_correction_is_a_declaration_of_the_same_patient_and_day_and_cancels_the_first(
    store: Store, before: Dossier
) -> None:
    after = store.declarations.correct(CABINET, before.id, 1, correction())
    assert (after.patient, after.jour, after.etat) == (before.patient, before.jour, "preparee")
    assert [(step.qui, step.quand) for step in after.transitions] == [(WHO, NOW + DAY)]
    assert store.declarations.pdf(CABINET, after.id) == b"%PDF-next"
    was = store.declarations.read(CABINET, before.id)
    assert was
    assert (was.contenu, was.etat) == (before.contenu, "annulee")
    assert (was.transitions[-1].qui, was.transitions[-1].note) == (WHO, CORRIGEE)


def test_the_very_same_correction_again_changes_nothing(store: Store, before: Dossier) -> None:
    after = store.declarations.correct(CABINET, before.id, 1, correction())
    assert store.declarations.correct(CABINET, before.id, 1, correction()) == after


def test_of_two_corrections_one_is_kept(store: Store, before: Dossier) -> None:
    store.declarations.correct(CABINET, before.id, 1, correction())
    with pytest.raises(StaleVersion):
        store.declarations.correct(CABINET, before.id, 1, correction("other"))
    assert store.declarations.read(CABINET, "other") is None


def test_what_was_signed_is_corrected_no_more(store: Store, before: Dossier) -> None:
    store.declarations.advance(CABINET, before.id, 1, move("signee"))
    for version, error in ((1, StaleVersion), (2, IllegalMove)):
        with pytest.raises(error):
            store.declarations.correct(CABINET, before.id, version, correction())
    assert store.declarations.counts(CABINET) == {EtatDeclaration.SIGNEE: 1}


def test_what_belongs_to_another_tenant_is_not_corrected(store: Store, before: Dossier) -> None:
    with pytest.raises(UnknownDeclaration):
        store.declarations.correct("other", before.id, 1, correction())


def test_a_correction_is_corrected_in_its_turn(store: Store, before: Dossier) -> None:
    once = store.declarations.correct(CABINET, before.id, 1, correction())
    twice = store.declarations.correct(CABINET, once.id, 1, correction("third", "next"))
    assert twice.etat == "preparee"
    assert store.declarations.counts(CABINET) == {EtatDeclaration.ANNULEE: 2, EtatDeclaration.PREPAREE: 1}


def test_a_tenant_without_declarations_counts_none(store: Store, before: Dossier) -> None:
    assert store.declarations.counts(CABINET) == {before.etat: 1}
    assert store.declarations.counts("other") == {}
