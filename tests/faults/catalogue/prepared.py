"""The preparation of one declaration, asked of an application in this process."""

from __future__ import annotations

from flask import Flask
from tests.fhir.declarations import demande
from werkzeug.test import TestResponse

FHIR = "application/fhir+json"


def prepare(app: Flask, key: str) -> TestResponse:
    """Ask for it under this key."""
    headers = {"Idempotency-Key": key}
    return app.test_client().post(
        "/fhir/$prepare-declaration", json=demande(), content_type=FHIR, headers=headers
    )
