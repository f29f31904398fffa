"""The plainest page: a title, sentences, lists."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says, every text in the language of who asks. Nothing in it is markup."""

    titre: str
    phrases: Sequence[str] = ()
    sections: Sequence[Section] = ()


def shown(page: Page, status: int = 200) -> Response:
    """A page as an answer."""
    return rendered("plain.html", status, page=page)
