"""Which addresses may be called: reliability 3.4, A-030 to A-042. A listener counts hits, and has none."""

from __future__ import annotations

import ipaddress
import socket
import threading
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import urllib3.util.connection
from tests.remote.loopback import Listen, content, says

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint, is_public
from parcours.remote.http import Conversation
from parcours.remote.unreachable import Reason, Unreachable

BASE = Endpoint.parse("https://ehr.example/fhir/")
PRACTICE = Endpoint.parse("https://ehr.example/fhir/", private=True)
PUBLIC = "93.184.216.34"

# What ``fhirServer`` says in a request, by its number in the catalogue; P is the port of a listener.
AMBIGUOUS = [
    ("A-030", "http://0:P/fhir/"),
    ("A-031", "http://2130706433:P/fhir/"),
    ("A-031", "http://0x7f.1:P/fhir/"),
    ("A-031", "http://127.1:P/fhir/"),
    ("A-031", "http://0177.0.0.1:P/fhir/"),
    ("A-031", "http://\u0661\u0662\u0667.0.0.1:P/fhir/"),
    ("A-031", "http://0177.1:P/fhir/"),
    ("A-031", "http://0x7f000001:P/fhir/"),
    ("A-031", "http://127.0.1:P/fhir/"),
    ("A-031", "http://\uff11\uff12\uff17.0.0.1:P/fhir/"),
    ("A-034", "https://ehr.example@127.0.0.1:P/fhir/"),
    ("A-034", "https://ehr.example:443@127.0.0.1:P/fhir/"),
    ("A-034", "http://127.0.0.1:P#ehr.example/fhir/"),
    ("A-034", "http://127.0.0.1:P/#ehr.example/fhir/"),
    ("A-034", "https://evil.test/https://ehr.example/fhir/"),
    ("A-034", "https://ehr.example@evil.test/fhir/"),
    ("A-034", "https://evil.test#ehr.example/fhir/"),
    ("A-034", "https://ehr.example%2f@127.0.0.1:P/fhir/"),
    ("A-035", "http://127.0.0.1:P\\@ehr.example/fhir/"),
    ("A-035", "https:/\\127.0.0.1:P/fhir/"),
    ("A-035", "https:127.0.0.1:P/fhir/"),
    ("A-035", "//ehr.example/fhir/"),
    ("A-035", "https:evil.test"),
    ("A-035", "https:///127.0.0.1:P/fhir/"),
    ("A-035", "https://ehr.example\\.127.0.0.1:P/fhir/"),
    ("A-035", "https://ehr.example%00.evil.test/fhir/"),
    ("A-035", "https://ehr.example\t/fhir/"),
    ("A-035", "https://ehr.example/fhir/\n"),
    ("A-035", " https://ehr.example/fhir/"),
    ("A-035", "https://ehr\u3002example/fhir/"),
    ("A-037", "https://ehr.example/../admin"),
    ("A-037", "https://ehr.example/fhir/../../x"),
    ("A-037", "https://ehr.example/fhir/%2e%2e/x"),
    ("A-037", "https://ehr.example/fhir/./"),
    ("A-037", "https://ehr.example/fhir//"),
    ("A-037", "https://ehr.example:0/fhir/"),
    ("A-037", "https://ehr.example:99999/fhir/"),
    ("A-037", "https://ehr.example./fhir/"),
    ("A-041", "file:///etc/passwd"),
    ("empty", ""),
]
ELSEWHERE = [
    ("A-030", "http://127.0.0.1:P/fhir/"),
    ("A-030", "http://localhost:P/fhir/"),
    ("A-030", "http://[::1]:P/fhir/"),
    ("A-030", "http://0.0.0.0:P/fhir/"),
    ("A-030", "http://LOCALHOST:P/fhir/"),
    ("A-030", "http://[::]:P/fhir/"),
    ("A-030", "http://ehr.localhost:P/fhir/"),
    ("A-031", "http://[::ffff:127.0.0.1]:P/fhir/"),
    ("A-033", "http://169.254.169.254/"),
    ("A-033", "http://10.0.0.1/"),
    ("A-033", "http://192.168.0.1/"),
    ("A-033", "http://100.64.0.1/"),
    ("A-033", "http://[fd00:ec2::254]/"),
    ("A-033", "http://172.16.0.1/"),
    ("A-034", "https://ehr.example.evil.test/fhir/"),
    ("A-034", "http://127.0.0.1:P/?ehr.example/fhir/"),
    ("A-034", "https://evil.test/?ehr.example"),
    ("A-034", "https://ehr-example/fhir/"),
    ("A-037", "https://ehr.example/fhirX"),
    ("A-037", "https://ehr.example/FHIR/"),
    ("A-037", "https://ehr.example/"),
    ("A-037", "https://ehr.example:8443/fhir/"),
    ("A-041", "http://ehr.example/fhir/"),
]


