"""A service that listens on this machine for a while, and the tools that a test may need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from tests.listening import listening
from werkzeug.serving import WSGIRequestHandler, make_server

from parcours.settings import Settings
from parcours.web import create_app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: what is asked is not for the output of a test."""


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The FHIR base of a service that really listens, on a free port of the loopback address."""
    server = make_server("127.0.0.1", 0, lambda *_: [], request_handler=_Quiet)
    database = str(tmp_path_factory.mktemp("kept") / "parcours.sqlite")
    server.app = create_app(Settings(port=server.server_port, database=database)).wsgi_app
    with listening(server) as port:
        yield f"http://127.0.0.1:{port}/fhir"
