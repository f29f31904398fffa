"""A record for each request of a client or a user, before its answer; nothing of a patient in any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from tests.access.test_tokens import form
from tests.audit.either import on_either
from tests.smart.browsing import Desk, form_of
from tests.smart.conftest import database, desk, keys, registration, software
from tests.web.test_fhir_access import PUBLIC, declared, prepared, signed

from parcours.errors import StoreUnavailable
from parcours.fhir.audit_event import Requested, audit_event
from parcours.fhir.r4b import resource_model
from parcours.settings import Settings
from parcours.store.audit import Trace, Traces
from parcours.web import create_app
from parcours.web.access import TABLE
from parcours.web.application import Application
from parcours.web.auditing import INTERACTIONS

__all__ = ["database", "desk", "keys", "registration", "software"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXAMPLE = EXAMPLES / "declarations/01-adulte-sans-medecin-traitant/bundle.json"
FHIR_JSON = "application/fhir+json"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NIR = "160027505600108"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A service with two clients, of two practices."""
    return service(tmp_path)


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, str]:
    """Such a service, for tests that change nothing, and the id of a declaration of the first client."""
    client = service(tmp_path_factory.mktemp("service"))
    return client, prepared(client, "x")["id"]


def service(tmp_path: Path, database: str = "") -> FlaskClient:
    file = tmp_path / "clients.toml"
    file.write_text(declared("x", "nord") + declared("y", "sud"), encoding="utf-8")
    file.chmod(0o600)
    settings = Settings(
        clients=str(file),
        public_url=PUBLIC,
        database=database or str(tmp_path / "kept" / "parcours.sqlite"),
        keys=str(tmp_path / "keys"),
    )
    return create_app(settings).test_client()


def app_of(client: FlaskClient) -> Application:
    application = client.application
    assert isinstance(application, Application)
    return application


def audit(client: FlaskClient) -> Traces:
    application = app_of(client)
    return application.store.audit(application.settings.keys)


def kept(client: FlaskClient) -> list[Requested]:
    return [Requested.decode(trace.contenu) for trace in audit(client).records()]


def event(trace: Trace) -> dict[str, Any]:
    """A record as FHIR, which its model accepts."""
    found = audit_event(
        Requested.decode(trace.contenu),
        numero=trace.numero,
        quand=trace.quand,
        tenant=trace.tenant,
        empreinte=trace.empreinte,
        server=PUBLIC,
    )
    model = resource_model("AuditEvent")
    assert model
    model.model_validate(found)
    return found


# ---------------------------------------------------------------- which requests

BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
ROWS = [
    ("GET", "/fhir/metadata", 200, None, None),
    ("GET", "/health/live", 200, None, None),
    ("GET", "/fhir/Questionnaire", 200, None, None),
    ("GET", "/nowhere", 404, None, None),
    ("OPTIONS", "/fhir/Task", 204, None, None),
    ("GET", "/fhir/Task/{id}", 200, "read", "PatientRead"),
    ("GET", "/fhir/Task/{id}/_history/1", 200, "vread", "PatientRead"),
    ("GET", "/fhir/Task/{id}/_history", 200, "history-instance", None),
    ("GET", "/fhir/Binary/{id}", 200, "read", "PatientRead"),
    ("GET", "/fhir/Task?patient=Patient/nobody", 200, "search-type", "Query"),
    ("GET", "/fhir/Task?status=ready", 200, "search-type", "PatientQuery"),
    ("POST", "/fhir/Task/_search", 200, "search-type", "PatientQuery"),
    ("GET", f"/fhir/Task/{UNKNOWN}", 404, "read", None),
    ("GET", f"/fhir/Task/{NIR}", 404, "read", None),
    ("POST", "/fhir/$evaluate-parcours", 422, "operation", None),
    ("PUT", "/fhir/Task/{id}", 428, "update", None),
]


@pytest.mark.parametrize(
    ("method", "path", "status", "interaction", "profile"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS]
)
def test_a_request_leaves_a_record_unless_everybody_may_make_it(
    prepared_once: tuple[FlaskClient, str],
    method: str,
    path: str,
    status: int,
    interaction: str | None,
    profile: str | None,
) -> None:
    client, id = prepared_once
    before = len(list(audit(client).records()))
    form = "application/x-www-form-urlencoded" if path.endswith("_search") else FHIR_JSON
    reply = client.open(
        path.format(id=id),
        method=method,
        headers=signed("x"),
        content_type=form if method in ("POST", "PUT") else None,
        data=b"status=ready" if "urlencoded" in form else b"{}" if method in ("POST", "PUT") else None,
    )
    assert reply.status_code == status
    records = list(audit(client).records())[before:]
    if interaction is None:
        assert records == []
        return
    [trace] = records
    found = Requested.decode(trace.contenu)
    assert (trace.tenant, found.client, found.interaction, found.statut) == ("nord", "x", interaction, status)
    assert found.demande == reply.headers["X-Request-Id"]
    assert event(trace).get("meta") == (profile and {"profile": [f"{BALP}.{profile}"]})


