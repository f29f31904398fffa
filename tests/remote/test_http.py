"""The guarded client against servers that misbehave: F-047 to F-059, A-039 to A-050 of the catalogue."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.remote.crowd import as_many_as_it_gets, crowd
from tests.remote.loopback import Listen, Play, Talk, answer, hangs, says, says_and_leaves

from parcours.remote import http
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.http import MAX_BYTES, MAX_CONVERSATIONS, Conversation
from parcours.remote.unreachable import Reason, Unreachable

TOKEN = "secret-token-of-one-hook"
SOON = 0.3
"""Seconds of the deadline when the server is slow on purpose."""
PATIENT = {"resourceType": "Patient", "id": "1"}
BODY = json.dumps(PATIENT).encode()
GOOD = answer(BODY)


def drips_headers(talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500)


def drips_interim_answers(talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


def drips_body(talk: Talk) -> None:
    talk.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n")
    talk.drip(b" " * 500)


def drips_pieces(talk: Talk) -> None:
    talk.sock.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    talk.drip(b"1\r\n \r\n" * 100)


def never_ends(talk: Talk) -> None:
    talk.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not talk.over.is_set():
        talk.sock.sendall(b" " * 65536)


def redirect(status: str, location: str) -> Play:
    return says(answer(b"", status, Location=location))


def fetched(
    base: Endpoint, seconds: float = 5, target: str = "/fhir/Patient/1", token: str | None = None
) -> Any:
    with Conversation(base, Deadline.after(seconds), token) as conversation:
        return conversation.get(target)


def refused(base: Endpoint, seconds: float = 5, target: str = "/fhir/Patient/1") -> Reason:
    with pytest.raises(Unreachable) as caught:
        fetched(base, seconds, target, TOKEN)
    assert str(caught.value) == caught.value.reason.value, "a code and nothing else"
    assert caught.value.__cause__ is caught.value.__context__ is None, "no library's error with a URL in it"
    return caught.value.reason


def test_a_good_answer_is_read_with_the_token_and_nothing_more_than_asked(listen: Listen) -> None:
    server = listen(says(GOOD))
    assert fetched(server.base(), token=TOKEN) == PATIENT
    (head,) = server.heads
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    assert head.startswith(b"GET /fhir/Patient/1 HTTP/1.1\r\n")
    assert headers.pop("User-Agent").startswith("parcours-soins/")
    assert headers == {
        "Host": f"127.0.0.1:{server.port}",
        "Accept": "application/fhir+json, application/json;q=0.9",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {TOKEN}",
    }


def test_one_conversation_is_one_connection(listen: Listen) -> None:
    server = listen(says(answer(BODY, Set_Cookie="session=1; Path=/")))
    with Conversation(server.base(), Deadline.after(5)) as conversation:
        assert [conversation.get("/fhir/Patient/1") for _ in range(3)] == [PATIENT] * 3
    assert (server.connections, len(server.heads)) == (1, 3)
    assert not any(b"Cookie" in head for head in server.heads)


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        pytest.param(hangs, Reason.TIMEOUT, id="F-048 accepts, never answers"),
        pytest.param(drips_headers, Reason.TIMEOUT, id="F-049 drips headers"),
        pytest.param(drips_interim_answers, Reason.TIMEOUT, id="F-049 drips interim answers"),
        pytest.param(drips_body, Reason.TIMEOUT, id="F-049 drips a body"),
        pytest.param(drips_pieces, Reason.TIMEOUT, id="F-049 drips a body in pieces"),
    ],
)
def test_no_server_outlasts_the_deadline(listen: Listen, play: Play, reason: Reason) -> None:
    server = listen(play)
    begun = time.monotonic()
    assert refused(server.base(), SOON) is reason
    assert time.monotonic() - begun < SOON + 0.5
    assert len(server.heads) == 1, "asked once: no second try"


DEEP = b"[" * 100_000
FLOOD = b"\x1f\x8b" + gzip.compress(b" " * 1000)

ANSWERS: list[tuple[str, Play, Reason]] = [
    ("F-051 500", says(answer(b"{}", "500 Internal Server Error")), Reason.STATUS),
    ("F-051 502", says(answer(b"{}", "502 Bad Gateway")), Reason.STATUS),
    ("F-051 503", says(answer(b"{}", "503 Service Unavailable", Retry_After="3600")), Reason.STATUS),
    ("F-050 429", says(answer(b"{}", "429 Too Many Requests", Retry_After="abc")), Reason.STATUS),
    ("F-052 401", says(answer(b"{}", "401 Unauthorized")), Reason.REFUSED),
    ("F-052 403", says(answer(b"{}", "403 Forbidden")), Reason.REFUSED),
    ("404", says(answer(b"{}", "404 Not Found")), Reason.ABSENT),
    ("410", says(answer(b"{}", "410 Gone")), Reason.ABSENT),
    ("F-053 HTML 200", says(answer(b"<html></html>", Content_Type="text/html")), Reason.CONTENT),
    ("F-053 HTML said to be JSON", says(answer(b"<html></html>")), Reason.UNREADABLE),
    ("F-053 empty 200", says(answer(b"")), Reason.UNREADABLE),
    ("F-053 no type", says(answer(Content_Type="")), Reason.CONTENT),
    ("F-053 204", says(b"HTTP/1.1 204 No Content\r\n\r\n"), Reason.STATUS),
    ("F-053 206", says(answer(status="206 Partial Content")), Reason.STATUS),
    ("F-054 malformed JSON", says(answer(b'{"resourceType":')), Reason.UNREADABLE),
    ("F-054 deep JSON", says(answer(DEEP)), Reason.UNREADABLE),
    ("F-055 shorter than announced", says_and_leaves(answer(Content_Length="500")), Reason.CONNECT),
    ("F-055 pieces cut", says_and_leaves(answer(b"5\r\n{}", Transfer_Encoding="chunked")), Reason.CONNECT),
    ("F-056 Latin-1", says(answer('{"name": "Zoé"}'.encode("latin-1"))), Reason.UNREADABLE),
    ("F-056 UTF-16", says(answer('{"name": "Zoé"}'.encode("utf-16"))), Reason.UNREADABLE),
    (
        "F-056 Latin-1 announced",
        says(answer(Content_Type="application/json; charset=latin-1")),
        Reason.CONTENT,
    ),
    ("F-056 BOM", says(answer(b"\xef\xbb\xbf{}")), Reason.UNREADABLE),
    ("F-056 lone surrogate", says(answer(rb'{"name": "\ud800"}')), Reason.UNREADABLE),
    ("F-058 gzip", says(answer(FLOOD, Content_Encoding="gzip")), Reason.CONTENT),
    ("F-058 deflate in capitals", says(answer(FLOOD, Content_Encoding="DEFLATE")), Reason.CONTENT),
    ("A-049 huge, announced", says(answer(b"[" + b" " * MAX_BYTES + b"]")), Reason.TOO_LARGE),
    ("A-049 huge, without end", never_ends, Reason.TOO_LARGE),
    ("not HTTP", says_and_leaves(b"SSH-2.0-OpenSSH_9.2\r\n"), Reason.CONNECT),
    ("nothing at all", says_and_leaves(b""), Reason.CONNECT),
    ("a header too long", says_and_leaves(b"HTTP/1.1 200 OK\r\nA: " + b"a" * 70_000), Reason.CONNECT),
    ("101 headers", says_and_leaves(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n"), Reason.CONNECT),
]


@pytest.mark.parametrize(("play", "reason"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_that_is_not_plain_json_is_no_answer(listen: Listen, play: Play, reason: Reason) -> None:
    assert refused(listen(play).base()) is reason


def test_f055_an_answer_cut_anywhere_is_never_used(listen: Listen) -> None:
    whole = GOOD
    server = listen(lambda talk: says_and_leaves(whole[: len(server.heads) - 1])(talk))
    for _ in range(len(whole)):
        with pytest.raises(Unreachable):
            fetched(server.base())
    assert len(server.heads) == len(whole)
    assert fetched(server.base()) == PATIENT


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
@pytest.mark.parametrize(
    "form", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "/fhir/x", "file:///etc/passwd"]
)
def test_a039_a_redirect_leads_nowhere(listen: Listen, status: str, form: str) -> None:
    trap = listen(says(GOOD))
    server = listen(redirect(status, form.format(port=trap.port)))
    assert refused(server.base()) is Reason.REDIRECT
    assert (trap.connections, len(server.heads)) == (0, 1)


def test_a039_a_refresh_header_is_a_header(listen: Listen) -> None:
    trap = listen(says(GOOD))
    server = listen(says(answer(BODY, Refresh=f"0; url=http://127.0.0.1:{trap.port}/")))
    assert fetched(server.base()) == PATIENT
    assert trap.connections == 0


def test_a042_the_environment_is_not_heard(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trap, server = listen(says(GOOD)), listen(says(GOOD))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("NO_PROXY", "")
    assert fetched(server.base(), token=TOKEN) == PATIENT
    assert f"Authorization: Bearer {TOKEN}".encode() in server.heads[0]
    fetched(server.base())
    assert b"Authorization" not in server.heads[1]
    assert trap.connections == 0


def test_f047_nobody_listens(listen: Listen) -> None:
    server = listen(hangs)
    server.close()
    assert refused(server.base()) is Reason.CONNECT


@pytest.mark.parametrize("token", ["a\r\nX-Injected: 1", "a\nb"])
def test_a_token_cannot_add_a_header(listen: Listen, token: str) -> None:
    server = listen(says(GOOD))
    with pytest.raises(Unreachable):
        fetched(server.base(), token=token)
    assert server.heads == []


def test_a050_calls_that_wait_are_counted(listen: Listen) -> None:
    base = listen(says(GOOD)).base()
    with crowd():
        assert refused(base) is Reason.BUSY
    assert fetched(base) == PATIENT


def test_a050_slow_servers_leave_room_for_one_more(listen: Listen) -> None:
    slow = [Endpoint.parse(f"http://127.0.0.1:{port}/fhir") for port in (1, 2, 3)]
    other_path = Endpoint.parse("http://127.0.0.1:1/token")
    server = listen(says(GOOD))
    with ExitStack() as calls:
        begun = [as_many_as_it_gets(calls, endpoint) for endpoint in (*slow, other_path)]
        assert begun == [MAX_CONVERSATIONS // 2, MAX_CONVERSATIONS // 4, MAX_CONVERSATIONS // 8, 0]
        assert fetched(server.base()) == PATIENT


def test_a_deadline_that_has_passed_asks_nobody(listen: Listen) -> None:
    server = listen(says(GOOD))
    assert refused(server.base(), -1) is Reason.TIMEOUT
    assert server.connections == 0


def test_the_bounds_are_those_of_the_catalogue() -> None:
    assert (http.MAX_BYTES, http.CDS_SECONDS) == (2 * 1024 * 1024, 2.0)


def test_headers_that_are_cut_leave_no_address_in_a_log(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nbroken\r\n\r\n{}"
    with caplog.at_level("DEBUG"), suppress(Unreachable):
        fetched(listen(says_and_leaves(cut)).base(), target="/fhir/Patient/secret-id")
    assert "secret-id" not in caplog.text
