"""Who looks at the pages of a practice, and which form is really theirs.

With a clients file it is whoever signed in from the software (``smart``). Without one, this machine's user,
unnamed: the service then listens to this machine only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from parcours.clients import DEVELOPMENT, Clients
from parcours.following import Following
from parcours.smart.secret import Secret
from parcours.web.application import application
from parcours.web.context import fhir_base

COOKIE: Final = "parcours-pages"
FORM: Final = "form"
FIELD: Final = "jeton"
"""The field of every form that changes something: what only a page given to this browser can know."""
_EXTENSION: Final = "parcours.people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who looks: whose practice, through which software, his name and number when somebody vouches for them.

    ``jeton`` is the proof that his forms carry.
    """

    tenant: str
    client: str
    jeton: str
    nom: str | None = None
    rpps: str | None = None


def register(app: Flask, clients: Clients) -> None:
    """Tell an application whether people must be signed in."""
    app.extensions[_EXTENSION] = bool(clients)
    app.after_request(_remember)


def person() -> Person:
    """Who looks at the current page. ``Refused`` (SMART) when nobody is signed in who must be."""
    if "person" not in g:
        g.person = _signed_in() if current_app.extensions[_EXTENSION] else _of_this_machine()
    return cast(Person, g.person)


def require_own_form() -> None:
    """Before a change: the form comes from a page of ours, given to this person. Else 403."""
    if request.form.get(FIELD) != person().jeton:
        raise Forbidden


def declarations() -> Following:
    """The declarations of the practice of who looks, and of no other."""
    app, who = application(), person()
    return Following(
        app.service, app.store.declarations, tenant=who.tenant, client=who.client, base=fhir_base()
    )


def _signed_in() -> Person:
    raise NotImplementedError


def _of_this_machine() -> Person:
    held = Secret.parse(request.cookies.get(COOKIE))
    g.page_secret = secret = held or Secret.new()
    return Person(tenant=DEVELOPMENT.tenant, client=DEVELOPMENT.id, jeton=secret.public(FORM))


def _remember(response: Response) -> Response:
    """A browser that was shown a form holds what proves it is its own."""
    if "page_secret" in g and COOKIE not in request.cookies:
        response.set_cookie(COOKIE, g.page_secret.text, path="/", httponly=True, samesite="Strict")
    return response


def now() -> dt.datetime:
    """The moment of a request."""
    return dt.datetime.now(dt.UTC)
