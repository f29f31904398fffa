"""The definitions over HTTP: read by id, searched by url, their ``ETag``, their pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from tests.profiles.replies import content

from parcours.errors import ParcoursError
from parcours.fhir import published
from parcours.fhir.capabilities import requirements_statement
from parcours.fhir.operations import PROFILES, PUBLISHED_KINDS, SERVED
from parcours.fhir.published import catalogue
from parcours.fhir.systems import code_system, extension_url
from parcours.settings import Settings
from parcours.web import create_app

PLAN = code_system("pds-cs-plan")


def found(content: dict[str, Any]) -> list[str]:
    """The ids of the matches of a searchset."""
    return [
        entry["resource"]["id"] for entry in content.get("entry", ()) if entry["search"]["mode"] == "match"
    ]


@pytest.mark.parametrize("kind", PUBLISHED_KINDS)
def test_everything_published_is_read_by_its_id_and_found_by_its_url(kind: str, client: FlaskClient) -> None:
    items = [item for item in catalogue().values() if item.kind == kind]
    assert items
    for item in items:
        reply = client.get(f"/fhir/{kind}/{item.id}")
        assert (reply.status_code, reply.content_type) == (200, "application/fhir+json")
        assert content(reply) == item.content
        assert found(content(client.get(f"/fhir/{kind}", query_string={"url": item.content["url"]}))) == [
            item.id
        ]


def test_metadata_lists_every_profile_every_operation_and_what_can_be_searched(client: FlaskClient) -> None:
    statement = content(client.get("/fhir/metadata"))
    (rest,) = statement["rest"]
    resources = {resource["type"]: resource for resource in rest["resource"]}
    assert {
        kind: resource["supportedProfile"]
        for kind, resource in resources.items()
        if "supportedProfile" in resource
    } == {kind: [extension_url(profile)] for kind, profile in PROFILES.items()}
    named = {item["definition"] for resource in resources.values() for item in resource.get("operation", ())}
    assert named | {item["definition"] for item in rest["operation"]} == {o.url for o in SERVED}
    assert {"code": "batch"} in rest["interaction"]
    for kind in PUBLISHED_KINDS:
        assert {"code": "read"} in resources[kind]["interaction"]
        assert "url" in {parameter["name"] for parameter in resources[kind]["searchParam"]}
    assert statement["instantiates"] == [requirements_statement()["url"]]


def test_what_is_searched_is_what_metadata_says(client: FlaskClient) -> None:
    (rest,) = content(client.get("/fhir/metadata"))["rest"]
    for resource in rest["resource"]:
        if resource["type"] in PUBLISHED_KINDS:
            for parameter in resource["searchParam"]:
                url = f"/fhir/{resource['type']}?{parameter['name']}=nothing-like-it"
                reply = client.get(url, headers={"Prefer": "handling=strict"})
                assert (reply.status_code, content(reply)["total"]) == (200, 0), url


def test_a_definition_that_the_caller_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/fhir/CodeSystem/pds-cs-plan")
    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Last-Modified"].endswith(" GMT")
    again = client.get("/fhir/CodeSystem/pds-cs-plan", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = client.get("/fhir/CodeSystem/pds-cs-plan", headers={"If-None-Match": 'W/"1"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({"_id": "pds-cs-plan"}, ["pds-cs-plan"]),
        ({"_id": "pds-cs-plan,pds-cs-ngap"}, ["pds-cs-ngap", "pds-cs-plan"]),
        ({"name": "pdscodesystempl"}, ["pds-cs-plan"]),
        ({"title": "lettres"}, ["pds-cs-ngap"]),
        ({"url": PLAN, "status": "active"}, ["pds-cs-plan"]),
        ({"url": PLAN, "status": "draft"}, []),
        ({"url": PLAN, "version": "999"}, []),
    ],
)
def test_definitions_are_found_by(parameters: dict[str, str], ids: list[str], client: FlaskClient) -> None:
    assert found(content(client.get("/fhir/CodeSystem", query_string=parameters))) == ids
    form = client.post("/fhir/CodeSystem/_search", data=parameters)
    assert (form.status_code, found(content(form))) == (200, ids)


def test_a_parameter_that_is_repeated_narrows_the_search(client: FlaskClient) -> None:
    reply = client.get("/fhir/CodeSystem?_id=pds-cs-plan,pds-cs-ngap&_id=pds-cs-plan")
    assert found(content(reply)) == ["pds-cs-plan"]


def test_pages_follow_each_other_until_the_last(client: FlaskClient) -> None:
    seen: list[str] = []
    page: dict[str, Any] = {}
    url = "/fhir/ValueSet?_count=10"
    while url:
        page = content(client.get(url))
        seen += found(page)
        links = {link["relation"]: link["url"] for link in page["link"]}
        assert len(found(page)) <= 10
        parts = urlsplit(links.get("next", ""))
        url = f"{parts.path}?{parts.query}" if parts.path else ""
    assert len(seen) == page["total"] == len({*seen}) > 20


def test_a_count_of_zero_only_counts(client: FlaskClient) -> None:
    page = content(client.get("/fhir/ValueSet?_count=0"))
    assert page["total"] > 20
    assert "entry" not in page
    assert [link["relation"] for link in page["link"]] == ["self"]


@pytest.mark.parametrize("query", ["nothing=1", "url:below=x", "url="])
def test_an_unknown_parameter_is_ignored_and_said_so_or_refused(query: str, client: FlaskClient) -> None:
    lenient = client.get(f"/fhir/Questionnaire?{query}")
    assert lenient.status_code == 200
    assert found(content(lenient)) == ["pds-declaration-medecin-traitant"]
    assert content(lenient)["entry"][-1]["search"]["mode"] == "outcome"
    assert query.partition("=")[0] not in content(lenient)["link"][0]["url"]
    strict = client.get(f"/fhir/Questionnaire?{query}", headers={"Prefer": "handling=strict"})
    assert (strict.status_code, content(strict)["resourceType"]) == (400, "OperationOutcome")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fhir/CodeSystem/nothing", 404),
        ("GET", "/fhir/CodeSystem?_count=x", 400),
        ("GET", "/fhir/CodeSystem?_offset=-1", 400),
        ("GET", "/fhir/CodeSystem?_format=xml", 406),
        ("GET", "/fhir/CodeSystem/pds-cs-plan?_format=xml", 406),
        ("POST", "/fhir/CodeSystem/_search?_format=xml", 406),
        ("POST", "/fhir/CodeSystem/_search", 415),
        ("PUT", "/fhir/CodeSystem/pds-cs-plan", 405),
        ("DELETE", "/fhir/CodeSystem/pds-cs-plan", 405),
    ],
)
def test_what_cannot_be_answered_is_refused_as_fhir(
    method: str, path: str, status: int, client: FlaskClient
) -> None:
    reply = client.open(path, method=method, data=b"{}", content_type="application/json")
    assert (reply.status_code, content(reply)["resourceType"]) == (status, "OperationOutcome")


@pytest.mark.parametrize("wanted", ["json", "application/fhir%2Bjson"])
def test_format_may_be_asked_in_the_address(wanted: str, client: FlaskClient) -> None:
    reply = client.get(f"/fhir/CodeSystem/pds-cs-plan?_format={wanted}", headers={"Accept": "text/html"})
    assert reply.status_code == 200


def test_addresses_are_those_of_the_settings_and_never_of_the_request() -> None:
    client = create_app(Settings(port=9123)).test_client()
    page = content(client.get("/fhir/CodeSystem?_count=1", headers={"Host": "localhost:9999"}))
    assert all(link["url"].startswith("http://127.0.0.1:9123/fhir/CodeSystem?") for link in page["link"])
    assert page["entry"][0]["fullUrl"].startswith("http://127.0.0.1:9123/fhir/CodeSystem/")


def test_an_installation_without_its_definitions_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_folders", list)
    published.catalogue.cache_clear()
    with pytest.raises(ParcoursError):
        published.catalogue()
