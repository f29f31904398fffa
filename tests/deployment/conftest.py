"""A PostgreSQL of these tests alone: they make its roles, as the page tells to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from tests.store.databases import Cluster, made_cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A new one, gone at the end."""
    made = made_cluster()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.folder)
