"""What is told of every request once it is answered: one line of the log, and the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid
from functools import partial
from typing import Final

import structlog
from flask import Flask, Response, g, request

from parcours.clients import Client
from parcours.web.numbers import Numbers
from parcours.web.routes import asked

LOGGER = logging.getLogger("parcours.access")

HEADER: Final = "X-Request-Id"
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"})
_ID: Final = "parcours.request_id"
"""Where the requests of a batch find the id of what brought them."""
_GIVEN: Final = re.compile(r"(?![0-9AB]{13,15}\Z)[A-Za-z0-9._-]{1,64}", re.ASCII)
"""An id that its software made up; one that looks like a social security number is not repeated."""


def register(app: Flask, numbers: Numbers) -> None:
    """Have each answer of an application told. Before anything else of it: first to begin, last to end."""
    app.before_request(_begin)
    app.after_request(partial(_end, numbers))


def request_id() -> str:
    """The id of the current request: its own, when it is fit to be repeated; else one that we make."""
    if _ID not in request.environ:
        given = request.headers.get(HEADER, "")
        request.environ[_ID] = given if _GIVEN.fullmatch(given) else str(uuid.uuid4())
    return str(request.environ[_ID])


def _begin() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())
    g.begun = time.perf_counter()


def _end(numbers: Numbers, response: Response) -> Response:
    response.headers[HEADER] = request_id()
    method = request.method if request.method in METHODS else "other"
    route, seconds = asked(request), time.perf_counter() - g.begun
    numbers.answered(route, method, response.status_code, seconds)
    client: Client | None = request.environ.get("parcours.client")
    LOGGER.info(
        "request: method=%s route=%s status=%d duration_ms=%s client=%s tenant=%s",
        method,
        route,
        response.status_code,
        round(seconds * 1000, 1),
        client.id if client else "-",
        (client and client.tenant) or "-",
    )
    return response
