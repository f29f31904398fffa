"""A server that listens on this machine while a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer

POLL_S = 0.01
"""How soon a server notices that it is to stop: every test loses the half second of the standard library."""


@contextmanager
def listening(server: TCPServer) -> Iterator[int]:
    """``server`` answers in a thread of its own: the port."""
    thread = threading.Thread(target=server.serve_forever, args=[POLL_S])
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
