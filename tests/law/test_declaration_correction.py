"""What a person types on a declaration, what he vouches for, and who then signs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.fhir.declarations import demande, dominique, droits, lire, preparee, proche

from parcours.domain import declaration_texts as textes
from parcours.domain.declaration import Champ, Declaration, Etat, Id, Qui
from parcours.domain.declaration_facts import Lien
from parcours.law import droit
from parcours.law.declaration import preparer
from parcours.law.declaration_correction import Correction, Situation, Valeur, corriger

WHO = "Mme A"


def corrected(
    declaration: Declaration, *verifies: str, liens: tuple[Lien, ...] = (), **valeurs: Valeur
) -> Declaration:
    named = {getattr(Id, name): valeur for name, valeur in valeurs.items()}
    said = Correction(valeurs=named, verifies=frozenset(verifies), qui=WHO)
    return corriger(declaration, said, Situation(lui_meme=True, liens=liens), droit())


def test_nothing_said_changes_nothing() -> None:
    before = preparee()
    assert corrected(before) == before
    assert corrected(before, BENEFICIAIRE_NOM="PAT-TROIS") == before


def test_what_is_typed_has_its_author_and_no_origin() -> None:
    found = corrected(preparee(), MEDECIN_RAISON_SOCIALE="Cabinet").champ(Id.MEDECIN_RAISON_SOCIALE)
    assert found == Champ(id=Id.MEDECIN_RAISON_SOCIALE, valeur="Cabinet", garant=WHO)


@pytest.mark.parametrize(
    ("field", "value", "doubt"),
    [
        ("ASSURE_NUMERO", "279035121518989", None),
        ("ASSURE_NUMERO", "297022A02077878", None),
        ("ASSURE_NUMERO", "579035121518936", textes.NUMERO_PASSAGE),
        ("ASSURE_NUMERO", "279035121518988", textes.CLE_FAUSSE),
        ("ASSURE_NUMERO", "2790351215189", textes.SANS_CLE),
        ("ASSURE_NUMERO", "579035121518925", textes.CLE_FAUSSE),
        ("ASSURE_NUMERO", "12", textes.FORME),
        ("MEDECIN_RPPS", "10100000002", textes.LUHN),
        ("MEDECIN_STRUCTURE", "991129768", None),
        ("MEDECIN_STRUCTURE", "991129769", textes.LUHN),
        ("MEDECIN_STRUCTURE", "2A0000001", None),
        ("MEDECIN_STRUCTURE", "12345678901234", textes.LUHN),
        ("MEDECIN_STRUCTURE", "12345", textes.FORME),
        ("BENEFICIAIRE_NOM", "", None),
    ],
)
def test_a_number_that_is_typed_is_checked_like_one_that_was_read(
    field: str, value: str, doubt: str | None
) -> None:
    typed: dict[str, Any] = {field: value}
    found = corrected(preparee(), **typed).champ(getattr(Id, field))
    assert found.pourquoi == doubt
    assert found.etat is (Etat.DOUTEUX if doubt else Etat.CONNU)
    vouched = corrected(preparee(), getattr(Id, field), **typed).champ(getattr(Id, field))
    assert vouched.etat is Etat.CONNU


def test_what_was_read_is_right_once_somebody_vouches_for_it_and_keeps_its_origin() -> None:
    before = preparee(droits(number="279035121518900"))
    read = before.champ(Id.ASSURE_NUMERO)
    found = corrected(before, Id.ASSURE_NUMERO).champ(Id.ASSURE_NUMERO)
    assert (read.etat, found.etat) == (Etat.DOUTEUX, Etat.CONNU)
    assert (found.valeur, found.origine, found.garant) == (read.valeur, read.origine, WHO)


def test_nobody_vouches_for_a_field_that_is_missing() -> None:
    before = preparee()
    assert before.champ(Id.MEDECIN_STRUCTURE).etat is Etat.MANQUANT
    assert corrected(before, Id.MEDECIN_STRUCTURE) == before


def test_what_is_emptied_is_missing_unless_it_may_stay_empty() -> None:
    found = corrected(preparee(), ASSURE_PRENOM=None, BENEFICIAIRE_ORGANISME=None)
    assert found.champ(Id.ASSURE_PRENOM).etat is Etat.MANQUANT
    assert found.champ(Id.BENEFICIAIRE_ORGANISME).etat is Etat.CONNU


UNKNOWN = demande(dominique(birthDate="2010"))


@pytest.mark.parametrize(
    ("born", "liens", "signers", "representative"),
    [
        (dt.date(1979, 3, 28), (), [Qui.BENEFICIAIRE, Qui.MEDECIN], Etat.CONNU),
        (dt.date(2015, 9, 1), (), [Qui.PARENT, Qui.MEDECIN], Etat.MANQUANT),
        (dt.date(2009, 3, 9), (), [Qui.BENEFICIAIRE, Qui.PARENT, Qui.MEDECIN], Etat.CONNU),
        (dt.date(2015, 9, 1), (Lien.AIDE_SOCIALE_ENFANCE,), [Qui.AUTORITE, Qui.MEDECIN], Etat.MANQUANT),
        (dt.date(1979, 3, 28), (Lien.TUTEUR,), [Qui.A_DETERMINER, Qui.MEDECIN], Etat.CONNU),
        (dt.date(1979, 3, 28), (Lien.CURATEUR,), [Qui.BENEFICIAIRE, Qui.MEDECIN], Etat.CONNU),
    ],
)
def test_who_signs_follows_the_date_of_birth(
    born: dt.date, liens: tuple[Lien, ...], signers: list[Qui], representative: Etat
) -> None:
    before = preparer(lire(UNKNOWN).faits, droit())
    found = corrected(before, liens=liens, BENEFICIAIRE_NAISSANCE=born)
    assert [signature.qui for signature in found.signatures] == signers
    assert found.choisit is signers[0]
    assert textes.DEMANDER_AGE in before.a_demander
    assert textes.DEMANDER_AGE not in found.a_demander
    assert found.champ(Id.REPRESENTANT).etat is representative


def test_a_date_typed_gives_what_the_same_date_read_would_have_given() -> None:
    typed = corrected(preparer(lire(UNKNOWN).faits, droit()), BENEFICIAIRE_NAISSANCE=dt.date(2015, 9, 1))
    read = preparee(dominique(birthDate="2015-09-01"))
    assert (typed.signatures, typed.a_demander, typed.choisit) == (
        read.signatures,
        read.a_demander,
        read.choisit,
    )
    assert typed.empreinte == read.empreinte


def test_the_name_of_who_represents_a_child_is_never_taken_away() -> None:
    before = preparee(dominique(birthDate="2015-09-01"), proche())
    found = corrected(before, BENEFICIAIRE_NAISSANCE=dt.date(1979, 3, 28))
    assert found.champ(Id.REPRESENTANT).texte
