"""How ``requests`` reaches a server here: at the address that was checked, and never past the deadline.

The time limits of ``requests`` start anew with each byte: a server that sends one now and then is waited
for without end. Here each wait is given what remains of one deadline, headers and body alike.
"""

from __future__ import annotations

import io
import socket
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from parcours.remote.deadline import Deadline
from parcours.remote.endpoints import Endpoint


class _Reader(io.RawIOBase):
    """What a socket sends, until the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineSocket:
    """A connected socket in everything but how it is read."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._deadline))


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self.sock = _limited(self.sock, self._deadline)


class _TlsConnection(HTTPSConnection):
    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self.sock = _limited(self.sock, self._deadline)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _limited(sock: socket.socket, deadline: Deadline) -> socket.socket:
    # It stands in for a socket, and the library's annotation knows only the real one.
    return cast(socket.socket, _DeadlineSocket(sock, deadline))


class PinnedAdapter(HTTPAdapter):
    """Whatever the URL says, the connection goes to one address, and TLS checks one name. No retries."""

    def __init__(self, endpoint: Endpoint, address: str, deadline: Deadline) -> None:
        super().__init__(max_retries=0)
        self._pool = _pool(endpoint, address, deadline)

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        """The one pool there is, whatever is asked of it."""
        return self._pool

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()
        super().close()


def _pool(endpoint: Endpoint, address: str, deadline: Deadline) -> HTTPConnectionPool:
    if endpoint.scheme == "http":
        return _Pool(address, endpoint.port, deadline=deadline)
    name = endpoint.host.strip("[]")
    return _TlsPool(address, endpoint.port, server_hostname=name, assert_hostname=name, deadline=deadline)
