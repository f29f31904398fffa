"""A real bridge on loopback, which fails in every way it can."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient
from tests.web.handover.asking import ABSENT, TOKEN, WHO, hand_over, read, receipts, refused
from tests.web.kept import Json, content
from tests.web.receiver import Bridge, Play, acknowledgement, drips, floods, hangs, loses_its_answer, says

from parcours import handover
from parcours.remote import bridge as remote
from parcours.remote.unreachable import Reason, Unreachable

PAGE = b"<script>alert('pont')</script>"
REFUSES, LATE, NO_RECEIPT = "refuse", "à temps", "accusé de réception"

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