def test_what_is_created_is_named_with_its_patient(client: FlaskClient) -> None:
    task = prepared(client, "x")
    [trace] = audit(client).records()
    found = Requested.decode(trace.contenu)
    assert (found.interaction, found.entites) == ("create", (f"Task/{task['id']}",))
    key = audit(client).keys.current()
    assert found.patients == (key.hidden("nord", "patient"),)
    assert event(trace)["meta"] == {"profile": [f"{BALP}.PatientCreate"]}


def test_the_token_that_was_used_is_told_by_its_name_and_one_agent_asks(client: FlaskClient) -> None:
    client.get("/fhir/Task", headers=signed("x"))
    [trace] = audit(client).records()
    agents = event(trace)["agent"]
    assert [agent["requestor"] for agent in agents] == [False, False, True]
    assert [policy.startswith("urn:ietf:params:oauth:jti:") for policy in agents[2]["policy"]] == [True]


def test_the_same_patient_has_one_name_in_a_practice_and_another_in_the_next(client: FlaskClient) -> None:
    for name in ("x", "x", "y"):
        client.post(
            "/fhir/$evaluate-parcours",
            data=EXAMPLE.read_bytes(),
            content_type=FHIR_JSON,
            headers=signed(name),
        )
    first, second, third = (found.patients for found in kept(client))
    assert first == second != third
    assert all(len(found) == 1 for found in (first, third))


def test_requests_of_a_batch_are_recorded_each_and_written_together(client: FlaskClient) -> None:
    before = len(kept(client))
    entries = [{"request": {"method": "GET", "url": url}} for url in ("Task", "metadata", f"Task/{UNKNOWN}")]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    reply = client.post("/fhir", data=json.dumps(bundle), content_type=FHIR_JSON, headers=signed("x"))
    assert reply.status_code == 200
    assert [(found.interaction, found.statut) for found in kept(client)[before:]] == [
        ("search-type", 200),
        ("read", 404),
        ("batch", 200),
    ]


