"""Duty D20: behind a slow line a decision costs its latency once, for it takes one message each way."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.duties.test_identity import visited
from tests.duties.told import without
from tests.fhir.builders import encode
from tests.listening import listening
from werkzeug.serving import make_server

from parcours.settings import Settings
from parcours.web import create_app


@pytest.fixture
def port() -> Iterator[int]:
    """Of the application, behind a server that speaks HTTP."""
    with listening(make_server("127.0.0.1", 0, create_app(Settings()))) as port:
        yield port


def test_d20_a_decision_takes_one_message_each_way(port: int) -> None:
    body = encode(without(visited(), "Claim"))
    head = (
        "POST /fhir/$evaluate-parcours HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/fhir+json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall("\r\n".join((*head, "", "")).encode() + body)
        line.shutdown(socket.SHUT_WR)  # nothing more can be said
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert b" 200 " in answer.partition(b"\r\n")[0]
    assert b"ClaimResponse" in answer
