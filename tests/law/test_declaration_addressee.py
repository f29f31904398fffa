"""Where a declaration goes, what is to be known, and that it is the same for the same facts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from tests.law.declarations import (
    JOUR,
    beneficiaire,
    codes,
    faits,
    lu,
    ne_le,
    prepare,
)

from parcours.domain import declaration_texts as textes
from parcours.domain.declaration import Id, VoieCode
from parcours.domain.facts import (
    Couverture,
)
from parcours.law import droit
from parcours.law.declaration import preparer
from parcours.law.parameter_files import parameter_table

ADULTE, DIX_SEPT, DOUZE = dt.date(1979, 3, 28), dt.date(2008, 6, 1), dt.date(2013, 6, 1)

# ---------------------------------------------------------------- where it goes, what to know

ATTESTATION = None
DESTINATAIRES: list[tuple[str, dict[str, Any], str, str | None, str | None]] = [
    ("the CPAM of the département", {}, "CPAM – Paris (75)", ATTESTATION, None),
    (
        "a CPAM, home unknown",
        {"beneficiaire": beneficiaire(departement=None)},
        "Caisse primaire d'assurance maladie (CPAM)",
        ATTESTATION,
        None,
    ),
    (
        "a CPAM, home abroad",
        {"beneficiaire": beneficiaire(departement=lu("99"))},
        "Caisse primaire d'assurance maladie (CPAM)",
        ATTESTATION,
        None,
    ),
    ("a CGSS", {"beneficiaire": beneficiaire(departement=lu("974"))}, "CGSS – La Réunion", ATTESTATION, None),
    ("the Camieg", {"caisse": "928"}, "Camieg", "92011 NANTERRE CEDEX", None),
    (
        "the Camieg, by its kind",
        {"regime": None, "couvertures": frozenset({Couverture.CAMIEG})},
        "Camieg",
        "92011 NANTERRE CEDEX",
        None,
    ),
    (
        "Mayotte",
        {"regime": None, "couvertures": frozenset({Couverture.MAYOTTE})},
        "Caisse de sécurité sociale de Mayotte (CSSM)",
        ATTESTATION,
        None,
    ),
    ("the MSA", {"regime": "02"}, "Caisse de mutualité sociale agricole (MSA) du patient", ATTESTATION, None),
    (
        "the MSA, the first day of the law",
        {"regime": "02", "jour": dt.date(2006, 1, 1)},
        "Caisse de mutualité sociale agricole (MSA) du patient",
        ATTESTATION,
        None,
    ),
    (
        "the Enim",
        {"regime": "06"},
        "Enim, centre de prestations maladie dont dépend l'assuré",
        ATTESTATION,
        None,
    ),
    (
        "the CNMSS",
        {"regime": "08"},
        "Caisse nationale militaire de sécurité sociale (CNMSS)",
        "247 avenue Jacques-Cartier\n83090 TOULON CEDEX 9",
        None,
    ),
    *(
        (
            f"mutualist section {code}",
            {"regime": code},
            "Section locale mutualiste du patient",
            ATTESTATION,
            None,
        )
        for code in ("92", "93", "94", "95", "96")
    ),
    (
        "the Camieg, by its kind, beside the general régime",
        {"couvertures": frozenset({Couverture.CAMIEG})},
        "Camieg",
        "92011 NANTERRE CEDEX",
        None,
    ),
    (
        "another régime, whatever the kind",
        {"regime": "02", "couvertures": frozenset({Couverture.CAMIEG, Couverture.MAYOTTE})},
        "Caisse de mutualité sociale agricole (MSA) du patient",
        ATTESTATION,
        None,
    ),
    (
        "Mayotte, beside the general régime",
        {"couvertures": frozenset({Couverture.MAYOTTE})},
        "Caisse de sécurité sociale de Mayotte (CSSM)",
        ATTESTATION,
        None,
    ),
    (
        "a régime nobody knows",
        {"regime": "77", "organisme": lu("Caisse X"), "beneficiaire": beneficiaire(departement=None)},
        "Caisse X",
        ATTESTATION,
        None,
    ),
    ("nothing known but home", {"regime": None}, "CPAM – Paris (75)", ATTESTATION, textes.DOUTE_ORGANISME),
    (
        "home in Mayotte",
        {"regime": None, "beneficiaire": beneficiaire(departement=lu("976"))},
        "Caisse de sécurité sociale de Mayotte (CSSM)",
        ATTESTATION,
        textes.DOUTE_ORGANISME,
    ),
    (
        "home overseas, no caisse known",
        {"regime": None, "beneficiaire": beneficiaire(departement=lu("987"))},
        textes.CAISSE_INCONNUE,
        ATTESTATION,
        textes.DOUTE_ORGANISME,
    ),
    (
        "nothing known",
        {"regime": None, "beneficiaire": beneficiaire(departement=None)},
        textes.CAISSE_INCONNUE,
        ATTESTATION,
        textes.DOUTE_CAISSE,
    ),
]


@pytest.mark.parametrize(
    ("_case", "given", "nom", "adresse", "doute"), DESTINATAIRES, ids=[d[0] for d in DESTINATAIRES]
)
def test_the_paper_goes_to_the_organism_and_no_address_is_invented(
    _case: str, given: dict[str, Any], nom: str, adresse: str | None, doute: str | None
) -> None:
    found = prepare(**given).destinataire
    assert (found.nom, found.adresse, found.doute) == (nom, adresse, doute)


def test_the_espace_pro_comes_first_with_what_it_needs_then_the_post() -> None:
    en_ligne, courrier = prepare().voies
    assert (en_ligne.code, courrier.code) == (VoieCode.ESPACE_PRO, VoieCode.COURRIER)
    needed = " ".join(en_ligne.prerequis)
    assert all(word in needed for word in ("CPS", "Vitale", "patient informé", "acceptation"))


SAVOIR: list[tuple[str, dict[str, Any], str]] = [
    ("ALD", {"couvertures": frozenset({Couverture.ALD})}, "ald"),
    ("AME", {"couvertures": frozenset({Couverture.AME})}, "droits-sans-declaration"),
    ("RSS", {"couvertures": frozenset({Couverture.RSS_DE_PASSAGE})}, "droits-sans-declaration"),
    (
        "étranger de passage",
        {"couvertures": frozenset({Couverture.ETRANGER_DE_PASSAGE})},
        "droits-sans-declaration",
    ),
    ("same premises", {"confreres": True}, "designation-conjointe"),
    ("unqualified identity", {}, "identite-non-qualifiee"),
    ("Camieg", {"caisse": "928"}, "camieg-complementaire"),
    ("MSA", {"regime": "02"}, "en-ligne-incertaine"),
    ("Enim, minor", {"regime": "06", "beneficiaire": beneficiaire(naissance=ne_le(DIX_SEPT))}, "enim"),
    ("Mayotte", {"caisse": "976"}, "mayotte"),
]


@pytest.mark.parametrize(("_case", "given", "code"), SAVOIR, ids=[s[0] for s in SAVOIR])
def test_what_the_doctor_and_the_patient_must_know_is_said(
    _case: str, given: dict[str, Any], code: str
) -> None:
    assert code in codes(prepare(**given))


@pytest.mark.parametrize(
    "code", ["ald", "designation-conjointe", "enim", "jumeaux", "rss-de-passage", "mayotte"]
)
def test_nothing_is_said_that_does_not_concern_him(code: str) -> None:
    assert code not in codes(prepare(regime="06", beneficiaire=beneficiaire(identite_qualifiee=True)))


def test_the_missions_free_choice_change_and_refusal_are_told() -> None:
    said = dict(prepare().textes)
    assert len(said["Les cinq missions du médecin traitant"]) == 5
    whole = " ".join(line for lines in said.values() for line in lines)
    assert all(w in whole for w in ("conciliateur", "annule l'ancienne", "sans donner de motif", "non, seul"))


# ---------------------------------------------------------------- the whole


def test_the_same_facts_give_the_same_declaration() -> None:
    assert preparer(faits(), droit()) == preparer(faits(), droit())
    assert preparer(faits(), droit()).empreinte == preparer(faits(), droit()).empreinte


def test_another_value_gives_another_code_of_verification() -> None:
    assert prepare().empreinte != prepare(jour=JOUR + dt.timedelta(days=1)).empreinte


def test_nothing_is_ever_ticked_dated_or_signed() -> None:
    assert not {Id.CHOIX, Id.ACCORD, Id.DATE} & {c.id for c in prepare().champs}


@pytest.mark.parametrize(
    "name", [name for name in parameter_table() if re.match(r"regime-(\d\d|mutualiste)", name)]
)
def test_every_regime_says_its_name_and_a_known_warning(name: str) -> None:
    for version in parameter_table()[name]["values"]:
        assert version["value"]["nom"]
        assert version["value"].get("avertissement", "mayotte") in textes.AVERTISSEMENTS
