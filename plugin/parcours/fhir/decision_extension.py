"""``pds-ext-decision``: the whole ``Decision`` as one extension tree on the ClaimResponse.

A child that has nothing to say is left out: FHIR has neither null nor empty string.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from parcours.domain.decision import (
    Alternative,
    Decision,
    Facturation,
    Manquant,
    MedecinFacture,
    Motif,
    PolitiqueAppliquee,
)
from parcours.domain.facts import Avertissement
from parcours.fhir.systems import code_system, extension_url
from parcours.wording import citation

Element = dict[str, Any]
"""A FHIR element as JSON: what msgspec writes. Written here only, read nowhere."""

URL = extension_url("pds-ext-decision")

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def decision_extension(decision: Decision) -> Element:
    """The extension that carries a decision, children in the order of the published contract."""
    children = [
        *_values("position", "valueCode", decision.position.value),
        *_values("situation", "valueCode", decision.situation),
        *_values("ips", "valueCode", decision.ips),
        *_values("qtp", "valueCode", decision.qtp),
        *_values("qcpAttendu", "valueCode", *decision.qcp_attendu),
        *_values("dateDesSoins", "valueDate", decision.date_des_soins.isoformat()),
        *_values("versionDroit", "valueString", decision.version_droit),
        *_values("versionLogiciel", "valueString", decision.version_logiciel),
        *(_motif(motif) for motif in decision.motifs),
        *(_effet(code.value, reponse.value) for code, reponse in decision.effets.items()),
        *(_manquant(manquant) for manquant in decision.manquants),
        *(_alternative(autre) for autre in decision.alternatives),
        *(_politique(politique) for politique in decision.politiques),
        *(_avertissement(avertissement) for avertissement in decision.avertissements),
        *_facturation(decision.facturation),
    ]
    return {"url": URL, "extension": children}


def _values(url: str, value: str, *texts: str | None) -> list[Element]:
    """One simple child per text that says something."""
    return [{"url": url, value: text} for text in texts if text and text.strip()]


def _complex(url: str, *children: Iterable[Element]) -> Element:
    return {"url": url, "extension": [child for group in children for child in group]}


def _motif(motif: Motif) -> Element:
    regle = {"system": code_system("pds-cs-regle"), "code": motif.regle, "display": motif.titre}
    texte = {"type": "citation", "label": motif.texte, "citation": citation(motif)}
    if motif.url:
        texte["url"] = motif.url
    return _complex(
        "motif",
        [{"url": "regle", "valueCoding": regle}],
        [{"url": "citation", "valueRelatedArtifact": texte}],
    )


def _effet(code: str, valeur: str) -> Element:
    return _complex("effet", _values("code", "valueCode", code), _values("valeur", "valueCode", valeur))


def _manquant(manquant: Manquant) -> Element:
    return _complex(
        "manquant",
        _values("fait", "valueCode", manquant.fait),
        _values("chemin", "valueString", manquant.chemin),
        _values("effet", "valueString", *manquant.effet),
    )


def _alternative(autre: Alternative) -> Element:
    return _complex(
        "alternative",
        _values("si", "valueString", autre.si),
        _values("situation", "valueCode", autre.situation),
        _values("position", "valueCode", autre.position.value),
    )


def _politique(politique: PolitiqueAppliquee) -> Element:
    # A reading is a code; an amount or a rate chosen instead of one is not.
    kind = "valueCode" if _CODE.fullmatch(politique.valeur) else "valueString"
    return _complex(
        "politique",
        _values("code", "valueCode", politique.politique),
        _values("valeur", kind, politique.valeur),
        _values("note", "valueString", politique.note),
    )


def _avertissement(avertissement: Avertissement) -> Element:
    return _complex(
        "avertissement",
        _values("code", "valueCode", avertissement.code),
        _values("texte", "valueString", avertissement.texte),
    )


def _facturation(facturation: Facturation) -> list[Element]:
    children = [
        *_values("indicateur", "valueCode", facturation.indicateur),
        *_values("declaration_mt", "valueCode", facturation.declaration_mt),
        *_values("top_mt", "valueCode", facturation.top_mt),
        *_medecin(facturation.medecin),
        *_values("date_installation", "valueDate", _day(facturation.date_installation)),
        *_values("date_installation_zone", "valueDate", _day(facturation.date_installation_zone)),
    ]
    return [_complex("facturation", children)] if children else []


def _medecin(medecin: MedecinFacture | None) -> list[Element]:
    if medecin is None:
        return []
    children = [
        *_values("nom", "valueString", medecin.nom),
        *_values("prenom", "valueString", medecin.prenom),
        *_values("identifiant", "valueString", medecin.identifiant),
    ]
    return [_complex("medecin", children)] if children else []


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
