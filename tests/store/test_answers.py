"""What the store refuses, as HTTP tells it: a status, a sentence, and nothing of the request."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.samples import SECRET

from parcours.errors import (
    AuditUnavailable,
    IllegalMove,
    KeyReused,
    StaleVersion,
    StoreError,
    StoreUnavailable,
    UnknownDeclaration,
)
from parcours.settings import Settings
from parcours.web import create_app


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (KeyReused, 422, "business-rule"),
        (IllegalMove, 422, "business-rule"),
        (StaleVersion, 412, "conflict"),
        (UnknownDeclaration, 404, "not-found"),
        (StoreUnavailable, 503, "transient"),
        (AuditUnavailable, 503, "transient"),
    ],
)
def test_each_refusal_has_its_status_and_none_shows_a_value(
    kind: type[StoreError], status: int, code: str
) -> None:
    app = create_app()

    def refused() -> str:
        raise kind(SECRET)

    app.view_functions["definitions.metadata"] = refused
    reply = app.test_client().get("/fhir/metadata")
    assert reply.status_code == status
    assert reply.get_json()["issue"][0]["code"] == code
    assert SECRET not in reply.text
    assert reply.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_an_application_is_ready_while_its_database_can_be_written() -> None:
    client = create_app().test_client()
    assert client.get("/health/ready").status_code == 200
    Path(Settings().database).unlink()
    reply = client.get("/health/ready")
    assert (reply.status_code, reply.get_json()["status"]) == (503, "unavailable")
    assert client.get("/health/live").status_code == 200
