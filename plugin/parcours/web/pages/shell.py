"""The frame of every page: language, navigation, policy, and errors that a person can read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Flask, Response, g, render_template, request
from jinja2 import pass_context
from jinja2.runtime import Context

from parcours import VERSION_LOGICIEL
from parcours.translation import english
from parcours.web.application import application
from parcours.web.language import ENGLISH, wanted_language

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may do: use what this service serves, and send its forms back here. Nothing in it runs."""

STATIC: Final = "/static"
_HTMX: Final = "HX-Request"

_TOGETHER: Final = re.compile(r" (?=[:;?!%\u20ac\xbb])|(?<=\xab) ")
"""Spaces of French typography where no line ends: before high signs, € and », after «."""

Say = Callable[[str], str]

blueprint = Blueprint(
    "pages", __name__, template_folder="../templates", static_folder="../static", static_url_path=STATIC
)


@dataclass(frozen=True, slots=True)
class Door:
    """A line of the navigation: its address, its name, what it opens."""

    adresse: str
    nom: str


DOORS: Final = (
    Door("/visites/essai", "Essayer une visite"),
    Door("/declarations", "Déclarations"),
    Door("/regles", "Règles"),
    Door("/activite", "Activité"),
)


def register(app: Flask) -> None:
    """Give an application the frame of its pages and what they are drawn with."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["say"] = _said
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


@pass_context
def _said(_context: Context, text: str) -> str:
    """A text in the language of who asks. Without a context Jinja would say a constant once for everybody."""
    return speaker(wanted_language(request))(text)


def speaker(langue: str) -> Say:
    """What says a French text in a language; in French no line begins with a sign."""
    return english if langue == ENGLISH else _typeset


def _typeset(french: str) -> str:
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", french)


def rendered(template: str, status: int = 200, /, **values: Any) -> Response:
    """A page as an answer, in the language of who asks. Texts of ours go through the filter ``say``."""
    langue = wanted_language(request)
    text = render_template(template, langue=langue, frame=_frame(), **values)
    response = Response(text, status, mimetype="text/html")
    response.content_language.add(langue)
    response.vary.add("Accept-Language")
    return response


REFUSALS: Final[dict[int, tuple[str, str]]] = {
    403: (
        "Cette page ne s’ouvre pas ici",
        "Le formulaire ne vient pas d’une page ouverte dans ce navigateur : la rouvrir, puis recommencer.",
    ),
    404: ("Rien à cette adresse", "La page demandée n’existe pas, ou n’est pas de ce cabinet."),
    412: (
        "La déclaration a changé entre-temps",
        "Quelqu’un l’a fait avancer depuis que cette page a été ouverte : la rouvrir, puis recommencer.",
    ),
    413: (
        "C’est trop grand",
        "Le contenu dépasse la taille que ce service accepte ; il n’a pas été lu.",
    ),
    421: (
        "Ce service ne répond pas à ce nom",
        "Sans fichier de clients, il ne répond qu’à sa propre machine : "
        "ouvrir http://localhost, avec le même port.",
    ),
    500: ("Le service a échoué", "Rien n’a été confirmé. Recommencer ; si cela dure, donner la référence."),
    503: (
        "Le service ne peut pas répondre pour le moment",
        "Rien n’a été confirmé : recommencer dans un instant.",
    ),
}
"""What people read when a page cannot be shown: a title, and what to do."""
OTHER_REFUSAL: Final = ("La demande est refusée", "Elle est incomplète ou mal formée.")


def refused(status: int, suite: Door = Door("/visites/essai", "Essayer une visite")) -> Response:
    """Why there is no page, as a page; ``suite`` is the way on."""
    titre, phrase = REFUSALS.get(status, OTHER_REFUSAL)
    return rendered(
        "refused.html", status, titre=titre, phrase=phrase, suite=suite, reference=g.get("reference")
    )


def is_partial() -> bool:
    """Does the script of the page ask, for a part of it only? ``Vary`` is then the caller's care."""
    return _HTMX in request.headers


def wants_page() -> bool:
    """Would a page be understood better than JSON?"""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def _frame() -> dict[str, Any]:
    here = f"{request.path}/"
    return {
        "portes": [(door, here.startswith(f"{door.adresse}/")) for door in DOORS],
        "logiciel": VERSION_LOGICIEL,
        "droit": application().service.droit.version,
    }


@blueprint.after_request
def _fresh(response: Response) -> Response:
    """What pages are drawn with may be kept, if it is asked each time whether it has changed."""
    response.headers["Cache-Control"] = "no-cache"
    return response
