"""Requests that are not as they should be, byte for byte, and what may be answered: B-009 to B-019."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

Connect = Callable[[], socket.socket]

GET: Final = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
POST: Final = (
    b"POST /fhir/$evaluate-parcours HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n"
)
FORM: Final = (
    b"POST /visites/essai HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
BODY: Final = b"\r\n2\r\n{}\r\n0\r\n\r\n"
MUCH: Final = b"a" * (3 * 1024 * 1024)
CLOSED: Final = 0
BARE: Final = -1
"""An answer without a status, as in HTTP/0.9."""
PATIENCE_S: Final = 18.0
"""Beyond nginx's own limit of fifteen seconds."""


@dataclass(frozen=True)
class Row:
    """One request; the statuses that the service may give, and nginx in front of it, when they differ.

    ``CLOSED``: the connection is closed without a word.
    """

    name: str
    request: bytes
    service: frozenset[int]
    nginx: frozenset[int]


def row(name: str, request: bytes, service: set[int], nginx: set[int] | None = None) -> Row:
    return Row(name, request, frozenset(service), frozenset(service if nginx is None else nginx))


def with_length(value: bytes) -> bytes:
    return POST + b"Content-Length: " + value + b"\r\n\r\n{}"


# What nginx takes in whole, it passes on with a length: such a body is judged like any other.
ROWS: Final = (
    row("B-009 gzip", POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", {415}, {401}),
    row("B-011 chunked", POST + CHUNKED + BODY, {411}, {401}),
    row("B-011 chunked form", FORM + CHUNKED + BODY, {411}, {401, 403}),
    row("B-011 chunked, 3 MB", POST + CHUNKED + b"\r\n300000\r\n" + MUCH + b"\r\n0\r\n\r\n", {411}, {413}),
    row("B-011 3 MB", POST + b"Content-Length: 3145728\r\n\r\n" + MUCH, {413}),
    row("B-011 neither length nor chunks", POST + b"\r\n", {411}, {401, 411}),
    row("B-012 length and chunks", POST + b"Content-Length: 2\r\n" + CHUNKED + BODY, {411}, {400}),
    row("B-013 two lengths", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", {400}),
    *(
        row(f"B-013 length {value!r}", with_length(value), {400})
        for value in (b"-1", b"+25", b"0x19", b"2 5")
    ),
    row("B-014 xchunked", POST + b"Transfer-Encoding: xchunked\r\n" + BODY, {400}, {400, 501}),
    row("B-014 space before the colon", POST + b"Transfer-Encoding : chunked\r\n" + BODY, {400}),
    row(
        "B-014 chunked, identity",
        POST + b"Transfer-Encoding: chunked, identity\r\n" + BODY,
        {400},
        {400, 501},
    ),
    row("B-014 twice", POST + CHUNKED + b"Transfer-Encoding: identity\r\n" + BODY, {400}, {400, 501}),
    row("B-015 bare LF, which HTTP allows to take", GET.replace(b"\r", b"") + b"\n", {200}),
    row("B-015 obsolete folding", GET + b"X-A: b\r\n c\r\n\r\n", {400}),
    row("B-015 NUL", GET + b"X-A: b\0c\r\n\r\n", {400}),
    row("B-015 CR", GET + b"X-A: b\rc\r\n\r\n", {400}),
    row("B-017 huge chunk", POST + CHUNKED + b"\r\n100000000000000000000\r\n{}", {411}, {400, 413}),
    row(
        "B-017 long extension",
        POST + CHUNKED + b"\r\n2;a=" + b"x" * 20_000 + b"\r\n{}\r\n0\r\n\r\n",
        {411},
        {400, 401},
    ),
    row("B-017 chunk with bare LF", POST + CHUNKED + b"\r\n2\n{}\n0\n\n", {411}, {400, 401}),
    row("B-018 HTTP/0.9", b"GET /health/live\r\n\r\n", {400}, {CLOSED}),
    row("B-018 HTTP/9.9", b"GET /health/live HTTP/9.9\r\nHost: localhost\r\n\r\n", {400}, {400, 505}),
    row("B-018 HTTP/2 unasked", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {CLOSED}, {400, 505}),
    row("B-018 TLS on the plain port", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(159), {400}),
    row("B-018 unknown method", GET.replace(b"GET", b"BREW") + b"\r\n", {405}),
    row("B-018 method of 1 kB", GET.replace(b"GET", b"A" * 1024) + b"\r\n", {405}),
    row("B-019 header of 9 kB", GET + b"X-A: " + b"a" * 9000 + b"\r\n\r\n", {431}),
    row("B-019 header of 100 kB", GET + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n", {431}, {400}),
    row(
        "B-019 200 headers",
        GET + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
        {431},
        {431, 502},
    ),
    row("B-019 address of 9 kB", GET.replace(b"live", b"a" * 9000) + b"\r\n", {414}),
    row("B-019 address of 100 kB", GET.replace(b"live", b"a" * 100_000) + b"\r\n", {414}),
)


def statuses(connect: Connect, request: bytes) -> list[int]:
    """The statuses of all that is answered, until the other side closes or says nothing more."""
    with connect() as connection:
        connection.settimeout(PATIENCE_S)
        answer = b""
        with suppress(OSError):  # refused before all of it was sent: the answer is there to be read
            connection.sendall(request)
        with suppress(OSError):
            while not _is_whole(answer) and (more := connection.recv(65_536)):
                answer += more
    found = re.findall(rb"HTTP/1\.[01] (\d{3})", answer)
    return [int(status) for status in found] or [BARE if answer else CLOSED]


def _is_whole(answer: bytes) -> bool:
    """Is there one answer, with as much of a body as it says?"""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(end) and length is not None and len(body) >= int(length[1])


def plain(port: int) -> Connect:
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def through_tls(port: int, authority: str, name: str) -> Connect:
    context = ssl.create_default_context(cafile=authority)

    def connect() -> socket.socket:
        return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=name)

    return connect
