"""A service that keeps declarations, empty at first, and one declaration just prepared."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient
from tests.fhir.declarations import demande
from tests.web.kept import prepared_id

from parcours.settings import Settings
from parcours.web import create_app
from parcours.web.application import Application


@pytest.fixture
def app() -> Application:
    return create_app(Settings())


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def id(client: FlaskClient) -> str:
    """A declaration just prepared."""
    return prepared_id(client, demande(), **{"Idempotency-Key": uuid.uuid4().hex})
