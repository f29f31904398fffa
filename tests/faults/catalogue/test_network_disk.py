"""F-021: a database on a disk of the network, whichever way it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from parcours.errors import StoreUnusable
from parcours.store import Store, start_checks


@pytest.mark.skipif(not start_checks.MOUNTS.is_file(), reason="only Linux tells what its disks are")
def test_f021_a_disk_of_the_network_is_refused_before_anything_is_made_or_opened(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this disk is, it is now one of those."""

    def refused(opened: Callable[[str], Store]) -> None:
        with pytest.raises(StoreUnusable, match="réseau"):
            opened(sqlite_url)

    local, lines = start_checks.NETWORK, start_checks.MOUNTS.read_text("utf-8").splitlines()
    monkeypatch.setattr(start_checks, "NETWORK", frozenset(line.split(" ")[2] for line in lines))
    refused(Store.open)
    assert not Path(sqlite_url).exists()
    monkeypatch.setattr(start_checks, "NETWORK", local)
    Store.open(sqlite_url).close()
    monkeypatch.setattr(start_checks, "NETWORK", frozenset(line.split(" ")[2] for line in lines))
    refused(Store.open)
    refused(Store.join)
