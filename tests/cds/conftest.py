"""An application asked through its own door, and every answer held to the standard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.cds.calls import CDS
from tests.cds.conformance import response_defects

from parcours.service import Service
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def service() -> Service:
    return Service(Settings())


@pytest.fixture(scope="session")
def client(service: Service, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    store = Store.open(str(tmp_path_factory.mktemp("store") / "parcours.sqlite"))
    return create_app(Settings(), service, store).test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Make a call, and get the answer: 200, and right by every assertion."""

    def asked(body: dict[str, Any], **headers: str) -> dict[str, Any]:
        reply = client.post(f"{CDS}/parcours-{body['hook']}", json=body, headers=headers)
        assert reply.status_code == 200, reply.get_json()
        answer: dict[str, Any] = reply.get_json()
        assert response_defects(answer) == []
        return answer

    return asked