@pytest.mark.parametrize("path", ["/fhir/Task", "/fhir/Task/x", "/declarations"])
def test_a_refusal_is_recorded_without_a_practice(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code in (401, 403)
    [trace] = audit(client).records()
    found = Requested.decode(trace.contenu)
    assert (trace.tenant, found.client, found.entites, found.statut) == (None, "", (), reply.status_code)
    assert event(trace)["outcome"] == "4"


def test_another_practice_reads_nothing_and_the_record_names_nothing(client: FlaskClient) -> None:
    """A-053: a foreign id and an unknown one leave the same record, but for the practice that asked."""
    id = prepared(client, "x")["id"]
    for path in (f"/fhir/Task/{id}", f"/fhir/Task/{UNKNOWN}"):
        assert client.get(path, headers=signed("y")).status_code == 404
    _, foreign, unknown = kept(client)
    assert foreign.entites == foreign.patients == unknown.entites == ()
    assert (foreign.route, foreign.raison) == (unknown.route, unknown.raison)


def test_every_interaction_is_of_a_route_that_exists() -> None:
    assert INTERACTIONS.keys() <= TABLE.keys()


# ---------------------------------------------------------------- nothing of a patient


def test_no_record_holds_a_value_of_a_patient(client: FlaskClient) -> None:
    """A-093: whatever names him; a software may even use his number as his id."""
    body = EXAMPLE.read_text("utf-8").replace("Patient/patient", f"Patient/{NIR}")
    body = body.replace('"id": "patient"', f'"id": "{NIR}"')
    for path in ("/fhir/$evaluate-parcours", "/fhir/$prepare-declaration"):
        assert client.post(path, data=body, content_type=FHIR_JSON, headers=signed("x")).status_code == 200
    found = client.get(f"/fhir/Task?patient=Patient/{NIR}&_id={NIR}", headers=signed("x"))
    assert found.status_code == 200
    client.get(f"/fhir/Task/{NIR}?{NIR}={NIR}", headers={**signed("x"), "X-Request-Id": NIR})
    told = "".join(trace.contenu + json.dumps(event(trace)) for trace in audit(client).records())
    assert "/fhir/Task?_id&patient" in json.dumps([event(trace) for trace in audit(client).records()])
    for value in values(json.loads(body)):
        assert value not in told, value


def values(content: Any) -> set[str]:
    """Names, numbers, dates and streets of everybody in a bundle, and the ids of its resources."""
    found = set()
    for entry in content["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] in ("Patient", "RelatedPerson"):
            for name in resource.get("name", ()):
                found |= {name.get("family", ""), *name.get("given", ())}
            found |= {identifier["value"] for identifier in resource.get("identifier", ())}
            found |= {resource.get("birthDate", ""), NIR}
            for address in resource.get("address", ()):
                found |= {*address.get("line", ()), address.get("city", "")}
    assert len(found) > 4
    return {value for value in found if len(value) > 2}


# ---------------------------------------------------------------- who


def test_who_acts_is_whom_his_software_vouches_for(desk: Desk) -> None:
    """A-095: the RPPS number of the session, never one of a body."""
    browser = desk.browser()
    address = browser.opened()
    traces = app_of(browser.client).store.audit(app_of(browser.client).settings.keys)
    page = browser.get(address)
    assert page.status_code == 200
    browser.client.post("/logout", data={"jeton": form_of(page.text), "rpps": "10009999999"}, base_url=PUBLIC)
    browser.get("/declarations")
    found = [Requested.decode(trace.contenu) for trace in traces.records()]
    assert [(one.interaction, one.personne, one.client) for one in found] == [
        ("login", "10100000002", "logiciel"),
        ("operation", "10100000002", "logiciel"),
        ("logout", "10100000002", "logiciel"),
        ("search-type", "", ""),
    ]
    assert [trace.tenant for trace in traces.records()] == ["cabinet"] * 3 + [None]
    user = event(next(iter(traces.records())))["agent"][0]
    assert user["who"]["identifier"] == {"system": "https://rpps.esante.gouv.fr", "value": "10100000002"}


# ---------------------------------------------------------------- an audit that cannot be written


def test_without_its_record_an_answer_does_not_leave(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-013: 503 and nothing of the answer; who asks again gets what was done."""

    def full(*_: object) -> None:
        raise StoreUnavailable("plein")

    with monkeypatch.context() as patch:
        patch.setattr(Traces, "add", full)
        assert client.get("/fhir/metadata").status_code == 200
        assert client.get("/health/live").status_code == 200
        for path in ("/fhir/$evaluate-parcours", "/fhir/$prepare-declaration"):
            reply = client.post(path, data=EXAMPLE.read_bytes(), content_type=FHIR_JSON, headers=signed("x"))
            assert (reply.status_code, reply.mimetype) == (503, FHIR_JSON)
            assert int(reply.headers["Retry-After"]) > 0
            outcome = reply.get_json(force=True)
            assert (outcome["resourceType"], outcome["issue"][0]["code"]) == ("OperationOutcome", "transient")
            assert "ETag" not in reply.headers
            assert reply.headers["Cache-Control"] == "no-store"
    first, second = prepared(client, "x"), prepared(client, "x")
    assert first["id"] == second["id"]
    assert audit(client).verify().fault is None


def test_a_client_that_proved_itself_and_asked_too_much_is_told_by_its_name(client: FlaskClient) -> None:
    assert client.post("/token", data=form(scope="system/Patient.rs")).status_code == 400
    assert client.post("/token", data=form(scope=None)).status_code == 400
    assert [(found.client, found.interaction) for found in kept(client)] == [("x", "login"), ("", "login")]


def test_a_key_that_is_taken_away_stops_answers_until_it_is_back(client: FlaskClient) -> None:
    assert client.get("/fhir/Task", headers=signed("x")).status_code == 200
    key = Path(app_of(client).settings.keys) / "audit.json"
    content = key.read_bytes()
    key.unlink()
    for path in ("/fhir/Task", f"/fhir/Task/{UNKNOWN}"):
        assert client.get(path, headers=signed("x")).status_code == 503
    key.write_bytes(content)
    key.chmod(0o600)
    assert client.get("/fhir/Task", headers=signed("x")).status_code == 200
    assert audit(client).verify().fault is None


FULL = {
    "sqlite": "CREATE TRIGGER takes_none BEFORE INSERT ON trace BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "CREATE TRIGGER takes_none BEFORE INSERT ON trace EXECUTE FUNCTION trace_reste()",
}
FREE = {"sqlite": "DROP TRIGGER takes_none", "postgresql": "DROP TRIGGER takes_none ON trace"}


@on_either
def test_an_audit_table_that_takes_nothing_more_stops_answers_and_no_more(url: str, tmp_path: Path) -> None:
    """F-013, by the database itself: a read, a write, a sign-in, a refusal."""
    client = service(tmp_path, url)
    store = app_of(client).store

    def told(statements: dict[str, str]) -> None:
        with store._database.writer() as connection, connection.begin():
            connection.execute(sa.text(statements[connection.dialect.name]))

    def answers() -> list[int]:
        body = {"data": EXAMPLE.read_bytes(), "content_type": FHIR_JSON}
        return [
            client.get("/fhir/Task", headers=signed("x")).status_code,
            client.post("/fhir/$prepare-declaration", headers=signed("x"), **body).status_code,
            client.post("/token", data=form()).status_code,
            client.get("/fhir/Task").status_code,
        ]

    told(FULL)
    assert answers() == [503] * 4
    told(FREE)
    assert answers() == [200, 200, 200, 401]
    assert [found.statut for found in kept(client)] == [200, 200, 200, 401]
    store.close()
