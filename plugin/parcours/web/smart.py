"""SMART App Launch over HTTP: launched, called back, shown, left; and our public keys.

A page is in the software's own browser window, never in a frame: the cookies are ``SameSite=Lax``.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.datastructures import MultiDict

from parcours.cds.prefetch import DataUnreachable, unreachable
from parcours.cds.records import Records
from parcours.clients import Clients
from parcours.domain.decision import Position
from parcours.errors import InputError, StoreUnavailable
from parcours.fhir.writing import to_json
from parcours.remote.unreachable import Unreachable
from parcours.settings import Settings
from parcours.smart.backend import Backend
from parcours.smart.direct import SigningIn
from parcours.smart.discovery import Discovery
from parcours.smart.launching import WAIT, Launching, Visit
from parcours.smart.our_keys import OurKeys
from parcours.smart.refusal import Refus, Refused
from parcours.smart.secret import Secret
from parcours.smart.signed_in import FORM, Session
from parcours.smart.visits import SERVICE, Visits
from parcours.store import Store
from parcours.store.sessions import Limits
from parcours.web.application import application
from parcours.web.auditing import note, note_patient
from parcours.web.counting import Origine, count
from parcours.web.language import wanted_language
from parcours.web.pages.opened_visit import REFUSALS, STORE_REFUSAL, goodbye_page, opened_visit, refusal_page
from parcours.web.pages.plain import shown
from parcours.web.pages.shell import rendered

LOGGER = logging.getLogger("parcours")

CALLBACK: Final = "/callback"
LEAVING: Final = "/logout"
SIGN_IN: Final = "/connexion"
LAUNCH_COOKIE: Final = "parcours-lancement"
SESSION_COOKIE: Final = "parcours"
MAX_PARAMETER: Final = 4096
"""Characters of one parameter: a code or a launch context may be a signed token."""
RETRY_AFTER: Final = "2"
_EXTENSION: Final = "parcours.smart"

blueprint = Blueprint("smart", __name__, template_folder="templates")


class Smart:
    """What one application needs for SMART; built once."""

    def __init__(self, settings: Settings, clients: Clients, store: Store) -> None:
        keys, discovery = OurKeys(settings.keys), Discovery(time.monotonic)
        self.url = settings.url
        self.clients = clients
        self.keys = keys
        self.launching = Launching(clients, keys, discovery, store.lancements, settings.url + CALLBACK)
        limits = Limits.of(settings.session_idle_minutes, settings.session_hours)
        self.signing_in = (
            SigningIn(clients, clients.psc, store.lancements, settings.url + SIGN_IN, time.monotonic)
            if clients.psc
            else None
        )
        self.visits = Visits(clients, keys, store.sessions, limits)
        self.backend = Backend(keys, discovery)
        keys.check_for(clients)

    @property
    def secure(self) -> bool:
        """Is this service reached by https? In development on this machine it may not be."""
        return self.url.startswith("https://")

    def tenant(self, client: str) -> str:
        """The practice that a client speaks for; empty when it speaks for several."""
        known = self.clients.by_id(client)
        return known.tenant if known else ""

    def cookie(self, name: str) -> str:
        """A cookie that no other host, and no other path, can set or see."""
        return f"__Host-{name}" if self.secure else name


def register(app: Flask, settings: Settings, clients: Clients, store: Store) -> None:
    """Give an application its launches. ``SettingsError`` when keys that a client needs are not there."""
    app.extensions[_EXTENSION] = Smart(settings, clients, store)
    app.register_blueprint(blueprint)


def smart() -> Smart:
    """The launches of the application that answers the current request."""
    return cast(Smart, current_app.extensions[_EXTENSION])


@blueprint.get("/launch")
def launch() -> Response:
    """The software opens us on a visit: to its authorization server, which sends the browser back."""
    asked = parameters(request.args, "iss", "launch")
    if len(asked) != 2:
        raise Refused(Refus.REQUEST)
    secret = Secret.new()
    target = smart().launching.begin(asked["iss"], asked["launch"], secret, _now())
    return with_cookie(sent_to(target), LAUNCH_COOKIE, secret, int(WAIT.total_seconds()))


@blueprint.get(CALLBACK)
@blueprint.get(f"{CALLBACK}/<client>")
def callback(client: str | None = None) -> Response:
    """The answer of a client's authorization server: a session of our own, under a new name."""
    answer = parameters(request.args, "state", "code", "iss", "error")
    held = held_secret(LAUNCH_COOKIE)
    if held is None:
        raise Refused(Refus.STATE, "cookie")
    visit = smart().launching.finish(client, held, answer, _now())
    note_who(visit)
    note_patient(visit.patient, smart().tenant(visit.client))
    opened = smart().visits.open(visit, session_secret(), _now())
    LOGGER.info("smart opened: client=%s named=%s", visit.client, visit.identite is not None)
    response = sent_to(f"{smart().url}/visites/{opened.page}")
    return without_cookie(with_cookie(response, SESSION_COOKIE, opened.secret), LAUNCH_COOKIE)


