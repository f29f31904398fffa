"""A bridge on loopback: it takes each key once, and answers as it is told, however badly."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.listening import POLL_S

Play = Callable[["Call"], None]
FHIR = "application/fhir+json"


class Bridge(ThreadingHTTPServer):
    """``heard``: every call, as its key and its bytes; ``taken``: the receipt of each key it acted upon.

    ``plays`` are used up one by one; after them it answers well.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.heard: list[tuple[str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.taken: dict[str, str] = {}
        self.plays: list[Play] = []
        self.over = threading.Event()
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=[POLL_S])
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/dmti"

    def hear(self, call: Call, body: bytes) -> Play:
        with self._turn:
            self.heard.append((call.key, body))
            self.headers.append(dict(call.headers))
            return self.plays.pop(0) if self.plays else receives

    def take(self, key: str) -> str:
        """The receipt of this key: the same ever after."""
        with self._turn:
            return self.taken.setdefault(key, f"AR-{len(self.taken) + 1}")

    def handle_error(self, *_: Any) -> None:
        """The client leaves when it has had enough: that is what is tested."""

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class Call(BaseHTTPRequestHandler):
    """One call of the service."""

    server: Bridge

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.hear(self, body)(self)

    do_GET = do_POST

    def answer(self, status: int, body: bytes, kind: str = FHIR, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: what is asked is not for the output of a test."""


def receives(call: Call) -> None:
    """Take it, and say so."""
    call.answer(200, acknowledgement(call.server.take(call.key)))


def loses_its_answer(call: Call) -> None:
    """Take it, and break the connection."""
    call.server.take(call.key)
    call.close_connection = True


def says(status: int, body: bytes = b"", kind: str = FHIR, **headers: str) -> Play:
    """Answer this, and take nothing."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda call: call.answer(status, body, kind, **told)


def hangs(call: Call) -> None:
    """Take it, and never say so."""
    call.server.take(call.key)
    call.server.over.wait(5)


def drips(call: Call) -> None:
    """Take it, and say so byte after byte, without end."""
    call.server.take(call.key)
    _begins(call)
    while not call.server.over.wait(0.02):
        call.wfile.write(b" ")


def floods(call: Call) -> None:
    """Take it, and answer without end."""
    call.server.take(call.key)
    _begins(call)
    while not call.server.over.is_set():
        call.wfile.write(b" " * 65536)


def _begins(call: Call) -> None:
    call.send_response(200)
    call.send_header("Content-Type", FHIR)
    call.end_headers()


def acknowledgement(*receipts: Any, name: str = "recu") -> bytes:
    """The ``Parameters`` of a bridge that took a declaration."""
    given = [{"name": name, "valueString": receipt} for receipt in receipts]
    return json.dumps({"resourceType": "Parameters", "parameter": given}).encode()
