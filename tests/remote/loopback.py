"""A server that does what it is told, on loopback, and counts who came."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Protocol

from parcours.remote.endpoints import Endpoint

FHIR = "application/fhir+json; charset=UTF-8"
Play = Callable[["Talk"], None]


class Listen(Protocol):
    """Start a server that plays; with TLS when a context is given."""

    def __call__(self, play: Play, tls: ssl.SSLContext | None = None) -> Server: ...


class Talk:
    """One connection: what was asked, how to answer, and whether the test is over."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self.sock = sock
        self.over = over
        self.head = b""

    def hear(self) -> bool:
        """Read one request; ``False`` when the client has left."""
        self.head = b""
        while b"\r\n\r\n" not in self.head:
            piece = self.sock.recv(4096)
            if not piece:
                return False
            self.head += piece
        return True

    @property
    def target(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    def drip(self, data: bytes) -> None:
        """One byte at a time, until the client gives up or the test is over."""
        for byte in data:
            if self.over.wait(0.02):
                return
            self.sock.sendall(bytes([byte]))


class Server:
    """It listens until it is closed; every request it heard is in ``heads``."""

    def __init__(self, play: Play, tls: ssl.SSLContext | None = None) -> None:
        self._play = play
        self._tls = tls
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.heads: list[bytes] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def base(self, scheme: str = "http", host: str = "127.0.0.1", ca_file: str | None = None) -> Endpoint:
        return Endpoint.parse(f"{scheme}://{host}:{self.port}/fhir/", ca_file=ca_file)

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                sock, _ = self._listener.accept()
                self.connections += 1
                sock.settimeout(5)
                thread = threading.Thread(target=self._answer, args=(sock,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _answer(self, plain: socket.socket) -> None:
        # The client leaves when it has had enough: that is what is tested.
        with contextlib.suppress(OSError), plain, self._secured(plain) as sock:
            talk = Talk(sock, self._over)
            while talk.hear():
                self.heads.append(talk.head)
                self._play(talk)

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=6)


def answer(body: bytes = b"{}", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; a header given as ``""`` is left out."""
    told = {"Content_Type": FHIR, "Content_Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in told.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def content(resource: object, status: str = "200 OK") -> bytes:
    """The same, holding this as JSON."""
    return answer(json.dumps(resource).encode(), status)


def says(whole: bytes) -> Play:
    """Answer each request with these bytes."""

    def play(talk: Talk) -> None:
        talk.sock.sendall(whole)

    return play


def says_and_leaves(whole: bytes) -> Play:
    """The same, and close the connection."""

    def play(talk: Talk) -> None:
        talk.sock.sendall(whole)
        talk.sock.close()

    return play


def hangs(talk: Talk) -> None:
    """Never answer."""
    talk.over.wait(5)
