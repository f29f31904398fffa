"""A service that dies at a chosen moment of a request.

``python -m tests.faults.catalogue.killed_child DATABASE KEY``: prepares a declaration under that key, and is
killed once it is kept and the answer is made (and printed here), before anybody gets it.
"""

from __future__ import annotations

import os
import signal
import sys

from flask import Response
from tests.faults.catalogue.prepared import prepare

from parcours.settings import Settings
from parcours.web import create_app


def die(answer: Response) -> Response:
    """End here."""
    sys.stdout.buffer.write(answer.data)
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    app = create_app(Settings(database=sys.argv[1]))
    app.after_request_funcs.setdefault(None, []).append(die)  # the first to be called once there is an answer
    prepare(app, sys.argv[2])
