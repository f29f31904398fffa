"""Are the versions that we cite those of today? Compared with an index that somebody made of Légifrance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from parcours.law.parameter_files import Version, parameter_table, texts

ARTICLE_ID = re.compile(r"LEGIARTI\d{12}")
ARTICLE = re.compile(r"[LRD]\d[\d-]*")
"""How an article of the code is numbered: ``L162-5-3``."""


class Etat(StrEnum):
    """What an index says of a citation."""

    A_JOUR = "a-jour"
    PERIMEE = "perimee"
    A_ETABLIR = "a-etablir"
    ABSENTE = "absente"


@dataclass(frozen=True, slots=True)
class Citation:
    """One text that is cited, and the known ids of its versions; ``derniere`` is the last one's, if known."""

    nom: str
    article: str | None
    versions: tuple[str, ...]
    derniere: str | None


@dataclass(frozen=True, slots=True)
class Constat:
    """A citation and what the index says of it: ``actuelle`` is the version of today."""

    citation: Citation
    etat: Etat
    actuelle: str | None


def citations() -> Iterator[Citation]:
    """Every text of the rules, then every version that a value cites beside them."""
    for versions in texts().values():
        yield _of_a_text(versions)
    for nom, entry in parameter_table().items():
        for cite in entry["values"][-1]["cites"]:
            if found := ARTICLE_ID.search(cite):
                named = f"{nom}, {cite[: found.start()].rstrip(', ')}"
                yield Citation(named, None, (found[0],), found[0])


def _of_a_text(versions: tuple[Version, ...]) -> Citation:
    label = versions[-1].label
    article = ARTICLE.fullmatch(label.removeprefix("CSS "))
    ids = tuple(version.legiarti for version in versions if version.legiarti)
    return Citation(label, article[0] if article else None, ids, versions[-1].legiarti)


def compare(index: Mapping[str, str]) -> tuple[Constat, ...]:
    """What an index says of every citation that it could know: from a version, or an article, to its version.

    A text that is no article (a convention, a specification) is left out: Légifrance numbers none of its
    versions.
    """
    known = (citation for citation in citations() if citation.versions or citation.article)
    return tuple(_constat(citation, index) for citation in known)


def _constat(citation: Citation, index: Mapping[str, str]) -> Constat:
    names = [*reversed(citation.versions), *([citation.article] if citation.article else [])]
    actuelle = next((index[name] for name in names if name in index), None)
    if actuelle is None:
        return Constat(citation, Etat.ABSENTE, None)
    if citation.derniere is None:
        return Constat(citation, Etat.A_ETABLIR, actuelle)
    return Constat(citation, Etat.A_JOUR if actuelle == citation.derniere else Etat.PERIMEE, actuelle)
