"""Every case against the engine, and the tables against themselves.

By default a case expects no missing fact and no warning: what it does not mention must not appear.
``"*"`` says that the texts leave that part open and the case does not judge it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from tests.law.tables import cas, ligne_de, lignes, nul, traitant_de, visite_de

from parcours.domain.decision import Decision
from parcours.engine import decide
from parcours.law import droit

CAS = cas()
LIBRE = "*"

juge_chaque_cas = pytest.mark.parametrize("c", CAS, ids=[f"{c['fichier']}: {c['nom']}" for c in CAS])


@juge_chaque_cas
def test_position_and_codes_are_those_of_the_row(c: dict[str, Any]) -> None:
    decision = _decision(c)
    attendu = (ligne_de(c) if "ligne" in c else {}) | c
    for cle, obtenu in _codes(decision).items():
        if cle in attendu and attendu[cle] != LIBRE:
            assert _sorted(obtenu) == _sorted(nul(attendu[cle])), cle
    assert set(c.get("situations_contient", ())) <= set(decision.situations_possibles)
    if "ligne" in c:
        assert decision.situations_possibles == ()


@juge_chaque_cas
def test_the_grounds_are_the_right_ones_deciding_one_first(c: dict[str, Any]) -> None:
    motifs = [m.regle for m in _decision(c).motifs]
    attendus = c.get("motifs", LIBRE)
    if attendus != LIBRE:
        assert motifs[: len(attendus)] == attendus if attendus else motifs == []
    assert set(c.get("motifs_contient", ())) <= set(motifs)


@juge_chaque_cas
def test_the_four_effects(c: dict[str, Any]) -> None:
    decision = _decision(c)
    ligne = ligne_de(c) if "ligne" in c else {}
    attendus = {e.replace("_", "-"): ligne[e] for e in ("majoration", "prise_en_charge") if e in ligne}
    for effet, attendu in (attendus | c.get("effets", {})).items():
        assert str(decision.effets[_effet(decision, effet)]) == attendu, effet


@juge_chaque_cas
def test_what_is_missing_is_named_and_nothing_else(c: dict[str, Any]) -> None:
    manquants = {m.fait for m in _decision(c).manquants}
    if "manquants_contient" in c:
        assert set(c["manquants_contient"]) <= manquants
    elif c.get("manquants") != LIBRE:
        assert manquants == set(c.get("manquants", ()))


@juge_chaque_cas
def test_the_ways_back_into_the_path(c: dict[str, Any]) -> None:
    decision = _decision(c)
    trouvees = {a.situation for a in decision.alternatives}
    assert set(c.get("alternatives", ())) <= trouvees
    assert set(c.get("alternatives_si", ())) <= {a.si for a in decision.alternatives}
    assert not set(c.get("alternatives_sans", ())) & trouvees
    if decision.position in ("dans-parcours", "non-concerne"):
        assert decision.alternatives == ()


@juge_chaque_cas
def test_the_warnings_by_code(c: dict[str, Any]) -> None:
    codes = [a.code for a in _decision(c).avertissements]
    if c.get("avertissements") != LIBRE:
        assert sorted(codes) == sorted(c.get("avertissements", ()))
    assert len(codes) == len(set(codes))


@juge_chaque_cas
def test_what_the_billing_screen_will_demand(c: dict[str, Any]) -> None:
    if "ligne" not in c or not c.get("verifie_facturation", True):
        return
    facturation, ligne = _decision(c).facturation, ligne_de(c)
    mt = traitant_de(c)
    selon = {
        "declaration_mt": {"oui": "oui", "non": "non", "inconnu": None},
        "top_mt": {"oui": "O", "non": "N", "inconnu": None},
    }
    for cle, valeurs in selon.items():
        if cle in ligne:
            assert getattr(facturation, cle) == (valeurs[mt] if ligne[cle] == "selon" else ligne[cle]), cle
    medecin = facturation.medecin
    details = {
        "medecin_nom": medecin and medecin.nom,
        "medecin_prenom": medecin and medecin.prenom,
        "medecin_identifiant": medecin and medecin.identifiant,
    }
    for cle, attendu in c.get("facturation", {}).items():
        assert (details[cle] if cle in details else getattr(facturation, cle)) == attendu, cle


def test_names_of_cases_are_unique() -> None:
    assert [nom for nom, fois in Counter(c["nom"] for c in CAS).items() if fois > 1] == []


def test_every_row_of_the_code_table_has_a_case() -> None:
    assert set(lignes()) == {c["ligne"] for c in CAS if "ligne" in c}


def test_every_row_that_depends_on_a_declared_doctor_has_a_case_with_and_one_without() -> None:
    montres = {(c["ligne"], traitant_de(c)) for c in CAS if "ligne" in c}
    attendus = {
        (nom, mt)
        for nom, ligne in lignes().items()
        if any(isinstance(v, dict) or v == "selon" for v in ligne.values())
        for mt in ("oui", "non")
    }
    assert attendus - montres == set()


def _decision(c: dict[str, Any]) -> Decision:
    return _judged(CAS.index(c))


@cache
def _judged(rang: int) -> Decision:
    return decide(visite_de(CAS[rang]), droit())


def _codes(decision: Decision) -> dict[str, Any]:
    return {
        "position": str(decision.position),
        "situation": decision.situation,
        "situations_possibles": list(decision.situations_possibles),
        "ips": decision.ips,
        "qtp": decision.qtp,
        "qcp": list(decision.qcp_attendu),
    }


def _sorted(valeur: Any) -> Any:
    return sorted(valeur) if isinstance(valeur, list) else valeur


def _effet(decision: Decision, nom: str) -> Any:
    return next(e for e in decision.effets if str(e) == nom)
