"""Where the codes that we publish come from: the enumerations and the rule base of the program."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from parcours.cds.reasons import REASONS
from parcours.domain.declaration_facts import Lien
from parcours.domain.facts import (
    Avertissement,
    Circonstance,
    Couverture,
    Fait,
    GroupeActe,
    MotifFin,
    NaturePlan,
    SourceTraitant,
    StatutTraitant,
)
from parcours.fhir import wordings
from parcours.fhir.declaration_resources import FORMULAIRE
from parcours.law import droit
from parcours.law.invoice_codes import CABINET_SECONDAIRE, CODAGES, PSYCHIATRE_HORS_AGE, Codage
from parcours.law.policies import POLITIQUES
from parcours.law.warnings import TEXTES
from parcours.wording import EFFETS, FAITS, POSITIONS, REPONSES

VOCABULARY: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulaire.toml").read_text("utf-8"))
"""Titles, descriptions and labels, in French."""

FROM_OTHER_ELEMENTS = (SourceTraitant.CERCLE_DE_SOINS, SourceTraitant.MEDECIN_HABITUEL)
"""Sources that are FHIR elements of their own, and never a code in a declaration."""


def code_tables() -> tuple[Codage, ...]:
    """Every set of codes that the program can give to a visit."""
    pairs = (codage for pair in CODAGES.values() for codage in pair)
    return (*dict.fromkeys((*pairs, CABINET_SECONDAIRE, PSYCHIATRE_HORS_AGE)),)


def warnings_by_code() -> dict[str, str]:
    """Each coded warning with its sentence; a code with several sentences has the first of them."""
    read = [value for _, value in inspect.getmembers(wordings) if isinstance(value, Avertissement)]
    return {**{warning.code: warning.texte for warning in reversed(read)}, **TEXTES}


def _given(*codes: str) -> Callable[[str], dict[str, str]]:
    """Codes that the program lists, with the labels of the vocabulary."""
    return lambda system: {code: _labels(system)[code] for code in codes}


def _members(*members: StrEnum) -> Callable[[str], dict[str, str]]:
    return _given(*(member.value for member in members))


def _labels(system: str) -> Mapping[str, str]:
    labels: Mapping[str, str] = VOCABULARY[system]["codes"]
    return labels


def _all_labels(system: str) -> dict[str, str]:
    """Codes of a published nomenclature of which the program writes a part."""
    return dict(_labels(system))


def _known(labels: Iterable[tuple[StrEnum, str]]) -> Callable[[str], dict[str, str]]:
    pairs = {member.value: label for member, label in labels}
    return lambda _: dict(pairs)


CODES: dict[str, Callable[[str], dict[str, str]]] = {
    "pds-cs-position": _known(POSITIONS.items()),
    "pds-cs-situation": _all_labels,
    "pds-cs-ips": _all_labels,
    "pds-cs-qtp": _all_labels,
    "pds-cs-qcp": _all_labels,
    "pds-cs-ecran": _all_labels,
    "pds-cs-regle": lambda _: {rule.id: rule.titre for rule in droit().regles},
    "pds-cs-effet": _known(EFFETS.items()),
    "pds-cs-reponse": _known(REPONSES.items()),
    "pds-cs-fait": lambda _: {name: FAITS[name] for name in facts()},
    "pds-cs-avertissement": _given(*warnings_by_code()),
    "pds-cs-politique": _given(*(policy.nom for policy in POLITIQUES)),
    "pds-cs-circonstance": _members(*Circonstance),
    "pds-cs-couverture": _members(*Couverture),
    "pds-cs-classe-couverture": _all_labels,
    "pds-cs-acte-acces-direct": _members(*GroupeActe),
    "pds-cs-adressage": _all_labels,
    "pds-cs-plan": _members(*NaturePlan),
    "pds-cs-ngap": _all_labels,
    "pds-cs-adjudication": _all_labels,
    "pds-cs-statut-mt": _given(*(status.value for status in StatutTraitant), "inconnu"),
    "pds-cs-motif-fin": _members(*MotifFin),
    "pds-cs-source-mt": _members(*(s for s in SourceTraitant if s not in FROM_OTHER_ELEMENTS)),
    "pds-cs-etat-declaration": _all_labels,
    "pds-cs-representant": _members(*Lien),
    "pds-cs-formulaire": _given(FORMULAIRE),
    "pds-cs-motif-refus": lambda _: dict(REASONS),
}
"""Every code system that we publish, and where its codes come from: code → label."""

DEFINITIONS: dict[str, Callable[[], dict[str, str]]] = {
    "pds-cs-avertissement": warnings_by_code,
    "pds-cs-politique": lambda: {policy.nom: policy.note for policy in POLITIQUES},
}
"""Code systems whose codes carry a definition as well: code → sentence."""


def facts() -> tuple[str, ...]:
    """The names of all facts, in the order of the program."""
    return tuple(value for name, value in vars(Fait).items() if name.isupper())


def codes(system: str) -> dict[str, str]:
    """The codes of one system with their labels. ``KeyError`` for a code that has no label."""
    return CODES[system](system)
