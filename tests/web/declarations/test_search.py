"""Searching declarations: by whom, where they stand, since when, page by page."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.fhir.declarations import demande
from tests.web.kept import KINDS, Json, content, move, prepared_id

from parcours.fhir.declaration_search import PARAMETERS
from parcours.fhir.declaration_systems import ETAT_DECLARATION
from parcours.settings import Settings
from parcours.web import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """One service for all: nothing here changes what it keeps."""
    return create_app(Settings(database=str(tmp_path_factory.mktemp("kept") / "x.sqlite"))).test_client()


def about(patient: str) -> Json:
    """The usual request, for another patient."""
    text = (
        json.dumps(demande())
        .replace("Patient/pat", f"Patient/{patient}")
        .replace('"id": "pat"', f'"id": "{patient}"')
    )
    document: Json = json.loads(text)
    return document


@pytest.fixture(scope="module", autouse=True)
def ids(client: FlaskClient) -> dict[str, str]:
    """Three declarations: one prepared, one sent with its receipt, one cancelled; a day apart."""
    found = {}
    for day, (patient, road) in enumerate(
        {"a": (), "b": ("signee", "transmise"), "c": ("annulee",)}.items(), start=10
    ):
        with time_machine.travel(f"2026-03-{day}T10:00:00.250Z", tick=False):
            found[patient] = prepared_id(client, about(patient))
            move(client, found[patient], *road, receipt="AR-1" if patient == "b" else None)
    return found


def patients(answer: Json) -> str:
    """Whose declarations were found, in their order."""
    found = [entry["resource"] for entry in answer.get("entry", ()) if entry["search"]["mode"] == "match"]
    return "".join((r.get("for") or r["subject"])["reference"][-1] for r in found)


SEARCHES = [
    ("", "cba"),
    ("patient=Patient/a", "a"),
    ("patient=a", "a"),
    ("patient=a,Patient/c", "ca"),
    ("patient=a&patient=c", ""),
    ("patient=nobody", ""),
    ("patient=a%00", ""),
    ("business-status=preparee", "a"),
    ("business-status=preparee,annulee", "ca"),
    (f"business-status={ETAT_DECLARATION}|transmise", "b"),
    ("business-status=urn:x|transmise", ""),
    ("business-status=|transmise", ""),
    ("business-status=nothing", ""),
    ("business-status=preparee&business-status=annulee", ""),
    ("identifier=AR-1", "b"),
    ("identifier=AR-1,AR-2", "b"),
    ("identifier=|AR-1", "b"),
    ("identifier=urn:x|AR-1", ""),
    ("identifier=AR-9", ""),
    ("_lastUpdated=2026-03-11", "b"),
    ("_lastUpdated=eq2026-03", "cba"),
    ("_lastUpdated=2025", ""),
    ("_lastUpdated=ge2026-03-11", "cb"),
    ("_lastUpdated=gt2026-03-11", "c"),
    ("_lastUpdated=sa2026-03-11", "c"),
    ("_lastUpdated=lt2026-03-11", "a"),
    ("_lastUpdated=eb2026-03-11", "a"),
    ("_lastUpdated=le2026-03-11", "ba"),
    ("_lastUpdated=ge2026-03-11&_lastUpdated=lt2026-03-12", "b"),
    ("_lastUpdated=2026-03-11T10:00:00Z", "b"),
    ("_lastUpdated=2026-03-11T10:00:00.250Z", "b"),
    ("_lastUpdated=2026-03-11T10:00:00.251Z", ""),
    ("_lastUpdated=gt2026-03-11T10:00:00.250Z", "c"),
    ("_lastUpdated=2026-03-11T11:00:00+01:00", "b"),  # a plus sign that nobody escaped
    ("_lastUpdated=2026-03-11T11:00:00%2B01:00", "b"),
    ("patient=a&business-status=preparee&_lastUpdated=2026", "a"),
    ("_lastUpdated=ge0002&_lastUpdated=lt9998", "cba"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("query", "found"), SEARCHES, ids=[query or "all" for query, _ in SEARCHES])
def test_declarations_are_found_by(query: str, found: str, kind: str, client: FlaskClient) -> None:
    answer = content(client.get(f"/fhir/{kind}?{query}"))
    assert (patients(answer), answer["total"]) == (found, len(found))
    form = client.post(
        f"/fhir/{kind}/_search",
        data=query.replace("+", "%2B"),
        content_type="application/x-www-form-urlencoded",
    )
    assert patients(content(form)) == found


@pytest.mark.parametrize(
    ("kind", "query", "found"),
    [
        ("Task", "ready", "a"),
        ("Task", "in-progress", "b"),
        ("Task", "http://hl7.org/fhir/task-status|cancelled,ready", "ca"),
        ("Task", "urn:x|ready", ""),
        ("QuestionnaireResponse", "in-progress", "ba"),
        ("QuestionnaireResponse", "stopped", "c"),
        ("QuestionnaireResponse", "http://hl7.org/fhir/questionnaire-answers-status|stopped", "c"),
        ("DocumentReference", "current", "ba"),
        ("DocumentReference", "superseded", "c"),
    ],
)
def test_each_type_has_its_own_status(kind: str, query: str, found: str, client: FlaskClient) -> None:
    assert patients(content(client.get(f"/fhir/{kind}?status={query}"))) == found


@pytest.mark.parametrize("kind", KINDS)
def test_a_declaration_is_found_by_its_id_and_by_its_number(
    kind: str, client: FlaskClient, ids: dict[str, str]
) -> None:
    a, b = ids["a"], ids["b"]
    for query, found in {
        f"_id={a}": "a",
        f"_id={a},{b}": "ba",
        f"_id={a},{b}&_id={b}": "b",
        f"identifier=urn:uuid:{a}": "a",
        f"identifier=urn:ietf:rfc:3986|urn:uuid:{a}": "a",
        f"identifier=urn:x|urn:uuid:{a}": "",
        f"identifier=urn:uuid:{b}&identifier=AR-1": "b",
        f"identifier=urn:uuid:{a}&identifier=AR-1": "",
    }.items():
        assert patients(content(client.get(f"/fhir/{kind}?{query}"))) == found, query
    (entry,) = content(client.get(f"/fhir/{kind}?_id={a}"))["entry"]
    assert entry["fullUrl"] == f"http://127.0.0.1:8080/fhir/{kind}/{a}"
    assert entry["resource"] == content(client.get(f"/fhir/{kind}/{a}"))


@pytest.mark.parametrize(
    "query",
    [
        "_lastUpdated=yesterday", "_lastUpdated=ne2026", "_lastUpdated=ap2026", "_lastUpdated=2026-13",
        "_lastUpdated=2026-03-11T10:00", "_lastUpdated=2026-03-11T10:00:60Z", "_lastUpdated=9999",
        "_lastUpdated=0001", "_lastUpdated=ge0001-01-01", "_lastUpdated=ge0001-01-01T00:00:00%2B14:00",
        "_lastUpdated=le9999-12-31", "_lastUpdated=lt9999-12-31T23:59:59-14:00",
        "identifier=AR-1,urn:uuid:1", "_count=x", "_offset=-1",
    ],
)  # fmt: skip
def test_a_search_that_cannot_be_understood_is_refused(query: str, client: FlaskClient) -> None:
    reply = client.get(f"/fhir/Task?{query}")
    assert (reply.status_code, content(reply)["resourceType"]) == (400, "OperationOutcome")


LIMITS = [
    ("_id=" + "x," * 199 + "x", 200),
    ("_id=" + "x," * 200 + "x", 400),
    ("_id=" + "x," * 100 + "x&_id=" + "x," * 99 + "x", 400),
    ("&".join(["_id=x"] * 50), 200),
    ("&".join(["_id=x"] * 51), 400),
    ("&".join(["unknown=x"] * 51), 400),
]


@pytest.mark.parametrize(("query", "status"), LIMITS)
def test_a_search_holds_fifty_parameters_of_two_hundred_values(
    query: str, status: int, client: FlaskClient
) -> None:
    assert client.get(f"/fhir/Task?{query}").status_code == status
    form = "application/x-www-form-urlencoded"
    assert client.post("/fhir/Task/_search", data=query, content_type=form).status_code == status


@pytest.mark.parametrize("query", ["owner=x", "patient:exact=a", "_sort=-_lastUpdated", "status="])
def test_an_unknown_parameter_is_ignored_and_said_so_or_refused(query: str, client: FlaskClient) -> None:
    answer = content(client.get(f"/fhir/Task?{query}"))
    assert (patients(answer), answer["entry"][-1]["search"]["mode"]) == ("cba", "outcome")
    assert client.get(f"/fhir/Task?{query}", headers={"Prefer": "handling=strict"}).status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_pages_follow_each_other_until_the_last(kind: str, client: FlaskClient) -> None:
    url, seen = f"/fhir/{kind}?_count=1&_lastUpdated=ge2026-03", ""
    for _ in range(3):
        page = content(client.get(url))
        assert page["total"] == 3
        seen += patients(page)
        parts = urlsplit({link["relation"]: link["url"] for link in page["link"]}.get("next", ""))
        url = f"{parts.path}?{parts.query}"
    assert (seen, url) == ("cba", "?")
    assert "entry" not in content(client.get(f"/fhir/{kind}?_count=0"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_searched_is_what_metadata_says(kind: str, client: FlaskClient) -> None:
    (rest,) = content(client.get("/fhir/metadata"))["rest"]
    (said,) = (found for found in rest["resource"] if found["type"] == kind)
    assert {p["name"]: p["type"] for p in said["searchParam"]} == PARAMETERS
    for name in PARAMETERS:
        value = "2026" if name == "_lastUpdated" else "x"
        assert (
            client.get(f"/fhir/{kind}?{name}={value}", headers={"Prefer": "handling=strict"}).status_code
            == 200
        )


def test_a_search_by_post_is_a_form(client: FlaskClient) -> None:
    assert client.post("/fhir/Task/_search", json={}).status_code == 415
