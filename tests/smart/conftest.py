"""A service launched from a software that is not ours, and the browser between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from tests.smart.browsing import CALLBACK, PUBLIC, Browser, Desk
from tests.smart.software import Software, missing, running
from tests.store.databases import cluster, postgres_url, sqlite_url, store, url

from parcours.settings import Settings
from parcours.smart.our_keys import OurKeys

__all__ = ["cluster", "postgres_url", "sqlite_url", "store", "url"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pair of keys of ours."""
    folder = tmp_path_factory.mktemp("keys")
    OurKeys(str(folder)).rotate()
    return folder


@pytest.fixture(scope="module")
def software(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Iterator[Software]:
    absent = missing()
    if absent:
        pytest.skip(f"outil absent : {absent}")
    folder = tmp_path_factory.mktemp("software")
    with running(folder, f"{PUBLIC}{CALLBACK}", OurKeys(str(keys)).public()) as started:
        yield started


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Our clock, which a test sets; that of the software goes on."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=True) as travelling:
        yield travelling


@pytest.fixture
def registration() -> str:
    """``[client.smart]``, for a test to change."""
    return 'client_id = "parcours"'


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where sessions are kept; a test of the store itself takes ``url``, of each kind."""
    return str(tmp_path / "x.sqlite")


@pytest.fixture
def desk(software: Software, keys: Path, tmp_path: Path, registration: str, database: str) -> Desk:
    clients = tmp_path / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "logiciel"\nissuer = "{software.origin}"\ntenant = "cabinet"\n'
        f'fhir_base = "{software.iss}"\n[client.smart]\n{registration}\n',
        encoding="utf-8",
    )
    settings = Settings(clients=str(clients), public_url=PUBLIC, keys=str(keys), database=database)
    return Desk(settings, software)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return desk.browser()
