"""The national directory, asked: what is sent, what is believed, and F-047 to F-060 of the catalogue."""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import json
import socket
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from tests.fhir.builders import DOC
from tests.remote.directory import (
    ID,
    KEY,
    TODAY,
    activity,
    annuaire,
    asked,
    directory,
    page,
    person,
    place,
    plays,
)
from tests.remote.loopback import Listen, Play, Server, Talk, answer, content, hangs, says, says_and_leaves

from parcours.remote import annuaire as module
from parcours.remote.annuaire import DirectoryUnreachable, Pace
from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint
from parcours.remote.searchset import MAX_PAGES
from parcours.remote.unreachable import Reason, Unreachable

SOON = 0.3
KNOWN = page(person(), activity())


def refusal(base: Endpoint, *, places: bool = False) -> Reason:
    with pytest.raises(DirectoryUnreachable) as caught:
        directory(base).look_up(DOC, Deadline.after(5), places=places)
    assert str(caught.value) == caught.value.reason.value
    assert caught.value.__cause__ is caught.value.__context__ is None
    return caught.value.reason


# ---------------------------------------------------------------- what is asked


def test_a_professional_is_asked_for_by_number_with_the_key_in_its_header(listen: Listen) -> None:
    server = listen(plays({"Practitioner": KNOWN}))
    found = directory(server.base()).look_up(DOC, Deadline.after(5))
    assert [resource["resourceType"] for resource in found] == ["Practitioner", "PractitionerRole"]
    assert asked(server) == [
        (
            "/fhir/Practitioner",
            {"identifier": [DOC], "_revinclude": ["PractitionerRole:practitioner"], "_count": ["200"]},
        )
    ]
    (head,) = server.heads
    assert f"ESANTE-API-KEY: {KEY}\r\n".encode() in head
    assert b"Authorization" not in head
    assert KEY.encode() not in head.splitlines()[0]


def test_places_are_asked_for_in_a_second_step(listen: Listen) -> None:
    server = listen(plays({"Practitioner": KNOWN, "PractitionerRole": page(activity(), place())}))
    found = directory(server.base()).look_up(DOC, Deadline.after(5), places=True)
    assert [resource["resourceType"] for resource in found][-1] == "Organization"
    assert asked(server)[1] == (
        "/fhir/PractitionerRole",
        {"practitioner": [ID], "_include": ["PractitionerRole:organization"], "_count": ["200"]},
    )
    assert server.connections == 1


def test_nobody_of_this_number_is_an_answer_and_has_no_places(listen: Listen) -> None:
    server = listen(plays({"Practitioner": page(total=0)}))
    assert directory(server.base()).look_up(DOC, Deadline.after(5), places=True) == ()
    assert len(server.heads) == 1


def test_what_the_server_says_of_the_search_is_left_out(listen: Listen) -> None:
    remark = {"resourceType": "OperationOutcome", "issue": []}
    server = listen(plays({"Practitioner": page(person(), remark, activity(), total=1)}))
    found = directory(server.base()).look_up(DOC, Deadline.after(5))
    assert [resource["resourceType"] for resource in found] == ["Practitioner", "PractitionerRole"]


def opaque(server: Server, token: str) -> str:
    return f"http://127.0.0.1:{server.port}/fhir/_page?id={token}&_format=json|x"


def test_pages_are_followed_by_their_opaque_address_with_the_key(listen: Listen) -> None:
    def play(talk: Talk) -> None:
        first = "_page" not in talk.target
        told = page(person(), next_=opaque(server, "b")) if first else page(activity(), person())
        talk.sock.sendall(content(told))

    server = listen(play)
    found = directory(server.base()).look_up(DOC, Deadline.after(5))
    assert [resource["resourceType"] for resource in found] == ["Practitioner", "PractitionerRole"]
    assert asked(server)[1] == ("/fhir/_page", {"id": ["b"], "_format": ["json|x"]})
    assert all(KEY.encode() in head for head in server.heads)


def test_calls_are_kept_apart_and_nobody_waits_past_his_deadline() -> None:
    now, waited = [100.0], list[float]()
    pace = Pace(17, lambda: now[0], waited.append)
    for _ in range(18):
        pace.wait(Deadline.after(5))
    assert waited == pytest.approx([n / 17 for n in range(18)])
    with pytest.raises(Unreachable) as caught:
        pace.wait(Deadline.after(0.9))
    assert caught.value.reason is Reason.BUSY
    now[0] += 10
    pace.wait(Deadline.after(0.1))
    assert waited[-1] == 0


def test_the_bounds_are_those_of_the_catalogue() -> None:
    assert (module.CALLS_PER_SECOND, module.PAGE_SIZE, MAX_PAGES) == (17, 200, 20)
    assert (module.DECISION_SECONDS, module.PERSON_SECONDS) == (2.0, 5.0)


