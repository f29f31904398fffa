"""How a prepared declaration is kept beside its resources: everything but the values, which they hold.

A national identity number is kept once, in its answer: the page and a corrected paper read it there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec

from parcours.domain.decision import Reponse
from parcours.domain.declaration import (
    Champ,
    Declaration,
    Etat,
    Nature,
    Qui,
    Signature,
    Voie,
)
from parcours.domain.facts import Avertissement
from parcours.fhir.declaration_resources import TYPES, Element


class ChampGarde(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field without its value."""

    id: str
    origine: str | None = None
    etat: Etat = Etat.CONNU
    pourquoi: str | None = None
    garant: str | None = None


class Feuille(msgspec.Struct, frozen=True, kw_only=True):
    """A ``Declaration`` whose values are elsewhere; member for member the same otherwise."""

    id: str
    jour: dt.date
    nature: Nature
    acceptable: Reponse
    refus: tuple[Avertissement, ...]
    champs: tuple[ChampGarde, ...]
    choisit: Qui
    signatures: tuple[Signature, ...]
    a_demander: tuple[str, ...]
    voies: tuple[Voie, ...]
    avertissements: tuple[Avertissement, ...]
    textes: tuple[tuple[str, tuple[str, ...]], ...]
    version_logiciel: str

    @classmethod
    def of(cls, declaration: Declaration) -> Feuille:
        """What is kept of a declaration."""
        known = {field.name: getattr(declaration, field.name) for field in fields(declaration)}
        return cls(**{**known, "champs": tuple(map(_kept, declaration.champs))})

    def declaration(self, questionnaire: Element) -> Declaration:
        """The declaration, with the values of its questionnaire."""
        values = dict(_values(questionnaire))
        champs = tuple(_champ(kept, values) for kept in self.champs)
        return Declaration(**{**msgspec.structs.asdict(self), "champs": champs})


def _kept(champ: Champ) -> ChampGarde:
    return ChampGarde(**{name: getattr(champ, name) for name in ChampGarde.__struct_fields__})


def _champ(kept: ChampGarde, values: Mapping[str, Any]) -> Champ:
    return Champ(**msgspec.structs.asdict(kept), valeur=values.get(kept.id))


def _values(questionnaire: Element) -> Iterator[tuple[str, str | dt.date]]:
    for group in questionnaire.get("item", ()):
        for item in group["item"]:
            link: str = item["linkId"]
            if link in TYPES:
                yield link, dt.date.fromisoformat(item["answer"][0][TYPES[link]])
            else:
                yield link, item["answer"][0]["valueString"]
