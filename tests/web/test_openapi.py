"""``/openapi.json``: every route and nothing else, and its examples are answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.access import OWNERS
from parcours.web.application import Application
from parcours.web.openapi import BODIES, DONE, NEEDED, SEARCHED, STATUSES, VERSIONED, describe
from parcours.web.openapi_schemas import EXAMPLES, SCHEMAS

Json = dict[str, Any]
VALUES = {"version": "1", "filename": "style.css", "client": "logiciel"}
"""What stands for a variable of an address, where any word will not do."""


@pytest.fixture(scope="module")
def app() -> Application:
    return create_app(Settings())


@pytest.fixture(scope="module")
def described(app: Application) -> Json:
    return describe(app)


def operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def test_every_operation_is_a_route(app: Application, described: Json) -> None:
    urls = app.url_map.bind("localhost")
    for path, method, operation in operations(described):
        address = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "x"), path)
        endpoint, _ = urls.match(address, method=method)
        assert operation["tags"] == [endpoint.partition(".")[0]], path


def test_every_route_is_an_operation(app: Application, described: Json) -> None:
    urls, known = app.url_map.bind("localhost"), {endpoint: set[str]() for endpoint in OWNERS}
    for path, method, _ in operations(described):
        address = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "x"), path)
        try:
            known[urls.match(address, method=method)[0]].add(method)
        except HTTPException as error:
            pytest.fail(f"{method} {path}: {error}")
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) - {"HEAD", "OPTIONS"} <= known[rule.endpoint], rule


def test_every_alternative_of_an_address_has_its_own(described: Json) -> None:
    assert {"/fhir/Task/{id}", "/fhir/QuestionnaireResponse/{id}", "/fhir/ValueSet/{name}"} <= described[
        "paths"
    ].keys()
    assert not [path for path in described["paths"] if "<" in path or "kind" in path]


def test_every_operation_says_what_it_does_whose_it_is_and_what_it_answers(described: Json) -> None:
    for path, method, operation in operations(described):
        assert operation["summary"].endswith((".", ";", ",")) or operation["summary"], path
        assert "<" not in operation["summary"]
        assert operation["x-owner"] in {"public", "client", "user", "operator"}
        assert {"404", "405", "429", "500", "503"} <= operation["responses"].keys()
        assert bool(operation.get("requestBody")) == (method in ("POST", "PUT"))
        assert ("401" in operation["responses"]) or operation["x-owner"] == "public"
        assert all(response["description"] for response in operation["responses"].values())
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))


def test_what_is_said_by_endpoint_is_said_of_routes_that_exist() -> None:
    said = {*BODIES, *DONE, *NEEDED, *SEARCHED, *STATUSES, *VERSIONED}
    assert said <= OWNERS.keys()
    assert {*BODIES.values()} <= SCHEMAS.keys()


def test_every_schema_that_is_mentioned_is_there(described: Json) -> None:
    mentioned = set(re.findall(r"#/components/schemas/(\w+)", str(described["paths"])))
    assert mentioned <= described["components"]["schemas"].keys()


def test_it_is_open_to_everybody_and_the_same_each_time(app: Application) -> None:
    client = app.test_client()
    first, second = (client.get("/openapi.json") for _ in range(2))
    assert (first.status_code, first.mimetype) == (200, "application/json")
    assert first.data == second.data
    assert first.get_json()["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/fhir/Encounter/$evaluate-parcours", "Visit"),
        ("/fhir/Claim/$submit", "Invoice"),
        ("/fhir/$prepare-declaration", "Visit"),
        ("/fhir", "Batch"),
    ],
)
def test_the_examples_are_answered(address: str, name: str) -> None:
    app = create_app(Settings())
    reply = app.test_client().post(address, json=EXAMPLES[name](), content_type="application/fhir+json")
    assert reply.status_code == 200


@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
def test_what_is_answered_is_described(app: Application, described: Json, accepted: str) -> None:
    client, undescribed = app.test_client(), set()
    for path, method, operation in operations(described):
        address = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "medecin-traitant"), path)
        reply = client.open(address, method=method, headers={"Accept": accepted})
        told = operation["responses"].get(str(reply.status_code), {})
        content = {reply.mimetype, "*/*"} & told.get("content", {}).keys()
        if not told or not (content or reply.location or not reply.data):
            undescribed.add((method, path, reply.status_code, reply.mimetype))
    assert undescribed == set()
