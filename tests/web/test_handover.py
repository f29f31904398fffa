"""``Task/{id}/$transmettre`` before a real bridge on loopback, which fails in every way it can."""

from __future__ import annotations

import json
import logging
import threading
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from tests.web.kept import FHIR_JSON, ROADS, Json, changed, content
from tests.web.receiver import (
    Bridge,
    Call,
    Play,
    acknowledgement,
    drips,
    floods,
    hangs,
    loses_its_answer,
    receives,
    says,
)
from tests.web.test_fhir_access import PUBLIC, declared, prepared, signed
from werkzeug.test import TestResponse

from parcours import handover
from parcours.errors import StoreUnavailable, UnreadableBundle
from parcours.fhir.output_checks import output_defects
from parcours.remote import bridge as remote
from parcours.remote.unreachable import Reason, Unreachable
from parcours.settings import Settings
from parcours.store.declarations import Declarations
from parcours.store.records import Dossier
from parcours.web.app import create_app
from parcours.web.application import Application

WHO = "Mme Dominique Exemple"
TOKEN = "token-of-the-bridge"
PAGE = b"<script>alert('pont')</script>"


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    listening = Bridge()
    yield listening
    listening.close()


@pytest.fixture
def client(bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Three clients: two of one practice, one of them with the bridge; one of another practice, with it."""
    monkeypatch.setattr(remote, "PAUSES", (0.01, 0.01))
    (tmp_path / "pont.token").write_text(TOKEN)
    (tmp_path / "pont.token").chmod(0o600)
    reached = f'[client.bridge]\nurl = "{bridge.url}"\ntoken_file = "pont.token"\n'
    file = tmp_path / "clients.toml"
    file.write_text(declared("x", "nord") + reached + declared("z", "nord") + declared("y", "sud") + reached)
    file.chmod(0o600)
    settings = Settings(clients=str(file), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    return create_app(settings).test_client()


@pytest.fixture
def task(client: FlaskClient) -> Json:
    """A declaration that was signed."""
    return moved(client, prepared(client, "x"), "signee")


def moved(client: FlaskClient, task: Json, *states: str) -> Json:
    for state in states:
        headers = signed("x") | {"If-Match": f'W/"{task["meta"]["versionId"]}"'}
        reply = client.put(f"/fhir/Task/{task['id']}", json=changed(task, state), headers=headers)
        assert reply.status_code == 200
        task = content(reply)
    return task


def named(who: object = WHO) -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": "qui", "valueString": who}]}


def hand_over(
    client: FlaskClient, id: str, name: str = "x", body: Any = None, **headers: str
) -> TestResponse:
    told = {"If-Match": 'W/"2"', **signed(name), **{key.replace("_", "-"): v for key, v in headers.items()}}
    asked = named() if body is None else body
    return client.post(f"/fhir/Task/{id}/$transmettre", json=asked, headers=told)


def read(client: FlaskClient, id: str) -> Json:
    return content(client.get(f"/fhir/Task/{id}", headers=signed("x")))


def refused(reply: TestResponse, status: int) -> Json:
    assert reply.status_code == status, reply.data
    outcome = content(reply)
    assert outcome["resourceType"] == "OperationOutcome"
    issue: Json = outcome["issue"][0]
    return issue


def receipts(task: Json) -> list[str]:
    return [output["valueString"] for output in task["output"] if "valueString" in output]


# ---------------------------------------------------------------- what leaves, what is kept


def test_the_receipt_is_kept_with_who_handed_over(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    reply = hand_over(client, task["id"])
    assert (reply.status_code, reply.content_type, reply.headers["ETag"]) == (200, FHIR_JSON, 'W/"3"')
    after = content(reply)
    assert after == read(client, task["id"])
    assert (after["businessStatus"]["coding"][0]["code"], after["status"]) == ("transmise", "in-progress")
    assert receipts(after) == ["AR-1"]
    assert (after["note"][-1]["authorString"], after["note"][-1]["text"]) == (WHO, "Transmise")
    assert after["note"][-1]["time"] == after["meta"]["lastUpdated"]
    assert list(bridge.taken) == [f"{task['id']}-2"]


def test_the_package_is_the_declaration_as_it_stands_signed(
    client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    kept = [
        client.get(f"/fhir/{kind}/{task['id']}", headers=signed("x") | {"Accept": FHIR_JSON})
        for kind in ("Task", "QuestionnaireResponse", "DocumentReference", "Binary")
    ]
    hand_over(client, task["id"])
    ((key, body),) = bridge.heard
    package = json.loads(body)
    assert output_defects(package) == []
    assert (package["type"], package["timestamp"]) == ("collection", task["meta"]["lastUpdated"])
    *resources, binary = [entry["resource"] for entry in package["entry"]]
    assert resources == [content(reply) for reply in kept[:-1]]
    assert binary["data"] == content(kept[-1])["data"]
    assert b64decode(binary["data"]).startswith(b"%PDF-")
    assert [entry["fullUrl"] for entry in package["entry"]] == [
        f"{PUBLIC}/fhir/{resource['resourceType']}/{task['id']}" for resource in (*resources, binary)
    ]
    (headers,) = bridge.headers
    assert (headers["Authorization"], headers["Content-Type"]) == (f"Bearer {TOKEN}", FHIR_JSON)
    assert (headers["Idempotency-Key"], key) == (f"{task['id']}-2", f"{task['id']}-2")


def test_nothing_leaves_by_itself(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    moved(client, task, "transmise", "enregistree")
    client.get(f"/fhir/Binary/{task['id']}", headers=signed("x"))
    assert bridge.heard == []


# ---------------------------------------------------------------- what the bridge does badly

REFUSES, LATE, ABSENT, NO_RECEIPT = "refuse", "à temps", "ne peut pas être joint", "accusé de réception"

FAILURES: dict[str, tuple[list[Play], int, str]] = {
    **{f"{n}": ([says(n, PAGE, "text/html")], 502, REFUSES) for n in (400, 401, 403, 404, 422)},
    **{f"{n} three times": ([says(n, PAGE, "text/html")] * 3, 502, REFUSES) for n in (409, 429)},
    "a 502 storm": ([says(502, PAGE, "text/html")] * 3, 502, ABSENT),
    "503 then 504": ([says(503), says(504), says(503, Retry_After="3600")], 502, ABSENT),
    "500": ([says(500)], 502, ABSENT),
    "302 elsewhere": ([says(302, Location="https://elsewhere.example/")], 502, ABSENT),
    "307 to itself": ([says(307, Location="/dmti")], 502, ABSENT),
    "three answers lost": ([loses_its_answer] * 3, 502, ABSENT),
    "never answers": ([hangs], 504, LATE),
    "drips": ([drips], 504, LATE),
    "floods": ([floods], 502, NO_RECEIPT),
    "204": ([says(204)], 502, NO_RECEIPT),
    "an empty answer": ([says(200)], 502, NO_RECEIPT),
    "a page": ([says(200, PAGE, "text/html")], 502, NO_RECEIPT),
    "cut": ([says(200, acknowledgement("AR")[:-3])], 502, NO_RECEIPT),
    "not UTF-8": ([says(200, b'"\xe9"')], 502, NO_RECEIPT),
    "deep": ([says(200, b"[" * 100_000)], 502, NO_RECEIPT),
    "compressed": ([says(200, acknowledgement("AR"), Content_Encoding="gzip")], 502, NO_RECEIPT),
    "a list": ([says(200, b"[]")], 502, NO_RECEIPT),
    "another resource": ([says(200, b'{"resourceType": "Communication"}')], 502, NO_RECEIPT),
    "no parameter": ([says(200, b'{"resourceType": "Parameters"}')], 502, NO_RECEIPT),
    "another parameter": ([says(200, acknowledgement("AR", name="x"))], 502, NO_RECEIPT),
    "two receipts": ([says(200, acknowledgement("AR", "AR-2"))], 502, NO_RECEIPT),
    **{
        f"the receipt {receipt!r:.20}": ([says(201, acknowledgement(receipt))], 502, NO_RECEIPT)
        for receipt in ("", " ", "x" * 65, "a\nb", "a\u202eb", "\x00", 7, None, ["AR"])
    },
}  # fmt: skip


@pytest.mark.parametrize(("plays", "status", "said"), FAILURES.values(), ids=FAILURES)
def test_without_a_receipt_it_stays_signed_and_may_be_handed_over_again(
    plays: list[Play],
    status: int,
    said: str,
    client: FlaskClient,
    bridge: Bridge,
    task: Json,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if status == 504:
        monkeypatch.setattr(handover, "SECONDS", 0.3)
    bridge.plays = list(plays)
    with caplog.at_level(logging.INFO):
        reply = hand_over(client, task["id"])
    assert said in refused(reply, status)["details"]["text"]
    assert len(bridge.heard) == len(plays)
    assert read(client, task["id"]) == task
    for words in (reply.get_data(as_text=True), caplog.text):
        assert not any(secret in words for secret in ("alert", TOKEN, "dmti", "elsewhere", WHO))
    assert task["id"] not in caplog.text
    assert "hand-over failed: reason=" in caplog.text
    monkeypatch.setattr(handover, "SECONDS", 5.0)
    assert receipts(content(hand_over(client, task["id"]))) == ["AR-1"]
    assert bridge.taken == {f"{task['id']}-2": "AR-1"}
    assert len(set(bridge.heard)) == 1, "the same key, the same bytes"


@pytest.mark.parametrize(
    "plays",
    [
        [loses_its_answer],
        [loses_its_answer] * 2,
        [says(502), loses_its_answer],
        [loses_its_answer, says(409)],
        [says(503), says(504)],
    ],
)
def test_an_answer_that_is_lost_is_asked_for_again_and_the_bridge_acts_once(
    plays: list[Play], client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    bridge.plays = list(plays)
    assert receipts(content(hand_over(client, task["id"]))) == ["AR-1"]
    assert len(bridge.heard) == len(plays) + 1
    assert len(set(bridge.heard)) == len(bridge.taken) == 1
    assert read(client, task["id"])["meta"]["versionId"] == "3"


def test_nobody_at_the_address_leaves_it_signed(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    bridge.close()
    assert ABSENT in refused(hand_over(client, task["id"]), 502)["details"]["text"]
    assert read(client, task["id"]) == task


def test_too_many_calls_at_once_is_a_503(
    client: FlaskClient, task: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Unreachable(Reason.BUSY)

    monkeypatch.setattr(remote.Bridge, "deliver", busy)
    reply = hand_over(client, task["id"])
    assert refused(reply, 503)["code"] == "transient"
    assert reply.headers["Retry-After"] == "5"


# ---------------------------------------------------------------- crashes and races


def test_a_crash_between_the_receipt_and_its_record_doubles_nothing(
    client: FlaskClient, bridge: Bridge, task: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Dossier:
        raise StoreUnavailable("the machine stops here")

    with monkeypatch.context() as broken:
        broken.setattr(Declarations, "advance", fails)
        refused(hand_over(client, task["id"]), 503)
    assert (list(bridge.taken.values()), read(client, task["id"])) == (["AR-1"], task)
    another = {**named("Dr Camille Exemple")}
    after = content(hand_over(client, task["id"], body=another))
    assert (receipts(after), after["note"][-1]["authorString"]) == (["AR-1"], "Dr Camille Exemple")
    assert len(bridge.heard) == 2
    assert len(set(bridge.heard)) == 1, "whoever hands over"


def test_two_calls_at_once_make_one_transition(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    both = threading.Barrier(2, timeout=5)

    def together(call: Call) -> None:
        both.wait()
        receives(call)

    bridge.plays = [together, together]
    app = client.application
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: hand_over(app.test_client(), task["id"]), range(2)))
    assert sorted(reply.status_code for reply in replies) == [200, 412]
    assert (len(bridge.heard), list(bridge.taken.values())) == (2, ["AR-1"])
    assert read(client, task["id"])["meta"]["versionId"] == "3"


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "accusé de réception AR-1 alors"), ("en", "took the declaration, receipt AR-1")],
)
def test_a_declaration_cancelled_while_the_bridge_thinks_is_not_moved_and_its_receipt_is_told(
    client: FlaskClient, bridge: Bridge, task: Json, language: str, said: str
) -> None:
    def meanwhile(call: Call) -> None:
        moved(client.application.test_client(), task, "annulee")
        receives(call)

    bridge.plays = [meanwhile]
    issue = refused(hand_over(client, task["id"], Accept_Language=language), 412)
    assert (issue["code"], said in issue["details"]["text"]) == ("conflict", True)
    assert read(client, task["id"])["businessStatus"]["coding"][0]["code"] == "annulee"


# ---------------------------------------------------------------- what is not handed over


@pytest.mark.parametrize("state", [state for state in ROADS if state != "signee"])
def test_only_what_is_signed_leaves(state: str, client: FlaskClient, bridge: Bridge) -> None:
    task = moved(client, prepared(client, "x"), *ROADS[state])
    reply = hand_over(client, task["id"], If_Match=f'W/"{task["meta"]["versionId"]}"')
    assert refused(reply, 422)["expression"] == ["Task.businessStatus"]
    assert bridge.heard == []
    assert read(client, task["id"]) == task


def test_what_belongs_to_another_practice_does_not_exist(
    client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    foreign, unknown = (hand_over(client, id, "y") for id in (task["id"], "unknown"))
    assert (foreign.status_code, foreign.data) == (404, unknown.data)
    for id in (f"{task['id']}-patient", "%00", "é"):
        assert hand_over(client, id).status_code == 404
    assert bridge.heard == []


@pytest.mark.parametrize(
    ("tag", "status"), [('W/"1"', 412), ('W/"3"', 412), ("*", 400), ('"2"', 400), ("", 400)]
)
def test_another_version_is_not_handed_over(
    tag: str, status: int, client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    refused(hand_over(client, task["id"], If_Match=tag), status)
    assert (bridge.heard, read(client, task["id"])) == ([], task)


def test_without_a_version_nothing_is_handed_over(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    path = f"/fhir/Task/{task['id']}/$transmettre"
    refused(client.post(path, json=named(), headers=signed("x")), 428)
    assert bridge.heard == []


def with_parameters(*parameters: Any) -> Json:
    return {"resourceType": "Parameters", "parameter": list(parameters)}


NOBODY: dict[str, Any] = {
    "nothing": {},
    "another resource": {**named(), "resourceType": "Task"},
    "no parameter": {"resourceType": "Parameters"},
    "a list": [],
    "another parameter": with_parameters({"name": "par", "valueString": WHO}),
    "two people": with_parameters(*named()["parameter"] * 2),
    "a reference": with_parameters({"name": "qui", "valueReference": {"display": WHO}}),
    **{f"the name {who!r:.20}": named(who) for who in ("", "  ", "x" * 201, "a\nb", "a\u202eb", 7, None)},
}


@pytest.mark.parametrize("body", NOBODY.values(), ids=NOBODY)
def test_nobody_hands_over_nothing(body: Any, client: FlaskClient, bridge: Bridge, task: Json) -> None:
    issue = refused(hand_over(client, task["id"], body=body), 422)
    assert (issue["code"], issue["expression"]) == ("required", ["Parameters.parameter.where(name='qui')"])
    assert (bridge.heard, read(client, task["id"])) == ([], task)


@pytest.mark.parametrize("who", ["", "x" * 201, "a\nb", "a\u202eb", "parcours-soins 1.0", "non précisé"])
def test_a_name_that_could_not_be_kept_sends_nothing_whichever_page_asks(who: str) -> None:
    nothing: Any = None  # neither the declaration is read nor the bridge reached
    with pytest.raises(UnreadableBundle):
        handover.Handover(nothing, nothing, "", nothing).hand_over("id", 2, who)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"{", FHIR_JSON, 400), (b"", FHIR_JSON, 400), (b"<Parameters/>", "application/fhir+xml", 415)],
)
def test_what_is_no_json_hands_over_nothing(
    body: bytes, kind: str, status: int, client: FlaskClient, bridge: Bridge, task: Json
) -> None:
    headers = signed("x") | {"If-Match": 'W/"2"'}
    path = f"/fhir/Task/{task['id']}/$transmettre"
    refused(client.post(path, data=body, content_type=kind, headers=headers), status)
    assert bridge.heard == []


def test_without_a_bridge_it_is_said(client: FlaskClient, bridge: Bridge, task: Json) -> None:
    issue = refused(hand_over(client, task["id"], "z"), 422)
    assert issue["code"] == "not-supported"
    assert "aucun pont DMTi" in issue["details"]["text"]
    english = refused(hand_over(client, task["id"], "z", Accept_Language="en"), 422)
    assert "no DMTi bridge is configured" in english["details"]["text"]
    assert (bridge.heard, read(client, task["id"])) == ([], task)


def test_on_this_machine_without_clients_there_is_no_bridge(tmp_path: Path) -> None:
    client = create_app(Settings(database=str(tmp_path / "kept.sqlite"))).test_client()
    headers = {"If-Match": 'W/"2"'}
    refused(client.post("/fhir/Task/1/$transmettre", json=named(), headers=headers), 422)


def test_the_client_that_asked_is_kept(client: FlaskClient, task: Json) -> None:
    hand_over(client, task["id"])
    kept = cast(Application, client.application).store.declarations.read("nord", task["id"])
    assert kept
    assert [(step.qui, step.client, step.recu) for step in kept.transitions[2:]] == [(WHO, "x", "AR-1")]
