"""A-066: which pages of other origins may call the CDS services."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from parcours.clients import Client, Clients
from parcours.web import cors

LISTED = "https://logiciel-x.example"
CLIENT = Client(id="x", issuer="x", tenant="x", origins=frozenset({LISTED}))


def client(clients: Clients) -> FlaskClient:
    app = Flask("test", static_folder=None)
    app.add_url_rule("/cds-services", "discovery", lambda: "{}")
    app.add_url_rule("/cds-services/<id>", "service", lambda id: id, methods=["POST"])
    app.add_url_rule("/fhir/metadata", "metadata", lambda: "{}")
    cors.register(app, clients)
    return app.test_client()


FOREIGN = [
    "null",
    "*",
    "https://evil.example",
    "https://logiciel-x.example.evil.example",
    "https://evil-logiciel-x.example",
    "https://sub.logiciel-x.example",
    "http://logiciel-x.example",
    "https://logiciel-x.example:8443",
    "https://logiciel-x.example/",
    "https://LOGICIEL-X.example",
    "https://logiciel-x.example https://evil.example",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a066_a_page_that_is_not_listed_is_allowed_nothing(method: str, origin: str) -> None:
    for clients in (Clients([CLIENT]), Clients()):
        answer = client(clients).open("/cds-services", method=method, headers={"Origin": origin})
        assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []
        assert "Origin" in answer.vary


def test_a_listed_page_reads_the_answer() -> None:
    answer = client(Clients([CLIENT])).get("/cds-services", headers={"Origin": LISTED})
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.vary


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/parcours-patient-view"])
def test_c22_a_listed_page_may_ask_before_it_calls(path: str) -> None:
    asked = {
        "Origin": LISTED,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = client(Clients([CLIENT])).options(path, headers=asked)
    assert answer.status_code < 300
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"


@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://127.0.0.1", "https://[::1]:8443"])
def test_without_a_clients_file_pages_of_this_machine_may_call(origin: str) -> None:
    assert (
        client(Clients())
        .get("/cds-services", headers={"Origin": origin})
        .headers["Access-Control-Allow-Origin"]
        == origin
    )
    listed = client(Clients([CLIENT])).get("/cds-services", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in listed.headers


def test_no_origin_no_permission() -> None:
    answer = client(Clients()).get("/cds-services")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" in answer.vary


@pytest.mark.parametrize("path", ["/fhir/metadata", "/cds-servicesX"])
def test_nothing_else_is_opened(path: str) -> None:
    answer = client(Clients([CLIENT])).get(path, headers={"Origin": LISTED})
    assert "Access-Control-Allow-Origin" not in answer.headers