@blueprint.get("/visites/<page>")
def visit(page: str) -> Response:
    """The visit as the software knows it now, and the answer."""
    secret = session_secret()
    found = smart().visits.read(secret, page, _now())
    note_patient(found.visit.patient, smart().tenant(found.visit.client))
    evaluation = application().service.evaluate(found.body)
    unread = _unread(found.records)
    if evaluation.decision.position is Position.HORS and unread:
        # What could not be had might have put the visit in the path: no hook says it either.
        raise unreachable(SERVICE, unread)
    count(evaluation.decision, Origine.SMART, smart().tenant(found.visit.client))
    leave = (smart().url + LEAVING, secret.public(FORM) if secret else "")
    return opened_visit(page, found, evaluation, leave)


def note_who(named: Visit | Session) -> None:
    """Whose visit or session this is, for the audit."""
    who = named.identite
    note(client=named.client, tenant=smart().tenant(named.client), personne=who.rpps if who else None)


def _unread(records: Records) -> list[str]:
    """The keys of what could not be read, or of what the software would not say."""
    withheld = [key for key, asked in SERVICE.prefetch.items() if asked.startswith(tuple(records.withheld))]
    return [*records.failed, *withheld]


@blueprint.post(LEAVING)
def leave() -> Response:
    """The end of the session, asked by its own page."""
    # Not by its Origin: where no referrer is sent, browsers call that of our own page "null".
    proof = parameters(request.form, "jeton").get("jeton", "")
    session = smart().visits.close(session_secret(), proof, _now())
    if session:
        note_who(session)
    page = goodbye_page(wanted_language(request))
    elsewhere = session.sortie if session else None
    response = shown(page) if elsewhere is None else rendered("sign_in.html", page=page, sortie=elsewhere)
    return without_cookie(response, SESSION_COOKIE)


@blueprint.get("/.well-known/jwks.json")
def our_public_keys() -> Response:
    """With which keys what we sign is verified."""
    return Response(to_json(smart().keys.public()), mimetype="application/json")


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """Why nobody is shown anything, as a page."""
    LOGGER.warning("smart refused: reason=%s detail=%s", error.refus, error.detail or "-")
    status, sentence = REFUSALS[error.refus]
    response = shown(refusal_page(wanted_language(request), sentence), status)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


@blueprint.errorhandler(Unreachable)
def _unreachable(error: Unreachable) -> Response:
    return refused(Refused(Refus.SILENT, error.reason))


@blueprint.errorhandler(InputError)
def _unreadable(error: InputError) -> Response:
    LOGGER.warning("smart refused: reason=%s detail=%d", Refus.UNREADABLE, error.status)
    status, sentence = REFUSALS[Refus.UNREADABLE]
    language = wanted_language(request)
    if isinstance(error, DataUnreachable):
        status = HTTPStatus.BAD_GATEWAY
    return shown(refusal_page(language, sentence, error.problems), status)


@blueprint.errorhandler(StoreUnavailable)
def _nothing_kept(_error: StoreUnavailable) -> Response:
    response = shown(refusal_page(wanted_language(request), STORE_REFUSAL), 503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def sent_to(address: str) -> Response:
    """Elsewhere, without a word: the page a browser would not show anyway might repeat a state."""
    return Response(status=303, headers={"Location": address})


def with_cookie(response: Response, name: str, secret: Secret, max_age: int | None = None) -> Response:
    """An answer after which a browser holds a secret."""
    response.set_cookie(
        smart().cookie(name),
        secret.text,
        max_age=max_age,
        path="/",
        secure=smart().secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def without_cookie(response: Response, name: str) -> Response:
    """An answer after which a browser holds this no more."""
    response.delete_cookie(
        smart().cookie(name), path="/", secure=smart().secure, httponly=True, samesite="Lax"
    )
    return response


def session_secret() -> Secret | None:
    """What the browser of the current request holds of a session."""
    return held_secret(SESSION_COOKIE)


def held_secret(name: str) -> Secret | None:
    """What the browser of the current request holds under a name."""
    return Secret.parse(request.cookies.get(smart().cookie(name)))


def parameters(given: MultiDict[str, str], *names: str) -> Mapping[str, str]:
    """Those of these parameters that are there. ``Refused`` for one that is repeated, or endless."""
    for name in names:
        values = given.getlist(name)
        if len(values) > 1 or any(len(value) > MAX_PARAMETER for value in values):
            raise Refused(Refus.REQUEST)
    return {name: given[name] for name in names if given.get(name)}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
