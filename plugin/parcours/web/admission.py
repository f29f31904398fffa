"""How many requests are let in at once: one too many is told so at the door, before it costs anything.

Past what a process can do, requests would wait in a row that only grows, and its health with them. So as many
are let in as may wait for a server elsewhere, for the database, and for their turn to compute; any other gets
503 with ``Retry-After`` in microseconds. Health is asked past the door, in threads that nobody else can have.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from parcours.remote.bridge import MAX_HANDOVERS
from parcours.remote.http import MAX_CONVERSATIONS, MAX_KEY_FETCHES
from parcours.remote.slots import MAX_WAITING
from parcours.store.database import MAX_WRITERS
from parcours.turnstile import FEW, LINE, TURNED_AWAY
from parcours.web.cors import CDS_PREFIX
from parcours.web.pages.shell import PAGE_POLICY
from parcours.web.replies import FHIR_PREFIX, OVERLOADED_RETRY_S, SECURITY_HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ELSEWHERE: Final = MAX_CONVERSATIONS + MAX_WAITING + MAX_KEY_FETCHES + MAX_HANDOVERS + MAX_WRITERS
"""Requests that may wait for another server, or for the database."""
MOST: Final = ELSEWHERE + LINE + 1 + FEW + 1
"""Requests in hand at once: those, the one that computes, the page that is drawn, and their lines."""
SPARE: Final = 4
"""Threads of a server beyond: for refusals, and for its health."""
_ADMITTED: Final = "parcours.admitted"
"""Where the requests of a batch find that their batch was let in: no header can be called this."""
_Kind = tuple[bool, bool, bool]
"""What a refusal looks like: for FHIR software, for a person's browser, in English."""


class Door:
    """The application behind its door. Safe between threads."""

    def __init__(self, app: Flask, most: int = MOST) -> None:
        self._application: WSGIApplication = app.wsgi_app
        self._refusals = {kind: _refusal(app, kind) for kind in _kinds()}
        self._most = most
        self._inside = 0
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        if _ADMITTED in environ or environ["PATH_INFO"].startswith("/health/"):
            return self._application(environ, start_response)
        if not self._enter():
            TURNED_AWAY.add("door")
            body, headers = self._refusals[_kind(environ)]
            start_response("503 Service Unavailable", headers)
            return [body]
        try:
            return self._application({**environ, _ADMITTED: True}, start_response)
        finally:
            self._leave()

    def _enter(self) -> bool:
        with self._lock:
            entered = self._inside < self._most
            self._inside += entered
        return entered

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1


def register(app: Flask) -> None:
    """Put an application behind a door of its own."""
    app.wsgi_app = Door(app)  # type: ignore[method-assign]  # the way Flask documents


def _kinds() -> list[_Kind]:
    both = (False, True)
    return [(fhir, page, english) for fhir in both for page in both for english in both]


def _kind(environ: WSGIEnvironment) -> _Kind:
    path = environ["PATH_INFO"] + "/"
    return (
        path.startswith((f"{FHIR_PREFIX}/", f"{CDS_PREFIX}/")),
        "text/html" in environ.get("HTTP_ACCEPT", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", "").startswith("en"),
    )


def _refusal(app: Flask, kind: _Kind) -> tuple[bytes, list[tuple[str, str]]]:
    """What the application itself would say, once for all."""
    fhir, page, english = kind
    headers = {"Accept": "text/html" if page else "*/*", "Accept-Language": "en" if english else "fr"}
    with app.test_request_context(FHIR_PREFIX if fhir else "/", headers=headers):
        error = ServiceUnavailable(retry_after=OVERLOADED_RETRY_S)
        response = app.make_response(app.handle_user_exception(error))
    response.headers.update(SECURITY_HEADERS)
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response.get_data(), response.headers.to_wsgi_list()
