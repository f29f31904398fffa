"""The plainest page: a title, sentences, lists, and perhaps a way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from parcours.web.pages.shell import rendered


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; without lines it is not shown."""

    titre: str
    lignes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sortie:
    """The form that ends a session: where it goes, what proves that it is ours, what its button says."""

    adresse: str
    jeton: str
    bouton: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says, every text in the language of who asks. Nothing in it is markup."""

    titre: str
    phrases: Sequence[str] = ()
    patient: str | None = None
    sections: Sequence[Section] = ()
    sortie: Sortie | None = None
    pied: Sequence[str] = ()


def shown(page: Page, status: int = 200) -> Response:
    """A page as an answer."""
    return rendered("plain.html", status, page=page)
