"""Every route of the URL map with every credential: who is let in is what the table of owners says.

Who is let in gets what he would get in development, where everybody is; who is not is told nothing else.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.access.states import IN, PUBLIC, STATES, Asked, Asker, Shown, bearer, served, sits
from tests.web.kept import FHIR_JSON, PREPARE, changed, resource
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from parcours.settings import Settings
from parcours.smart.secret import Secret
from parcours.web import access, create_app
from parcours.web.application import Application

EXAMPLE = Path(__file__).resolve().parents[2] / (
    "examples/declarations/01-adulte-sans-medecin-traitant/bundle.json"
)
PAGES = "parcours-pages"
HERE = "http://127.0.0.1"
FORM = "application/x-www-form-urlencoded"
VALUES: dict[str, Any] = {
    "client": "x",
    "copie": "patient",
    "document": "visite.json",
    "filename": "parcours.css",
    "id": "inconnu",
    "kind": "Task",
    "name": "pds-inconnu",
    "page": "p" * 43,
    "service_id": "parcours-patient-view",
    "version": 1,
}
PEOPLE = ("/declarations", "/visites", "/logout", "/token", "/revoke")
"""Where forms are sent."""
PEERS = (f"10.{a}.{b}.1" for a, b in itertools.product(range(100, 250), range(250)))
"""Refusals are counted by address."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return served(tmp_path_factory.mktemp("access"))


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return create_app(Settings(database=str(tmp_path_factory.mktemp("open") / "kept.sqlite")))


def routes(app: Application, **values: Any) -> Iterator[Asked]:
    """Every method of every route; each kind of resource apart."""
    urls = app.url_map.bind("parcours.example")
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for given in _arguments(rule, values):
                yield Asked(rule, method, urls.build(rule.endpoint, given, method))


