"""Profession and specialty, from the codes of national tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parcours.domain.facts import Avertissement, Profession, Specialite
from parcours.fhir.elements import CodeableConcept
from parcours.fhir.nomenclature import DISCIPLINES, IPA, PROFESSIONS, specialite_de
from parcours.fhir.systems import G15, G100, R38, R39, R40, TABLES
from parcours.fhir.wordings import CODE_INCONNU, SPECIALITE_AMBIGUE

_GENERALE = "medecine-generale"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a table we know, and the FHIRPath where it was read."""

    table: str
    code: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercice:
    """What a professional practises. ``disciplines`` tells apart what ``specialite`` calls "autre"."""

    profession: Profession | None = None
    specialite: Specialite | None = None
    disciplines: frozenset[str] = frozenset()
    chemin_profession: str | None = None
    chemin_specialite: str | None = None
    avertissements: tuple[Avertissement, ...] = ()


INCONNU = Exercice()


def codes(concepts: Iterable[tuple[CodeableConcept | None, str]]) -> list[Code]:
    """Every coding of a known table among these concepts and their paths."""
    return [
        Code(TABLES[coding.system], coding.code, path)
        for concept, path in concepts
        if concept is not None
        for coding in concept.coding
        if coding.code and coding.system in TABLES
    ]


def exercice(sources: Sequence[Sequence[Code]]) -> Exercice:
    """Profession and specialty according to the best source that says anything; sources come best first."""
    profession, chemin, doubts = _profession(sources)
    if profession not in (None, Profession.MEDECIN):
        return Exercice(profession=profession, chemin_profession=chemin, avertissements=tuple(doubts))
    specialite, disciplines, where, more = _specialite(sources)
    if profession is None and specialite is not None and not doubts:
        profession, chemin = Profession.MEDECIN, where
    return Exercice(
        profession=profession,
        specialite=specialite,
        disciplines=disciplines,
        chemin_profession=chemin,
        chemin_specialite=where,
        avertissements=tuple(dict.fromkeys((*doubts, *more))),
    )


def _profession(
    sources: Sequence[Sequence[Code]],
) -> tuple[Profession | None, str | None, list[Avertissement]]:
    doubts: list[Avertissement] = []
    ipa = any(code.table == R38 and code.code in IPA for source in sources for code in source)
    for source in sources:
        found = {p: code.path for code in source if (p := PROFESSIONS.get(code.table, {}).get(code.code))}
        if ipa and Profession.INFIRMIER in found:
            path = found.pop(Profession.INFIRMIER)
            found.setdefault(Profession.INFIRMIER_PRATIQUE_AVANCEE, path)
        if len(found) > 1:
            return None, None, [SPECIALITE_AMBIGUE]
        if found:
            return (*next(iter(found.items())), [])
        if any(code.table == G15 for code in source):
            return None, None, [CODE_INCONNU]
    return None, None, doubts


def _specialite(
    sources: Sequence[Sequence[Code]],
) -> tuple[Specialite | None, frozenset[str], str | None, list[Avertissement]]:
    for source in sources:
        if any(code.table in (R38, G100) and code.code not in PROFESSIONS[code.table] for code in source):
            return None, frozenset(), None, [CODE_INCONNU]
        disciplines = _disciplines(source)
        classes = {specialite_de(discipline) for discipline in disciplines}
        if len(classes) > 1:
            return None, frozenset(), None, [SPECIALITE_AMBIGUE]
        if classes:
            return classes.pop(), frozenset(disciplines), next(iter(disciplines.values())), []
    return None, frozenset(), None, []


def _disciplines(source: Iterable[Code]) -> dict[str, str]:
    """Disciplines of one source and where each is said; an exclusive competence replaces general medicine."""
    tables: dict[str, dict[str, str]] = {R38: {}, G100: {}, R39: {}, R40: {}}
    for code in source:
        discipline = DISCIPLINES.get(code.table, {}).get(code.code)
        if discipline:
            tables[code.table][discipline] = code.path
    ordinal, exclusive = {**tables[R38], **tables[G100]}, tables[R40]
    if exclusive:
        ordinal.pop(_GENERALE, None)
    return {**ordinal, **exclusive} or tables[R39]
