"""Pages for people: one shape, rendered here, without script and with one style that the policy names."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from flask import Response, render_template

_STYLE = (files("parcours.web") / "templates" / "page.css").read_text("utf-8").removesuffix("\n")
_DIGEST = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page may do: show itself, and send its form back here."""


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
    """What a page says, every text in the language ``langue``. Nothing in it is markup."""

    langue: str
    titre: str
    phrases: Sequence[str] = ()
    patient: str | None = None
    sections: Sequence[Section] = ()
    sortie: Sortie | None = None
    pied: Sequence[str] = ()


def shown(page: Page, status: int = 200) -> Response:
    """A page as an answer."""
    response = Response(render_template("page.html", page=page), status, mimetype="text/html")
    response.content_language.add(page.langue)
    response.vary.add("Accept-Language")
    return response
