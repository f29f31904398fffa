"""``python -m tests.faults.catalogue.stuck_child PORT [SECONDS]``: a server that gets stuck.

``/stuck`` waits for ever; ``/short`` has the turn of the worker for a moment. ``/turn`` and ``/deaf`` compute
for ever, and have that turn too; the worker lives for so many seconds with it: one in Python, the other in a
regular expression, beside which no other thread runs. Asked to stop, it waits for a second, not ten.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from parcours.turnstile import Turnstile
from parcours.web import server, stuck

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TURN = Turnstile()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer at once which worker this is, or never."""
    match environ["PATH_INFO"]:
        case "/stuck":
            threading.Event().wait()
        case "/short":
            with TURN:
                time.sleep(0.05)
        case "/turn":
            with TURN:
                for _ in itertools.count():
                    pass
        case "/deaf":
            with TURN:
                re.match("(a*)*b", "a" * 100)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % os.getpid()]


def load(*_: object) -> WSGIApplication:
    """What a worker serves."""
    if SECONDS:
        stuck.watch(TURN, SECONDS)
    return application


if __name__ == "__main__":
    server.GRACE_S = 1
    SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    server.server_of("stuck", "127.0.0.1", int(sys.argv[1]), 1).serve(target_loader=load, wrap_loader=False)
