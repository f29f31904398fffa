"""Where a declaration goes, by régime and caisse, on one day. No address is ever invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from parcours.domain.declaration import Destinataire
from parcours.domain.declaration_facts import FaitsDeclaration
from parcours.domain.declaration_texts import (
    CAISSE_INCONNUE,
    DOUTE_CAISSE,
    DOUTE_ORGANISME,
)
from parcours.domain.departements import CGSS, DEPARTEMENTS
from parcours.domain.facts import Couverture
from parcours.law.parameter_files import parameter_table

_GENERAL: Final = "01"
_MUTUALISTES: Final = frozenset({"92", "93", "94", "95", "96"})
_CAMIEG, _MAYOTTE = "928", "976"


@dataclass(frozen=True, slots=True)
class Organisme:
    """The organism of a patient: where the paper goes, can one declare online, what to know of it."""

    destinataire: Destinataire
    en_ligne: bool | None
    avertissement: str | None = None


def organisme(faits: FaitsDeclaration) -> Organisme:
    """Find it from régime and caisse, else from the kinds of coverage, else from the département of home."""
    departement = faits.beneficiaire.departement.valeur if faits.beneficiaire.departement else None
    entry = _entry(*_regime(faits), faits.jour)
    if entry is not None:
        return _etabli(entry, departement)
    if departement is None:
        known = faits.organisme.valeur if faits.organisme else CAISSE_INCONNUE
        return Organisme(Destinataire(known, None, None if faits.organisme else DOUTE_CAISSE), None)
    nom = _du_departement(departement) or CAISSE_INCONNUE
    return Organisme(Destinataire(nom, None, DOUTE_ORGANISME), None)


def _regime(faits: FaitsDeclaration) -> tuple[str | None, str | None]:
    if Couverture.CAMIEG in faits.couvertures and faits.regime in (None, _GENERAL):
        return _GENERAL, _CAMIEG
    if Couverture.MAYOTTE in faits.couvertures and faits.regime in (None, _GENERAL):
        return _GENERAL, _MAYOTTE
    return faits.regime, faits.caisse


def _entry(regime: str | None, caisse: str | None, jour: dt.date) -> dict[str, Any] | None:
    """What the table says of this caisse that day, else of its régime."""
    if regime is None:
        return None
    code = "mutualiste" if regime in _MUTUALISTES else regime
    table = parameter_table()
    for name in (f"regime-{code}-caisse-{caisse}", f"regime-{code}"):
        versions = table[name]["values"] if name in table else []
        found = next((v["value"] for v in reversed(versions) if v["since"] <= jour), None)
        if found is not None:
            value: dict[str, Any] = found
            return value
    return None


def _etabli(entry: dict[str, Any], departement: str | None) -> Organisme:
    nom = entry["nom"]
    if entry.get("par_departement") and departement:
        nom = _du_departement(departement) or nom
    avertissement = entry.get("avertissement")
    return Organisme(Destinataire(nom, entry.get("adresse")), entry.get("en_ligne"), avertissement)


def _du_departement(code: str) -> str | None:
    """The caisse of a département by name. Several CPAM may share one: the name says the département only."""
    if code in CGSS:
        return f"CGSS – {CGSS[code]}"
    if code == _MAYOTTE:
        return str(parameter_table()[f"regime-{_GENERAL}-caisse-{_MAYOTTE}"]["values"][-1]["value"]["nom"])
    return f"CPAM – {DEPARTEMENTS[code]} ({code})" if code in DEPARTEMENTS else None
