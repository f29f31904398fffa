"""The door: what cannot be answered in good time is refused at once, and health is told all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.fhir.declarations import demande
from werkzeug.test import Client as Caller

from parcours.settings import Settings
from parcours.turnstile import TURNED_AWAY
from parcours.web import create_app
from parcours.web.admission import MOST, SPARE, Door
from parcours.web.application import Application
from parcours.web.server import THREADS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FEW = 2


@dataclass
class Held:
    """A service that answers when it is let."""

    door: Door
    begun: threading.Semaphore
    let: threading.Event

    def caller(self) -> Caller:
        return Caller(self.door)


@pytest.fixture
def held() -> Iterator[Held]:
    app = create_app(Settings())
    served = app.wsgi_app
    begun, let = threading.Semaphore(0), threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/fhir/metadata":
            begun.release()
            let.wait(timeout=20)
        return served(environ, start_response)

    app.wsgi_app = slow  # type: ignore[method-assign]  # the way Flask documents
    yield Held(Door(app, most=FEW), begun, let)
    let.set()


def test_one_too_many_is_told_to_come_back_and_health_is_told(held: Held) -> None:
    before = TURNED_AWAY.counts().get("door", 0)
    with ThreadPoolExecutor(FEW) as busy:
        inside = [busy.submit(held.caller().get, "/fhir/metadata") for _ in range(FEW)]
        for _ in inside:
            assert held.begun.acquire(timeout=20)
        refused = held.caller().get("/fhir/metadata")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert (refused.json or {})["issue"][0]["code"] == "transient"
        assert held.caller().get("/health/live").status_code == 200
        assert TURNED_AWAY.counts().get("door", 0) == before + 1
        held.let.set()
        assert [answer.result().status_code for answer in inside] == [200] * FEW
    assert [held.caller().get("/fhir/metadata").status_code for _ in range(FEW + 1)] == [200] * (FEW + 1)


def test_a_request_that_fails_leaves_its_place() -> None:
    before = TURNED_AWAY.counts().get("door", 0)
    app = create_app(Settings())

    def broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise ZeroDivisionError(environ, start_response)

    app.wsgi_app = broken  # type: ignore[method-assign]  # the way Flask documents
    door = Door(app, most=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            Caller(door).get("/")
    assert TURNED_AWAY.counts().get("door", 0) == before


def shut(app: Application) -> Caller:
    """The application, its door shut."""
    return Caller(Door(app, most=0))


@pytest.mark.parametrize(
    ("path", "headers", "kind", "words"),
    [
        ("/fhir/Task", {}, "application/fhir+json", "ne peut pas répondre"),
        ("/fhir", {"Accept-Language": "en"}, "application/fhir+json", "cannot answer"),
        ("/cds-services/x", {}, "application/fhir+json", "ne peut pas répondre"),
        ("/declarations", {"Accept": "text/html"}, "text/html", "<html"),
        ("/launch", {}, "application/json", "ne peut pas répondre"),
    ],
)
def test_a_refusal_at_the_door_reads_like_any_other(
    path: str, headers: dict[str, str], kind: str, words: str
) -> None:
    app = create_app(Settings())
    reply = shut(app).get(path, headers=headers)
    assert (reply.status_code, reply.mimetype) == (503, kind)
    assert words in reply.text
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_requests_of_a_batch_come_in_with_it() -> None:
    app = create_app(Settings())
    app.wsgi_app = Door(app, most=1)  # type: ignore[method-assign]
    entry = {"request": {"method": "POST", "url": "$prepare-declaration"}, "resource": demande()}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    answer = app.test_client().post("/fhir", json=batch).json or {}
    assert answer["entry"][0]["response"]["status"] == "200 OK"


def test_a_worker_has_threads_for_all_that_it_lets_in_and_for_refusals() -> None:
    assert THREADS == MOST + SPARE
    assert SPARE >= 2
