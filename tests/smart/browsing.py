"""A browser between the software and this service, and what a test looks at in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from tests.smart.software import Software

from parcours.remote.oauth import ask_token
from parcours.settings import Settings
from parcours.smart import tokens
from parcours.web import create_app

PUBLIC = "https://parcours.example"
CALLBACK = "/callback"
SESSION = "__Host-parcours"
LAUNCH = "__Host-parcours-lancement"
STRANGER = "A" * 43
OPEN = "<h1>Dans le parcours de soins coordonnés</h1>"
PATIENT = "Dominique EXEMPLE"


def cookie(client: FlaskClient, name: str) -> str | None:
    found = client.get_cookie(name, domain=urlsplit(PUBLIC).netloc)
    return found.value if found else None


def keep(client: FlaskClient, name: str, value: str) -> None:
    client.set_cookie(name, value, domain=urlsplit(PUBLIC).netloc, secure=True)


def form_of(page: str) -> str:
    found = re.search(r'name="jeton" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def leave(browser: Browser, **form: str) -> Any:
    return browser.client.post("/logout", data=form, base_url=PUBLIC)


def refused(answer: Any, reason: str, log: pytest.LogCaptureFixture) -> bool:
    """Is it a page, without anything of the patient, and the log says this reason?"""
    assert answer.mimetype == "text/html"
    assert PATIENT not in answer.text
    assert OPEN not in answer.text
    return f"reason={reason} " in log.text


def granted(monkeypatch: pytest.MonkeyPatch, **changes: object) -> list[dict[str, Any]]:
    """What token endpoints give from now on is changed so; all of it, as it was given."""
    given: list[dict[str, Any]] = []

    def changed(*asked: Any) -> Any:
        given.append(ask_token(*asked) | changes)
        return given[-1]

    monkeypatch.setattr(tokens, "ask_token", changed)
    return given


def parameters(address: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


@dataclass
class Browser:
    """One browser: our cookies, and whatever the software shows."""

    client: FlaskClient
    software: Software

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(path, query_string=query or None, base_url=PUBLIC)

    def launched(self) -> str:
        """To where a launch from the chart sends the browser."""
        answer = self.get("/launch", iss=self.software.iss, launch="chart")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def came_back(self) -> dict[str, str]:
        """What the software answers to a launch, once the doctor signed in."""
        return parameters(self.software.signed_in(self.launched()))

    def opened(self) -> str:
        """The address of the page that a whole launch opens."""
        answer = self.get(CALLBACK, **self.came_back())
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).removeprefix(PUBLIC)


@dataclass(frozen=True)
class Desk:
    """Where browsers and services come from: all share the store and the keys."""

    settings: Settings
    software: Software

    def browser(self) -> Browser:
        """A new browser, in front of another process of the same service."""
        return Browser(create_app(self.settings).test_client(), self.software)
