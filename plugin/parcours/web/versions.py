"""Answers that bear a version: their ``ETag``, their date, and nothing more for who already has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime

from flask import Response, request


def versioned(build: Callable[[], Response], tag: str, since: dt.datetime) -> Response:
    """What ``build`` gives, with the weak tag of its version (``1`` for ``W/"1"``); 304 when it is known."""
    known = request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag)
    response = Response(status=304) if known else build()
    response.set_etag(tag, weak=True)
    response.headers["Last-Modified"] = format_datetime(since.astimezone(dt.UTC), usegmt=True)
    return response
