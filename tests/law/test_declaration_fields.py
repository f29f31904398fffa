"""The fields of the form: whose number, which name, how sure; twins and children never mixed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from tests.law.declarations import (
    CORSE,
    ESSAI,
    beneficiaire,
    codes,
    identite,
    lu,
    medecin,
    ne_le,
    numero,
    prepare,
)

from parcours.domain import declaration_texts as textes
from parcours.domain.declaration import FACULTATIFS, LIBELLES, Etat, Id
from parcours.domain.declaration_facts import Assure, Lu, NatureNumero, Structure

ADULTE, DIX_SEPT, DOUZE = dt.date(1979, 3, 28), dt.date(2008, 6, 1), dt.date(2013, 6, 1)

# ---------------------------------------------------------------- the insured's number

NUMEROS: list[tuple[str, dict[str, Any], str, Etat, str | None]] = [
    ("the insured's", {}, ESSAI, Etat.CONNU, None),
    (
        "with a wrong key",
        {"numeros": (numero("279035121518900"),)},
        "279035121518900",
        Etat.DOUTEUX,
        textes.CLE_FAUSSE,
    ),
    ("of Corsica", {"numeros": (numero(CORSE),)}, CORSE, Etat.CONNU, None),
    ("without its key", {"numeros": (numero(ESSAI[:13]),)}, ESSAI[:13], Etat.DOUTEUX, textes.SANS_CLE),
    ("twice, once with its key", {"numeros": (numero(ESSAI[:13]), numero())}, ESSAI, Etat.CONNU, None),
    ("twice, first with its key", {"numeros": (numero(), numero(ESSAI[:13]))}, ESSAI, Etat.CONNU, None),
    ("two that differ", {"numeros": (numero(), numero(CORSE))}, "", Etat.MANQUANT, textes.PLUSIEURS_NUMEROS),
    (
        "of who passes through",
        {"numeros": (numero("579035121518936"),)},
        "579035121518936",
        Etat.DOUTEUX,
        textes.NUMERO_PASSAGE,
    ),
    ("missing", {"numeros": ()}, "", Etat.MANQUANT, textes.NUMERO_ABSENT),
]


@pytest.mark.parametrize(("_case", "given", "value", "etat", "why"), NUMEROS, ids=[n[0] for n in NUMEROS])
def test_the_number_of_the_insured(
    _case: str, given: dict[str, Any], value: str, etat: Etat, why: str | None
) -> None:
    declaration = prepare(assure=Assure(**{"lui_meme": True, "numeros": (numero(),), **given}))
    champ = declaration.champ(Id.ASSURE_NUMERO)
    if why == textes.NUMERO_PASSAGE:
        assert "rss-de-passage" in codes(declaration)
    assert (champ.texte, champ.etat, champ.pourquoi) == (value, etat, why)


@pytest.mark.parametrize(
    ("nature", "why"),
    [
        (NatureNumero.INS_NIR, textes.NUMERO_DEPUIS_INS),
        (NatureNumero.INS_NIA, textes.NUMERO_ATTENTE),
        (NatureNumero.INS_ESSAI, textes.NUMERO_ESSAI),
    ],
)
def test_a_qualified_adult_insured_himself_lends_his_matricule(nature: NatureNumero, why: str) -> None:
    who = beneficiaire(numeros=(numero(nature=nature),), identite_qualifiee=True)
    champ = prepare(beneficiaire=who, assure=Assure(lui_meme=True)).champ(Id.ASSURE_NUMERO)
    assert (champ.texte, champ.pourquoi) == (ESSAI, why)


def test_the_matricule_of_a_child_is_never_the_number_of_the_insured() -> None:
    enfant = beneficiaire(
        naissance=ne_le(DOUZE),
        numeros=(numero(CORSE, NatureNumero.INS_NIR),),
        identite_qualifiee=True,
    )
    declaration = prepare(beneficiaire=enfant, assure=Assure(lui_meme=False, numeros=(numero(),)))
    assert declaration.champ(Id.ASSURE_NUMERO).texte == ESSAI
    assert CORSE not in repr(declaration)
    assert "numero-de-l-assure" in codes(declaration)


def test_an_adult_of_whom_nobody_said_is_supposed_insured_himself_and_it_is_said() -> None:
    declaration = prepare(assure=Assure())
    champ = declaration.champ(Id.ASSURE_NOM_NAISSANCE)
    assert (champ.texte, champ.etat, champ.pourquoi) == ("PAT-TROIS", Etat.DOUTEUX, textes.ASSURE_SUPPOSE)
    assert textes.DEMANDER_ASSURE in declaration.a_demander
    own = beneficiaire(numeros=(numero(),))
    assert (
        prepare(assure=Assure(), beneficiaire=own).champ(Id.ASSURE_NUMERO).pourquoi == textes.ASSURE_SUPPOSE
    )


def test_of_a_child_nothing_is_supposed() -> None:
    declaration = prepare(
        assure=Assure(), beneficiaire=beneficiaire(naissance=ne_le(DOUZE), numeros=(numero(),))
    )
    assert declaration.champ(Id.ASSURE_NUMERO).pourquoi == textes.NUMERO_DE_QUI
    assert declaration.champ(Id.ASSURE_PRENOM).etat is Etat.MANQUANT


def test_twins_are_two_declarations_and_one_is_told_to_look() -> None:
    jumeaux = [
        prepare(
            beneficiaire=beneficiaire(
                cle=f"Patient/{rang}", identite=identite(prenom), naissance=ne_le(DOUZE), rang=Lu(rang, "x")
            ),
            assure=Assure(lui_meme=False, identite=identite("Alex"), numeros=(numero(),)),
        )
        for rang, prenom in ((1, "Camille"), (2, "Claude"))
    ]
    assert all("jumeaux" in codes(d) for d in jumeaux)
    assert len({d.id for d in jumeaux}) == len({d.empreinte for d in jumeaux}) == 2


# ---------------------------------------------------------------- the doctor's numbers and other fields


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "991129768"),
        ({"finess": lu("240000117")}, "991129768"),
        ({"finess": lu("240000117"), "structures": frozenset({Structure.HOPITAL})}, "240000117"),
        ({"numero_am": None, "siret": lu("73282932000074")}, "73282932000074"),
        ({"numero_am": None}, ""),
    ],
)
def test_one_number_of_structure_the_best_first(given: dict[str, Any], expected: str) -> None:
    assert prepare(medecin=medecin(**given)).champ(Id.MEDECIN_STRUCTURE).texte == expected


def test_a_rpps_that_fails_its_check_is_kept_and_said() -> None:
    champ = prepare(medecin=medecin(rpps=lu("10101201234"))).champ(Id.MEDECIN_RPPS)
    assert (champ.texte, champ.etat, champ.pourquoi) == ("10101201234", Etat.DOUTEUX, textes.LUHN)


def test_a_name_of_no_stated_use_is_to_be_checked() -> None:
    who = beneficiaire(identite=dataclasses.replace(identite(), nom_naissance=None, nom=lu("NOM")))
    champ = prepare(beneficiaire=who).champ(Id.BENEFICIAIRE_NOM)
    assert (champ.texte, champ.pourquoi) == ("NOM", textes.NOM_SANS_USAGE)


def test_every_field_of_the_form_is_there_once_in_its_order_and_an_optional_one_is_never_missing() -> None:
    declaration = prepare(beneficiaire=beneficiaire(identite=identite(nom_usage=lu("USAGE"))))
    assert [c.id for c in declaration.champs] == list(LIBELLES)
    assert all(c.libelle == LIBELLES[c.id] for c in declaration.champs)
    assert not {c.id for c in declaration.manquants} & FACULTATIFS
    assert declaration.champ(Id.ASSURE_NOM_USAGE).texte == "USAGE"
    with pytest.raises(KeyError):
        declaration.champ("inconnu")
