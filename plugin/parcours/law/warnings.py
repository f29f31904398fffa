"""Coded warnings (``pds-cs-avertissement``): what the answer alone would not make its reader suspect."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

from parcours.domain.decision import Effet, Position
from parcours.domain.facts import Avertissement, Couverture, SourceTraitant, Specialite
from parcours.domain.reimbursement import Remboursement
from parcours.law.cas import Cas
from parcours.law.cotations import supplement_ferme
from parcours.law.registry import Rang
from parcours.law.rules.hors_dispositif import MAYOTTE_DANS_LE_DISPOSITIF
from parcours.law.taux import ald_exonerante
from parcours.law.traitant import PAYEUR
from parcours.law.verdict import Verdict

TEXTES: dict[str, str] = tomllib.loads((files("parcours.law") / "avertissements.toml").read_text("utf-8"))
"""The sentence of each warning, by code."""


def avertissements(cas: Cas, verdict: Verdict, paye: Remboursement | None) -> tuple[Avertissement, ...]:
    """Every warning that this answer needs, those of the reading first, each once."""
    codes = [code for regle in _REGLES for code in regle(cas, verdict)]
    codes += _facture(cas, verdict, paye)
    return (*cas.visite.avertissements, *(Avertissement(code, TEXTES[code]) for code in dict.fromkeys(codes)))


def _facturation(cas: Cas, verdict: Verdict) -> Iterator[str]:
    # Rows without a published code make ``situation`` null though the row is known.
    if {Rang.STRUCTURE, Rang.TRAITANT_PARTI}.issuperset(verdict.rangs):
        yield "code-non-publie"
    if verdict.ips == "S" and (verdict.position is Position.DANS or verdict.situation == "D"):
        yield "droit-et-facturation"
    sans_majoration = verdict.effet(Effet.MAJORATION).holds is False
    if verdict.rangs == (Rang.HORS_ACCES_DIRECT,) and sans_majoration:
        yield "majoration-et-facturation-different"
    if Rang.URGENCE in verdict.rangs and cas.traitant_declare().holds is False:
        yield "urgence-a-controler"


def _medecin_traitant(cas: Cas, verdict: Verdict) -> Iterator[str]:
    if cas.traitant.active and cas.traitant.active.source is SourceTraitant.MEDECIN_HABITUEL:
        yield "medecin-traitant-faible"
    if _reponse_ancienne(cas):
        yield "reponse-payeur-ancienne"
    if verdict.contredits or cas.traitant.conflit:
        yield "contradiction"
    if any(a.date is not None and a.date > cas.jour for a in cas.visite.adressages):
        yield "adressage-posterieur"


def _reponse_ancienne(cas: Cas) -> bool:
    """Did the payer name the médecin traitant, or none, long before the visit?"""
    selon = cas.traitant.selon
    if selon is None or selon.source not in PAYEUR or selon.releve is None:
        return False
    return (cas.jour - selon.releve).days > cas.parametres.integer("duree-reponse-payeur")


def _praticien(cas: Cas, verdict: Verdict) -> Iterator[str]:
    praticien = cas.visite.praticien
    if praticien is None:
        return
    if praticien.remplacant and praticien.remplace is None:
        yield "remplacant-sans-remplace"
    if praticien.specialite is Specialite.PSYCHIATRIE and Rang.HORS_ACCES_DIRECT in verdict.rangs:
        yield "psychiatre-plus-de-25-ans"
    suggere = cas.recent(praticien.installation, cas.jour) and not praticien.premiere_installation
    if suggere and praticien.specialite is Specialite.GENERALISTE and _perfectible(verdict):
        yield "installation-suggeree"


def _lieu(cas: Cas, verdict: Verdict) -> Iterator[str]:
    residence, lieu = cas.visite.departement_residence, cas.visite.departement_lieu
    if residence and lieu and residence != lieu and _perfectible(verdict):
        yield "eloignement-suggere"
    hopital = verdict.effet(Effet.MAJORATION_HOSPITALIERE).holds is not False
    if hopital and Rang.HORS_ACCES_DIRECT in verdict.rangs:
        yield "majoration-hospitaliere-a-verifier"
    if verdict.effet(Effet.PRISE_EN_CHARGE).holds is None:
        yield "teleconsultation-a-verifier"
    if cas.jour < MAYOTTE_DANS_LE_DISPOSITIF and Couverture.MAYOTTE in cas.visite.couvertures:
        yield "mayotte-non-encode"


def _argent(cas: Cas, verdict: Verdict) -> Iterator[str]:
    if Couverture.ALD in cas.visite.couvertures and not ald_exonerante(cas):
        yield "ald-sans-rapport"
    if verdict.effet(Effet.PRISE_EN_CHARGE).holds is False:
        yield "teleconsultation-non-remboursee"


def _facture(cas: Cas, verdict: Verdict, paye: Remboursement | None) -> Iterator[str]:
    fermes = [supplement_ferme(acte, cas, verdict) for acte in cas.visite.actes_factures]
    if any(ferme is not None and ferme.valeur is not None for ferme in fermes):
        yield "supplement-hors-parcours"
    if Couverture.C2S in cas.visite.couvertures and paye and any(x.depassement for x in paye.lignes):
        yield "depassement-c2s"


def _perfectible(verdict: Verdict) -> bool:
    return verdict.position in (Position.HORS, Position.INDETERMINE)


_REGLES = (_facturation, _medecin_traitant, _praticien, _lieu, _argent)
