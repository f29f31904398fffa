"""What is not handed over: nothing leaves, and the declaration stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.web.handover.asking import WHO, hand_over, moved, named, read, refused
from tests.web.kept import FHIR_JSON, ROADS, Json
from tests.web.receiver import Bridge
from tests.web.test_fhir_access import prepared, signed

from parcours import handover
from parcours.errors import UnreadableBundle
from parcours.settings import Settings
from parcours.web.app import create_app


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
