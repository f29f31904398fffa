"""The Flask application of this service: what it holds, and what it does when something breaks."""

from __future__ import annotations

import logging
import uuid
from types import TracebackType
from typing import cast

from flask import Flask, Response, current_app, g

from parcours.logs import where
from parcours.service import Service
from parcours.settings import Settings
from parcours.store import Store
from parcours.web.clock import Clock

LOGGER = logging.getLogger("parcours")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Application(Flask):
    """Flask with a service and a store in it, and nothing shared with any other application."""

    def __init__(self, settings: Settings, service: Service, store: Store) -> None:
        super().__init__("parcours", static_folder=None)
        self.settings = settings
        self.service = service
        self.store = store
        self.clock = Clock()
        # An answer that fails is a 500 with a reference, in tests as in production.
        # A visit that is pasted in a page is a field of a form: it may be as large as one that is posted.
        self.config.update(
            PROPAGATE_EXCEPTIONS=False,
            MAX_CONTENT_LENGTH=settings.max_bytes,
            MAX_FORM_MEMORY_SIZE=settings.max_bytes,
        )
        # Flask would redirect `//fhir` with a page of HTML.
        self.url_map.merge_slashes = False

    def log_exception(self, exc_info: ExcInfo) -> None:
        """Log the kind of failure and its reference: a message or a traceback may hold a patient."""
        g.reference = uuid.uuid4().hex
        kind = exc_info[0].__name__ if exc_info[0] else "unknown"
        LOGGER.error("failure: kind=%s where=%s reference=%s", kind, where(exc_info[2]), g.reference)

    def make_default_options_response(self) -> Response:
        """What a route allows, and no body."""
        response = super().make_default_options_response()
        response.status_code = 204
        response.headers.pop("Content-Type", None)
        return response


def application() -> Application:
    """The application that answers the current request."""
    return cast(Application, current_app)
