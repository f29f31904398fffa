"""Servers on loopback, for as long as a test lasts."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
from tests.remote.loopback import Listen, Play, Server


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Start servers that play; all are gone when the test is."""
    servers: list[Server] = []

    def start(play: Play, tls: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(play, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