def rows(table: list[tuple[str, str]]) -> list[Any]:
    return [pytest.param(given, id=f"{number} {given!r}") for number, given in table]


def is_taken(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("given", rows(AMBIGUOUS + ELSEWHERE))
def test_an_address_of_a_request_is_compared_and_never_called(
    listen: Listen, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    listener = listen(says(content({})))
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: asked.append(args))
    forged = given.replace(":P", f":{listener.port}")
    assert not BASE.same_as(forged)
    assert not is_taken(BASE.within, forged)
    assert (listener.connections, asked) == (0, []), "neither called nor looked up"


def test_who_calls_what_a_request_gives_reaches_this_machine_by_many_of_them(listen: Listen) -> None:
    """The control: without the comparison, the listener of the test above has its hits."""
    listener = listen(says(content({})))
    for _, given in AMBIGUOUS + ELSEWHERE:
        host = given.removeprefix("http://").removesuffix(":P/fhir/")
        with suppress(OSError, ValueError):
            if f"http://{host}:P/fhir/" == given and socket.gethostbyname(host) == "127.0.0.1":
                called = given.replace(":P", f":{listener.port}")
                urllib.request.urlopen(called, timeout=5).close()  # noqa: S310 - what one must not do
    assert listener.connections >= 3


@pytest.mark.parametrize(
    "given", ["https://ehr.example/fhir/other", "https://ehr.example/fhir/?_format=xml", None, 7, ["x"]]
)
def test_nothing_but_the_base_is_the_base(given: object) -> None:
    assert not BASE.same_as(given)


@pytest.mark.parametrize(
    "given", ["https://ehr.example/fhir/", "https://ehr.example/fhir", "HTTPS://EHR.Example:443/fhir"]
)
def test_the_configured_address_is_recognised_however_it_is_written(given: str) -> None:
    assert BASE.same_as(given)


UNSAFE = [
    ("A-041", "http://ehr.example/fhir/"),
    ("A-041", "http://10.0.0.1/"),
    ("query", "https://a.example/?b"),
]


@pytest.mark.parametrize("text", rows(AMBIGUOUS + UNSAFE))
def test_the_configuration_takes_no_address_that_may_be_read_in_two_ways_or_overheard(text: str) -> None:
    assert not is_taken(Endpoint.parse, text.replace(":P", ":8080"))


# ---------------------------------------------------------------- what a name resolves to


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names resolve to these, one list after the other; addresses to themselves. The names asked for."""
    asked: list[str] = []
    waiting = list(answers)

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        try:
            found = [str(ipaddress.ip_address(host))]
        except ValueError:
            asked.append(host)
            found = waiting.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def resolved(endpoint: Endpoint) -> str | Reason:
    try:
        return endpoint.resolve(Deadline.after(5))
    except Unreachable as error:
        return error.reason


@pytest.mark.parametrize(
    ("addresses", "public", "practice"),
    [
        ([PUBLIC], True, True),
        (["2606:2800:220:1:248:1893:25c8:1946"], True, True),
        (["10.0.0.1"], False, True),
        (["172.16.0.1"], False, True),
        (["192.168.0.1"], False, True),
        (["fd12:3456::1"], False, True),
        ([PUBLIC, "10.0.0.1"], False, True),
        (["127.0.0.1"], False, False),
        (["127.8.8.8"], False, False),
        (["::1"], False, False),
        (["0.0.0.0"], False, False),  # noqa: S104 - an address that must be refused
        (["::"], False, False),
        (["169.254.169.254"], False, False),
        (["fe80::1"], False, False),
        (["fe80::1%1"], False, False),
        (["100.64.0.1"], False, False),
        (["192.0.0.1"], False, False),
        (["192.0.2.1"], False, False),
        (["198.18.0.1"], False, False),
        (["203.0.113.1"], False, False),
        (["224.0.0.1"], False, False),
        (["240.0.0.1"], False, False),
        (["255.255.255.255"], False, False),
        (["ff02::1"], False, False),
        (["::ffff:127.0.0.1"], False, False),
        ([f"::ffff:{PUBLIC}"], False, False),
        (["64:ff9b::7f00:1"], False, False),
        (["2002:7f00:1::"], False, False),
        (["2001:0:7f00:1::"], False, False),
        (["2001:db8::1"], False, False),
        ([PUBLIC, "127.0.0.1"], False, False),
        ([PUBLIC] * 40 + ["127.0.0.1"], False, False),
    ],
    ids=lambda value: ",".join(value[-2:]) if isinstance(value, list) else None,
)
def test_a038_every_address_of_a_name_must_be_allowed(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], public: bool, practice: bool
) -> None:
    for endpoint, allowed in ((BASE, public), (PRACTICE, practice)):
        resolving(monkeypatch, addresses)
        assert resolved(endpoint) == (addresses[0] if allowed else Reason.ADDRESS)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_called_only_when_the_configuration_says_its_very_name(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    address = "::1" if "[" in host else "127.0.0.1"
    resolving(monkeypatch, [address])
    assert resolved(Endpoint.parse(f"http://{host}:8080/fhir/")) == address
    resolving(monkeypatch, [PUBLIC], ["10.0.0.1"])
    if host == "localhost":
        assert resolved(Endpoint.parse("https://localhost/")) == PUBLIC
        assert resolved(Endpoint.parse("https://localhost/")) is Reason.ADDRESS


def test_ipv4_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["2606:2800:220:1:248:1893:25c8:1946", PUBLIC])
    assert resolved(BASE) == PUBLIC


def test_a038_the_address_that_was_checked_is_the_one_called(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the name is public when it is checked, and this machine ever after."""
    listener = listen(says(content({})))
    base = Endpoint.parse(f"https://ehr.example:{listener.port}/fhir/")
    called: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> Any:
        called.append(address)
        raise OSError

    asked = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"], ["127.0.0.1"])
    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect)
    with Conversation(base, Deadline.after(5)) as conversation:
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"\Aconnect\Z"):
                conversation.get("/fhir/Patient/1")
    assert called == [(PUBLIC, listener.port)] * 2
    assert asked == ["ehr.example"], "looked up once"
    assert listener.connections == 0


