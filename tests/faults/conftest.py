"""The databases of these tests, and a disk that is soon full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.store.databases import cluster, postgres_url, sqlite_url, store, url

__all__ = ["cluster", "postgres_url", "sqlite_url", "store", "url"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["/bin/umount", "-l", place], check=True)
