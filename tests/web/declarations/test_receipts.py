"""``PUT Task/{id}``: the receipt of what was sent."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from tests.web.kept import Json, changed, content, move, put, read


def receipts(task: Json) -> list[str]:
    return [output["valueString"] for output in task["output"] if "valueString" in output]


def test_the_receipt_number_is_an_output_and_an_identifier(id: str, client: FlaskClient) -> None:
    task = move(client, id, "signee", "transmise", receipt="AR 2026/1")
    assert receipts(task) == ["AR 2026/1"]
    assert task["identifier"][1]["value"] == "AR 2026/1"
    again = move(client, id, "enregistree", receipt="AR-2")
    assert receipts(again) == ["AR-2"]
    assert receipts(content(client.get(f"/fhir/Task/{id}/_history/3"))) == ["AR 2026/1"]


def test_a_receipt_put_back_is_no_new_one(id: str, client: FlaskClient) -> None:
    move(client, id, "signee", "transmise", receipt="AR-1")
    assert receipts(move(client, id, "enregistree")) == ["AR-1"]


@pytest.mark.parametrize("receipt", ["", " ", "x" * 65, "a\nb", "\u200b"])
def test_a_receipt_number_is_short_and_visible(receipt: str, id: str, client: FlaskClient) -> None:
    task = changed(read(client, id), "signee")
    task["output"].append({"type": {"text": "accusé"}, "valueString": receipt})
    reply = put(client, task, 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.output.value"])


@pytest.mark.parametrize("after", ["signee", "annulee"])
def test_a_receipt_comes_only_of_what_was_sent(after: str, id: str, client: FlaskClient) -> None:
    reply = put(client, changed(read(client, id), after, "AR-1"), 1)
    assert (reply.status_code, content(reply)["issue"][0]["expression"]) == (422, ["Task.output"])
    assert receipts(move(client, id, "signee", "transmise", "refusee", receipt="AR-1")) == ["AR-1"]


def test_two_receipts_at_once_or_one_without_a_change_are_refused(id: str, client: FlaskClient) -> None:
    task = read(client, id)
    two = changed(changed(task, "signee", "AR-1"), "signee", "AR-2")
    assert put(client, two, 1).status_code == 422
    assert put(client, changed(task, "preparee", "AR-1"), 1).status_code == 422
    assert read(client, id) == task
