"""An application whose service answers one thing, or fails in one way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from parcours.domain.decision import Decision
from parcours.errors import InputError
from parcours.fhir.reading import Lecture, Validate
from parcours.service import Evaluation, Service
from parcours.settings import Settings
from parcours.web import create_app

Outcome = Evaluation | Exception


class Canned(Service):
    """A service that was told what to answer, and remembers what it was asked."""

    def __init__(self, settings: Settings, outcome: Outcome) -> None:
        super().__init__(settings)
        self.outcome = outcome
        self.asked: list[tuple[bytes, bool]] = []

    def evaluate(self, body: bytes, *, strict: bool = False, validate: Validate = "full") -> Evaluation:
        assert validate == "full"
        self.asked.append((body, strict))
        if isinstance(self.outcome, Evaluation):
            return self.outcome
        raise self.outcome


@pytest.fixture
def evaluation(decision: Decision, lecture: Lecture) -> Evaluation:
    return Evaluation(decision, lecture)


@pytest.fixture
def canned(evaluation: Evaluation) -> Canned:
    return Canned(Settings(max_bytes=1024), evaluation)


@pytest.fixture
def client(canned: Canned) -> FlaskClient:
    return create_app(Settings(max_bytes=1024), canned).test_client()


@pytest.fixture
def failing() -> Callable[[Exception | InputError], FlaskClient]:
    """A client of a service that fails this way."""

    def build(error: Exception) -> FlaskClient:
        return create_app(Settings(), Canned(Settings(), error)).test_client()

    return build
