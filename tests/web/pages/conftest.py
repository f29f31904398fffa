"""A practice in front of its pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from tests.fhir.declarations import demande
from tests.web.pages.office import Office

from parcours.settings import Settings
from parcours.web import create_app


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """This machine's user, unnamed, with a service of his own, on a day of which ages are known."""
    app = create_app(Settings(database=str(tmp_path / "kept.sqlite")))
    with time_machine.travel(dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC), tick=True):
        yield Office(app.test_client())


@pytest.fixture
def address(office: Office) -> str:
    """A declaration just prepared."""
    return office.prepared(demande())
