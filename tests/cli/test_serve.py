"""``parcours serve``: what it asks of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from parcours.settings import Settings
from parcours.web import server

Type = Callable[..., Any]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    asked: list[Settings] = []

    def serve(settings: Settings, started: Callable[[], None]) -> int:
        asked.append(settings)
        started()
        return 0

    monkeypatch.setattr(server, "serve", serve)
    return asked


def test_options_come_before_the_environment_and_the_environment_before_the_defaults(
    typed: Type, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCOURS_PORT", "9000")
    monkeypatch.setenv("PARCOURS_WORKERS", "3")
    said = typed("serve", "--port", "9001", "--host", "::1")
    assert (said.code, said.out) == (0, "")
    assert "http://[::1]:9001/fhir/metadata" in said.err
    assert served == [Settings(port=9001, workers=3, host="::1")]


@pytest.mark.parametrize(
    "arguments",
    [["--host", "0.0.0.0"], ["--port", "0"], ["--workers", "x"]],  # noqa: S104 - the address to refuse
    ids=["an open address", "no port", "no number"],
)
def test_what_cannot_be_served_is_a_wrong_usage(
    arguments: list[str], typed: Type, served: list[Settings]
) -> None:
    assert typed("serve", *arguments).code == 2
    assert served == []
