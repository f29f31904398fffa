"""A TCP proxy that hands on the first bytes of an answer and then breaks the connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from parcours.remote.endpoints import Endpoint

_RESET = struct.pack("ii", 1, 0)


class FaultProxy:
    """Stands between a client and a server that closes after one answer.

    ``cut`` is how many bytes of an answer pass (``None``: all of them); with ``reset`` the connection is torn
    down instead of closed. ``passed`` is what the last answer weighed before it was cut.
    """

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: int | None = None
        self.reset = False
        self.passed = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=6)

    def base(self) -> Endpoint:
        """Its address, as a FHIR base."""
        return Endpoint.parse(f"http://127.0.0.1:{self.port}/fhir/v2")

    def _serve(self) -> None:
        # The listener is closed when the test is over.
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with contextlib.suppress(OSError), client:
                    self._relay(client)

    def _relay(self, client: socket.socket) -> None:
        client.settimeout(5)
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=5) as server:
            server.sendall(_until_blank_line(client))
            whole = b"".join(iter(lambda: server.recv(65536), b""))
        self.passed = len(whole)
        client.sendall(whole[: self.cut])
        if self.reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _until_blank_line(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(4096)
        if not piece:
            raise ConnectionError
        head += piece
    return head