def test_the_name_is_what_the_server_is_told(listen: Listen) -> None:
    server = listen(says(content({})))
    with Conversation(server.base(host="localhost"), Deadline.after(5)) as conversation:
        conversation.get("/fhir/Patient/1")
    assert f"Host: localhost:{server.port}".encode() in server.heads[0]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(socket.gaierror(), Reason.NAME), (OSError(), Reason.NAME), (UnicodeError(), Reason.NAME)],
)
def test_f047_a_name_that_does_not_resolve(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: Reason
) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert resolved(BASE) is reason


def test_f047_a_name_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, [])
    assert resolved(BASE) is Reason.NAME


def test_f047_a_resolver_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(5) and [])
    try:
        with pytest.raises(Unreachable, match=r"\Atimeout\Z"):
            BASE.resolve(Deadline.after(0.1))
    finally:
        over.set()


def test_the_open_internet_is_not_the_networks_inside_it() -> None:
    assert is_public(ipaddress.ip_address(PUBLIC))
    assert not is_public(ipaddress.ip_address("64:ff9b::1"))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://ehr.example/fhir?_getpages=a-b&_count=50", "/fhir?_getpages=a-b&_count=50"),
        ("https://EHR.example:443/fhir/Patient?page=%7B2%7D", "/fhir/Patient?page=%7B2%7D"),
        ("https://ehr.example/fhir/", "/fhir/"),
    ],
)
def test_an_address_under_the_base_gives_its_path_and_query(url: str, target: str) -> None:
    assert BASE.within(url) == target
