"""An audit of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.databases import cluster, postgres_url, sqlite_url, store
from tests.store.samples import NOW

from parcours.store import Store
from parcours.store.audit import Traces

__all__ = ["cluster", "postgres_url", "sqlite_url", "store"]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """A new database; of each kind for a test ``on_either``."""
    postgresql = getattr(request, "param", "sqlite") == "postgresql"
    found: str = request.getfixturevalue("postgres_url" if postgresql else "sqlite_url")
    return found


@pytest.fixture
def keys(tmp_path: Path) -> str:
    """Where the keys are."""
    return str(tmp_path / "keys")


@pytest.fixture
def traces(store: Store, keys: str) -> Traces:
    """An audit that was not begun."""
    traces = store.audit(keys)
    traces.prepare(NOW)
    return traces
