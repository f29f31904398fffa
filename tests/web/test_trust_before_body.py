"""Who asks is known before a body is waited for: without a token nobody holds a thread by sending slowly."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from tests.web.tokens import BASE, EC, ISSUER, public

from parcours.settings import Settings
from parcours.web import create_app

WITHOUT_TOKEN: Final = ("definitions.", "smart.", "tokens.")
"""What is open to all, what a person does, whom a cookie names, and what proves itself in a form."""
KNOWN: Final = {"service_id": "parcours-patient-view", "id": "1", "kind": "Task", "document": "decision.json"}


class Unsent(io.RawIOBase):
    """A body that never comes."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        pytest.fail("the body was waited for")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": public(EC)}))
    told = {"id": "x", "issuer": ISSUER, "tenant": "nord", "keys_file": "keys.json"}
    clients = tmp_path / "clients.toml"
    clients.write_text("[[client]]\n" + "".join(f'{name} = "{value}"\n' for name, value in told.items()))
    settings = Settings(clients=str(clients), public_url=BASE, database=str(tmp_path / "kept.sqlite"))
    return create_app(settings)


def with_a_body(app: Flask) -> list[tuple[str, str]]:
    """Method and path of everything that takes a body from a software."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(WITHOUT_TOKEN)]
    urls = app.url_map.bind("parcours.example")
    return [
        (method, urls.build(rule.endpoint, {name: KNOWN[name] for name in rule.arguments}, method))
        for rule in rules
        for method in ("POST", "PUT")
        if method in (rule.methods or ())
    ]


def test_no_body_is_waited_for_without_a_token(app: Flask) -> None:
    asked = with_a_body(app)
    assert len(asked) > 8
    unsent = {"wsgi.input": Unsent(), "CONTENT_LENGTH": "1000", "CONTENT_TYPE": "application/fhir+json"}
    for method, path in asked:
        reply = app.test_client().open(path, method=method, environ_overrides=unsent)
        assert reply.status_code in (401, 403), path  # 403: a page, where a cookie says who asks