def _arguments(rule: Rule, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    given = {name: {**VALUES, **values}[name] for name in rule.arguments}
    kept = "kind" in given and rule.endpoint.startswith("declarations.")
    kinds = ("Task", "QuestionnaireResponse", "DocumentReference") if kept else (given.get("kind"),)
    if rule.endpoint.startswith("definitions."):
        kinds = ("Questionnaire",)
    for kind in kinds:
        yield {**given, "kind": kind} if "kind" in given else given


def sent(app: Application, asked: Asked, shown: Shown, base: str = PUBLIC, **more: Any) -> TestResponse:
    """The reply to a route that is asked with nothing to say."""
    client = app.test_client()
    if shown.cookie:
        client.set_cookie(
            shown.jar, shown.cookie, domain=urlsplit(base).hostname or "", secure=base == PUBLIC
        )
    page = asked.path.startswith(PEOPLE) or asked.path.endswith("_search")
    body: dict[str, Any] = (
        {"data": {"jeton": shown.proof}, "content_type": FORM}
        if page
        else {"data": b"{}", "content_type": FHIR_JSON}
    )
    return client.open(
        asked.path,
        method=asked.method,
        base_url=base,
        headers={
            "Accept": "text/html, */*;q=0.1" if page else "*/*",
            **shown.headers,
            **more.pop("headers", {}),
        },
        query_string=dict(shown.query),
        environ_overrides={"REMOTE_ADDR": shown.peer or next(PEERS)},
        buffered=True,
        **({} if asked.method == "GET" else body | more),
    )


def in_development(app: Application, asked: Asked) -> int:
    """The status that everybody gets where nobody is asked who he is: of a form, that of a good one."""
    client = app.test_client()
    client.get("/declarations/nouvelle", base_url=HERE)
    cookie = client.get_cookie(PAGES, domain="127.0.0.1")
    assert cookie
    proof = Secret(cookie.value).public("form")
    shown = Shown(cookie=cookie.value, jar=PAGES, proof=proof, peer="127.0.0.1")
    return sent(app, asked, shown, HERE).status_code


def kind_of(asked: Asked) -> str:
    """Which column of the table of states is about a route."""
    need = access.TABLE[asked.rule.endpoint]
    named = {"smart.visit": "visit", "smart.leave": "leave", "batch.batch": "client"}
    if asked.rule.endpoint in named:
        return named[asked.rule.endpoint]
    if need.owner is access.Owner.USER:
        return "acts" if need.acts else "person"
    if need.owner is access.Owner.CLIENT:
        return "call" if need is access.CALLER else "right"
    return need.owner.value


@pytest.fixture(scope="module")
def expected(open_to_all: Application) -> dict[tuple[str, str], int]:
    return {(asked.method, asked.path): in_development(open_to_all, asked) for asked in routes(open_to_all)}


def test_there_are_routes_of_every_kind_and_states_enough(app: Application) -> None:
    kinds = {kind_of(asked) for asked in routes(app)}
    assert kinds == {"public", "call", "right", "client", "person", "acts", "visit", "leave", "operator"}
    assert len(STATES) >= 14
    assert len(list(routes(app))) > 60


@pytest.mark.parametrize("state", STATES)
def test_every_route_lets_in_whom_its_owner_is_and_nobody_else(
    app: Application, expected: dict[tuple[str, str], int], state: str
) -> None:
    make, outcomes = STATES[state]
    wrong = []
    for asked in routes(app):
        kind = kind_of(asked)
        if kind == "public":
            continue
        outcome = outcomes[kind]
        wanted = expected[asked.method, asked.path] if outcome == IN else int(outcome)
        found = sent(app, asked, make(Asker(app, asked))).status_code
        if found != wanted:
            wrong.append((asked.method, asked.path, wanted, found))
    assert wrong == []


def test_what_is_public_is_the_same_whatever_is_shown(app: Application) -> None:
    public = [asked for asked in routes(app) if kind_of(asked) == "public"]
    for asked in public:
        bare = sent(app, asked, Shown())
        shown = sent(app, asked, bearer(Asker(app, asked).signed("z")))
        assert (bare.status_code, bare.data) == (shown.status_code, shown.data), asked.path
        assert bare.status_code not in (405, 500), asked.path


def test_a_refusal_is_the_same_whatever_was_wrong(app: Application) -> None:
    refusals = [make for make, outcomes in STATES.values() if outcomes == STATES["nothing"][1]]
    assert len(refusals) >= 14
    for asked in routes(app):
        if asked.path == "/fhir/Task" or asked.path.startswith("/cds-services/"):
            replies = {sent(app, asked, make(Asker(app, asked))).data for make in refusals}
            assert len(replies) == 1, asked.path


def test_a053_what_is_of_another_practice_looks_as_if_it_were_not_there(app: Application) -> None:
    body = EXAMPLE.read_bytes()
    (prepare,) = (asked for asked in routes(app) if asked.path == PREPARE)
    reply = sent(app, prepare, bearer(Asker(app, prepare).access()), data=body)
    task = resource(json.loads(reply.data), "Task")
    asker = Asker(app, prepare)
    software, person = bearer(asker.access("y", "sud")), sits(asker.session("y"))
    tried = 0
    for known, unknown in zip(routes(app, id=task["id"]), routes(app, id="0" * 36), strict=True):
        kind = kind_of(known)
        if "id" not in known.rule.arguments or kind == "public":
            continue
        shown = software if kind == "right" else person
        replies = [sent(app, asked, shown, **told(asked, task)) for asked in (known, unknown)]
        assert replies[0].status_code == replies[1].status_code, known.path
        assert replies[0].status_code in (404, 422), known.path  # 422: what was sent is looked at first
        assert replies[0].data == replies[1].data, known.path
        assert said_by_headers(replies[0]) == said_by_headers(replies[1]), known.path
        tried += 1
    assert tried >= 15


def said_by_headers(reply: TestResponse) -> dict[str, str]:
    """All but what is of the request alone."""
    return {name: text for name, text in reply.headers if name not in ("X-Request-Id", "RateLimit")}


def told(asked: Asked, task: dict[str, Any]) -> dict[str, Any]:
    """What somebody would say who knew a declaration."""
    if asked.rule.endpoint != "declarations.update":
        return {"headers": {"If-Match": 'W/"1"'}}
    body = {**changed(task, "annulee"), "id": asked.path.rpartition("/")[2]}
    return {"headers": {"If-Match": 'W/"1"'}, "data": json.dumps(body).encode()}


POLICIES = {
    "Content-Security-Policy": ("default-src 'none'", "frame-ancestors 'none'"),
    "Referrer-Policy": ("no-referrer",),
    "Strict-Transport-Security": ("max-age=31536000",),
    "X-Content-Type-Options": ("nosniff",),
}


def test_a065_a067_every_answer_of_every_route_has_its_headers(app: Application) -> None:
    """Given and refused alike; nothing is framed, for no page of ours is made for a frame."""
    for asked in routes(app):
        asker = Asker(app, asked)
        for shown in (Shown(), bearer(asker.signed()), sits(asker.session())):
            headers = sent(app, asked, shown).headers
            for name, parts in POLICIES.items():
                assert all(part in headers.get(name, "") for part in parts), (asked.path, name)
            assert "unsafe" not in headers["Content-Security-Policy"]
            kept = "no-cache" if asked.rule.endpoint == "pages.static" else "no-store"
            assert headers["Cache-Control"] == kept, asked.path


def test_a069_no_answer_of_any_route_repeats_the_host_it_was_asked_under(app: Application) -> None:
    evil = "mal.example"
    for asked in routes(app):
        asker = Asker(app, asked)
        shown = bearer(asker.signed())
        forged = {"X-Forwarded-Host": evil, "Forwarded": f"host={evil}"}
        reply = sent(app, asked, shown, f"https://{evil}", headers=forged)
        assert evil not in reply.text + str(reply.headers), asked.path
