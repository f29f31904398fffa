"""``python -m tests.faults.catalogue.stuck_child PORT``: the server of the service; ``/stuck`` never ends.

Asked to stop, it waits for a second, not ten.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from parcours.web import server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer at once, or never."""
    if environ["PATH_INFO"] == "/stuck":
        threading.Event().wait()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]


def load(*_: object) -> WSGIApplication:
    """What a worker serves."""
    return application


if __name__ == "__main__":
    server.GRACE_S = 1
    server.server_of("stuck", "127.0.0.1", int(sys.argv[1]), 1).serve(target_loader=load, wrap_loader=False)
