"""The software's bridge: what is sent, how often, and what is made of each answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from tests.remote.crowd import crowd
from tests.remote.loopback import Listen, hangs

from parcours.remote.bridge import MAX_HANDOVERS, PAUSES, SLOTS, Bridge
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import MAX_BYTES, MAX_CONVERSATIONS, Conversation
from parcours.remote.unreachable import Reason, Unreachable

URL = "http://127.0.0.1:9/dmti"
TOKEN = "token-of-the-bridge"
KEY = "0b2f9b0e-0000-4000-8000-000000000000-2"
PACKAGE = b'{"resourceType": "Bundle", "type": "collection"}'
RECEIPT = {"resourceType": "Parameters", "parameter": [{"name": "recu", "valueString": "AR-1"}]}
FHIR = "application/fhir+json"
Answer = int | Exception | dict[str, Any]


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    """What this bridge answers, in order: the last answer again and again."""
    with responses.RequestsMock(target="parcours.remote.pinned.PinnedAdapter.send") as mocked:
        yield mocked


@pytest.fixture
def pauses() -> list[float]:
    """How long it waited between two tries."""
    return []


def deliver(pauses: list[float], token: str | None = None, seconds: float = 5) -> Any:
    return Bridge(Endpoint.parse(URL), token).deliver(PACKAGE, KEY, Deadline.after(seconds), pauses.append)


def answering(web: responses.RequestsMock, *answers: Answer) -> None:
    for given in answers:
        if isinstance(given, int):
            web.post(URL, status=given, body=b"a word of the bridge", content_type="text/plain")
        elif isinstance(given, Exception):
            web.post(URL, body=given)
        else:
            web.post(URL, **{"content_type": FHIR, **given})


def good(**changed: Any) -> dict[str, Any]:
    return {"body": json.dumps(RECEIPT), **changed}


def test_the_package_goes_once_with_its_key_and_the_token(
    web: responses.RequestsMock, pauses: list[float]
) -> None:
    answering(web, good())
    assert deliver(pauses, TOKEN) == RECEIPT
    (call,) = web.calls
    assert (call.request.method, call.request.body) == ("POST", PACKAGE)
    headers = call.request.headers
    assert headers["Idempotency-Key"] == KEY
    assert (headers["Content-Type"], headers["Authorization"]) == (FHIR, f"Bearer {TOKEN}")
    assert pauses == []


def test_without_a_token_none_is_sent(web: responses.RequestsMock, pauses: list[float]) -> None:
    answering(web, good(status=201))
    assert deliver(pauses) == RECEIPT
    assert "Authorization" not in web.calls[0].request.headers


ELSEWHERE = {"Location": f"{URL}/2"}
LOST = requests.ConnectionError("broken")


@pytest.mark.parametrize(
    "before",
    [(502,), (503,), (504,), (409,), (429,), (LOST,), (502, LOST), (LOST, 409), (LOST, LOST)],
    ids=str,
)
def test_what_is_of_a_moment_is_tried_again_with_the_same_key(
    web: responses.RequestsMock, pauses: list[float], before: tuple[Answer, ...]
) -> None:
    answering(web, *before, good())
    assert deliver(pauses) == RECEIPT
    assert [call.request.headers["Idempotency-Key"] for call in web.calls] == [KEY] * (len(before) + 1)
    assert [call.request.body for call in web.calls] == [PACKAGE] * (len(before) + 1)
    assert pauses == list(PAUSES[: len(before)])


@pytest.mark.parametrize(
    ("answer", "reason", "status"),
    [
        *((status, Reason.STATUS, status) for status in (409, 429, 502, 503, 504)),
        (LOST, Reason.CONNECT, None),
    ],
    ids=str,
)
def test_three_tries_and_no_more(
    web: responses.RequestsMock, pauses: list[float], answer: Answer, reason: Reason, status: int | None
) -> None:
    answering(web, answer)
    with pytest.raises(Unreachable) as caught:
        deliver(pauses)
    assert (caught.value.reason, caught.value.status) == (reason, status)
    assert (len(web.calls), pauses) == (3, list(PAUSES))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *((status, Reason.STATUS) for status in (400, 405, 413, 415, 422, 451, 500, 501, 505)),
        *((status, Reason.REFUSED) for status in (401, 403)),
        *((status, Reason.ABSENT) for status in (404, 410)),
        *((good(status=status, headers=ELSEWHERE), Reason.REDIRECT) for status in (301, 302, 303, 307, 308)),
        (good(status=204, body=b"", content_type=None), Reason.CONTENT),
        (good(content_type="text/html"), Reason.CONTENT),
        (good(content_type=f"{FHIR}; charset=latin-1"), Reason.CONTENT),
        (good(headers={"Content-Encoding": "gzip"}), Reason.CONTENT),
        (good(body=b""), Reason.UNREADABLE),
        (good(body=b'{"resourceType": "Parame'), Reason.UNREADABLE),
        (good(body=b"[" * 100_000), Reason.UNREADABLE),
        (good(body=b'"\xe9"'), Reason.UNREADABLE),
        (good(body=b'"\\ud800"'), Reason.UNREADABLE),
        (good(body=b" " * (MAX_BYTES + 1)), Reason.TOO_LARGE),
        (requests.exceptions.SSLError("certificate"), Reason.TLS),
    ],
    ids=lambda value: str(value)[:60],
)
def test_any_other_answer_is_taken_at_its_word(
    web: responses.RequestsMock, pauses: list[float], answer: Answer, reason: Reason
) -> None:
    answering(web, answer)
    with pytest.raises(Unreachable) as caught:
        deliver(pauses, TOKEN)
    assert caught.value.reason is reason
    assert str(caught.value) == reason.value, "not a word of the bridge"
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert (len(web.calls), pauses) == (1, [])


def test_nothing_is_tried_again_past_the_deadline(web: responses.RequestsMock, pauses: list[float]) -> None:
    answering(web, 502)
    with pytest.raises(Unreachable, match="timeout"):
        deliver(pauses, seconds=PAUSES[0])
    assert (len(web.calls), pauses) == (1, [])


def test_a_bridge_that_never_answers_is_left_at_the_deadline(listen: Listen) -> None:
    server = listen(hangs)
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="timeout"):
        Bridge(server.base()).deliver(PACKAGE, KEY, Deadline.after(0.3))
    assert time.monotonic() - begun < 1
    assert len(server.heads) == 1


def test_a_bridge_that_never_reads_is_left_at_the_deadline(listen: Listen) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="timeout"):
        Bridge(listen(hangs).base()).deliver(b" " * 20_000_000, KEY, Deadline.after(0.3))
    assert time.monotonic() - begun < 1


def test_the_tries_leave_no_call_behind(web: responses.RequestsMock, pauses: list[float]) -> None:
    answering(web, 502)
    for _ in range(MAX_CONVERSATIONS + 1):
        with pytest.raises(Unreachable, match="status"):
            deliver(pauses)


def test_nobody_waits_behind_too_many_calls(pauses: list[float]) -> None:
    with crowd(SLOTS, MAX_HANDOVERS), pytest.raises(Unreachable, match="busy"):
        deliver(pauses)


def test_hand_overs_and_what_is_read_for_answers_do_not_wait_for_one_another(
    web: responses.RequestsMock, pauses: list[float]
) -> None:
    answering(web, good())
    with crowd():
        assert deliver(pauses) == RECEIPT
    with crowd(SLOTS, MAX_HANDOVERS), Conversation(Endpoint.parse(URL), Deadline.after(5)):
        assert pauses == []


def test_the_token_is_never_shown() -> None:
    assert TOKEN not in repr(Bridge(Endpoint.parse(URL), TOKEN))
