"""Who looks at the pages of a practice, and which form is really theirs.

With a clients file it is whoever signed in from the software (``smart``). Without one, this machine's user,
unnamed: the service then listens to this machine only.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from parcours.clients import DEVELOPMENT, Clients
from parcours.fhir.declaration_followup import named
from parcours.following import Following
from parcours.remote.bridge import Bridge
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

    @property
    def qui(self) -> str | None:
        """What to write when he acts: his name, his number; nothing when nobody vouches for either."""
        return named(self.nom, self.rpps, None)


def register(app: Flask, clients: Clients) -> None:
    """Give an application its clients: with some, people must be signed in."""
    app.extensions[_EXTENSION] = clients
    app.after_request(_remember)


def person() -> Person:
    """Who looks at the current page. ``Refused`` (SMART) when nobody is signed in who must be."""
    if "person" not in g:
        g.person = _signed_in() if _clients() else _of_this_machine()
    return cast(Person, g.person)


def require_own_form() -> None:
    """Before a change: the form comes from a page of ours, given to this person. Else 403."""
    given = request.form.get(FIELD, "")
    if not hmac.compare_digest(given.encode(), person().jeton.encode()):
        raise Forbidden


def bridge() -> Bridge | None:
    """Where the software of who looks takes signed declarations, when it does."""
    client = _clients().by_id(person().client)
    return client.bridge if client else None


def declarations() -> Following:
    """The declarations of the practice of who looks, and of no other."""
    app, who = application(), person()
    return Following(
        app.service, app.store.declarations, tenant=who.tenant, client=who.client, base=fhir_base()
    )


def _clients() -> Clients:
    return cast(Clients, current_app.extensions[_EXTENSION])


def _signed_in() -> Person:
    # Launches draw their own pages with this package: neither could be imported first.
    from parcours.web.smart import session_secret, smart

    found = smart().visits.signed_in(session_secret(), now())
    return Person(
        tenant=found.tenant,
        client=found.client,
        jeton=found.form,
        nom=found.identite.nom,
        rpps=found.identite.rpps,
    )


def _of_this_machine() -> Person:
    held = Secret.parse(request.cookies.get(COOKIE))
    g.page_secret = secret = held or Secret.new()
    return Person(tenant=DEVELOPMENT.tenant, client=DEVELOPMENT.id, jeton=secret.public(FORM))


def _remember(response: Response) -> Response:
    """A browser that was shown a form holds what proves it is its own."""
    if "page_secret" in g and COOKIE not in request.cookies:
        response.set_cookie(COOKIE, g.page_secret.text, path="/", httponly=True, samesite="Lax")
    return response


def now() -> dt.datetime:
    """The moment of a request."""
    return dt.datetime.now(dt.UTC)
