"""A service with a bridge on loopback, and a declaration that was signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.web.handover.asking import TOKEN, moved
from tests.web.kept import Json
from tests.web.receiver import Bridge
from tests.web.test_fhir_access import PUBLIC, declared, prepared

from parcours.remote import bridge as remote
from parcours.settings import Settings
from parcours.web.app import create_app


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    listening = Bridge()
    yield listening
    listening.close()


@pytest.fixture
def client(bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Three clients: two of one practice, one of them with the bridge; one of another practice, with it."""
    monkeypatch.setattr(remote, "PAUSES", (0.01, 0.01))
    (tmp_path / "pont.token").write_text(TOKEN)
    (tmp_path / "pont.token").chmod(0o600)
    reached = f'[client.bridge]\nurl = "{bridge.url}"\ntoken_file = "pont.token"\n'
    file = tmp_path / "clients.toml"
    file.write_text(declared("x", "nord") + reached + declared("z", "nord") + declared("y", "sud") + reached)
    file.chmod(0o600)
    settings = Settings(clients=str(file), public_url=PUBLIC, database=str(tmp_path / "kept.sqlite"))
    return create_app(settings).test_client()


@pytest.fixture
def task(client: FlaskClient) -> Json:
    """A declaration that was signed."""
    return moved(client, prepared(client, "x"), "signee")