# ---------------------------------------------------------------- what is not believed


def drips(head: bytes, body: bytes) -> Play:
    def play(talk: Talk) -> None:
        talk.sock.sendall(head)
        talk.drip(body)

    return play


BOMB = gzip.compress(b"[" + b" " * 30_000_000 + b"]")
TWICE = page(person(), person(id="003-2"))
HEADERS_CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Le"

ANSWERS: list[tuple[str, Play, Reason]] = [
    ("F-048 accepts, never answers", hangs, Reason.TIMEOUT),
    ("F-049 drips headers", drips(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 500), Reason.TIMEOUT),
    ("F-049 drips a body", drips(answer(b"", Content_Length="500"), b" " * 500), Reason.TIMEOUT),
    *(
        (f"F-050 Retry-After {after or 'none'}",
         says(answer(b"", "429 Too Many Requests", Retry_After=after)), Reason.STATUS)
        for after in ("3600", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "abc", "")
    ),
    *(
        (f"F-051 {status}", says(answer(b"<html>", status, Content_Type="text/html")), Reason.STATUS)
        for status in ("500 Error", "502 Bad Gateway", "503 Unavailable", "504 Gateway Timeout")
    ),
    ("F-052 401", says(answer(b"", "401 Unauthorized")), Reason.REFUSED),
    ("F-052 403", says(answer(b"", "403 Forbidden")), Reason.REFUSED),
    ("F-053 a page of HTML", says(answer(b"<html>", Content_Type="text/html")), Reason.CONTENT),
    ("F-053 empty 200", says(answer(b"")), Reason.UNREADABLE),
    ("F-053 204", says(b"HTTP/1.1 204 No Content\r\n\r\n"), Reason.STATUS),
    ("F-053 headers cut", says_and_leaves(HEADERS_CUT), Reason.UNREADABLE),
    ("F-054 malformed", says(answer(b'{"resourceType":"Bundle",')), Reason.UNREADABLE),
    ("F-054 very deep", says(answer(b"[" * 100_000)), Reason.UNREADABLE),
    ("F-054 a list", says(content([KNOWN])), Reason.UNREADABLE),
    ("F-054 no searchset", says(content(KNOWN | {"type": "collection"})), Reason.FOREIGN),
    ("F-054 an OperationOutcome", says(content({"resourceType": "OperationOutcome"})), Reason.FOREIGN),
    ("F-054 another kind of match",
     says(content(page(entry=[{"resource": activity(), "search": {"mode": "match"}}]))), Reason.FOREIGN),
    ("F-054 another number", says(content(page(person(number="10100000003")))), Reason.FOREIGN),
    ("F-054 without a number", says(content(page(person(identifier="10100000002")))), Reason.FOREIGN),
    ("F-054 one found, none given", says(content(page(total=1))), Reason.UNREADABLE),
    ("F-054 an entry of nothing", says(content(page(entry=[{"resource": None}]))), Reason.UNREADABLE),
    ("F-054 entries that are none", says(content(page(entry=["x"]))), Reason.UNREADABLE),
    ("F-056 Latin-1", says(answer('{"name":"Zoé"}'.encode("latin-1"))), Reason.UNREADABLE),
    ("F-056 UTF-16", says(answer(json.dumps(KNOWN).encode("utf-16"))), Reason.UNREADABLE),
    ("F-056 BOM", says(answer(b"\xef\xbb\xbf" + json.dumps(KNOWN).encode())), Reason.UNREADABLE),
    ("F-056 lone surrogate", says(answer(rb'{"name":"\ud800"}')), Reason.UNREADABLE),
    ("F-057 a redirect", says(answer(b"", "302 Found", Location="/fhir/Practitioner")), Reason.REDIRECT),
    ("F-058 a bomb", says(answer(BOMB, Content_Encoding="gzip")), Reason.CONTENT),
    ("F-060 a next page elsewhere",
     says(content(page(next_="https://attacker.example/fhir/_page?id=1"))), Reason.PAGING),
    ("F-060 a next page in a file", says(content(page(next_="file:///etc/passwd"))), Reason.PAGING),
    ("F-060 a next page above", says(content(page(next_="http://127.0.0.1/fhir/../x"))), Reason.PAGING),
]  # fmt: skip


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that are slow on purpose are waited for less than they would be."""
    monkeypatch.setattr(module, "DECISION_SECONDS", SOON)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("play", "reason"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_a_faulty_answer_is_no_answer_and_what_was_kept_serves_with_its_date(
    listen: Listen, tmp_path: Path, caplog: pytest.LogCaptureFixture, play: Play, reason: Reason
) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    before = annuaire(listen(plays({"Practitioner": KNOWN})).base(), tmp_path, lambda: yesterday)
    known = before.releves(DOC)
    assert [(r.depuis, r.jusqu_a) for r in known] == [(yesterday, yesterday)]

    server = listen(play)
    begun = time.monotonic()
    assert annuaire(server.base(), tmp_path).releves(DOC) == known
    assert time.monotonic() - begun < SOON + 0.7
    assert len(server.heads) == 1, "asked once: no second try"
    told = [r.getMessage() for r in caplog.records if r.name.startswith("parcours")]
    assert told == [f"annuaire silent: reason={reason}"]
    assert KEY not in caplog.text
    assert annuaire(server.base(), tmp_path / "empty").releves(DOC) == ()


def nowhere(server: Server, _: pytest.MonkeyPatch) -> None:
    server.close()


def failing(name: str, error: OSError) -> Callable[[Server, pytest.MonkeyPatch], None]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return lambda _, patch: patch.setattr(name, fail)


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        pytest.param(nowhere, Reason.CONNECT, id="connection refused"),
        pytest.param(
            failing("socket.getaddrinfo", socket.gaierror("no such name")), Reason.NAME, id="name not found"
        ),
        pytest.param(
            failing("socket.socket.connect", OSError(errno.EHOSTUNREACH, "x")), Reason.CONNECT, id="no route"
        ),
    ],
)
def test_f047_nobody_is_there_and_what_was_kept_serves_with_its_day(
    listen: Listen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    gone: Callable[[Server, pytest.MonkeyPatch], None],
    reason: Reason,
) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    server = listen(plays({"Practitioner": KNOWN}))
    known = annuaire(server.base(), tmp_path, lambda: yesterday).releves(DOC)
    gone(server, monkeypatch)
    begun = time.monotonic()
    assert annuaire(server.base(), tmp_path).releves(DOC) == known
    assert annuaire(server.base(), tmp_path / "empty").releves(DOC) == ()
    assert time.monotonic() - begun < 2
    assert [releve.jusqu_a for releve in known] == [yesterday]
    assert [r.getMessage() for r in caplog.records] == [f"annuaire silent: reason={reason}"] * 2


@pytest.mark.parametrize(
    "form", ["http://127.0.0.1:{port}/fhir/Practitioner", "//127.0.0.1:{port}/", "file:///x"]
)
def test_f057_the_key_follows_no_redirect(listen: Listen, form: str) -> None:
    trap = listen(says(content(KNOWN)))
    server = listen(says(answer(b"", "307 Temporary", Location=form.format(port=trap.port))))
    assert refusal(server.base()) is Reason.REDIRECT
    assert trap.connections == 0


def test_f057_a_loop_of_redirects_is_one_call(listen: Listen) -> None:
    def play(talk: Talk) -> None:
        talk.sock.sendall(answer(b"", "302 Found", Location=talk.target))

    server = listen(play)
    assert refusal(server.base()) is Reason.REDIRECT
    assert len(server.heads) == 1


def test_f058_three_hundred_million_bytes_in_a_small_answer_take_no_memory(listen: Listen) -> None:
    bomb = gzip.compress(b" " * 3_000_000) * 100
    assert len(bomb) < 400_000
    server = listen(says(answer(bomb, Content_Encoding="gzip")))
    refusal(server.base())
    tracemalloc.start()
    try:
        assert refusal(server.base()) is Reason.CONTENT
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_f059_plain_http_where_tls_is_due_hears_no_key(listen: Listen) -> None:
    server = listen(says(content(KNOWN)))
    assert refusal(server.base("https")) in (Reason.TLS, Reason.TIMEOUT)
    assert KEY.encode() not in b"".join(server.heads)


def test_f060_a_next_page_elsewhere_is_never_asked_for(listen: Listen) -> None:
    trap = listen(says(content(KNOWN)))
    server = listen(says(content(page(person(), next_=f"http://127.0.0.1:{trap.port}/fhir/_page?id=1"))))
    assert refusal(server.base()) is Reason.PAGING
    assert trap.connections == 0


@pytest.mark.parametrize(
    ("token", "calls"),
    [
        pytest.param(lambda _: "same", 2, id="to itself"),
        pytest.param(lambda heard: str(heard % 2), 3, id="a loop of two"),
        pytest.param(str, MAX_PAGES, id="ten thousand pages"),
    ],
)
def test_f060_pages_without_end_are_left(listen: Listen, token: Callable[[int], str], calls: int) -> None:
    def play(talk: Talk) -> None:
        talk.sock.sendall(content(page(next_=opaque(server, token(len(server.heads))))))

    server = listen(play)
    assert refusal(server.base()) is Reason.PAGING
    assert len(server.heads) == calls
