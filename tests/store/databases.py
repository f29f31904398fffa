"""Databases for tests: a new one for each, in a SQLite file or in a private PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from parcours.store import Store

DEBIAN = Path("/usr/lib/postgresql")
OWNER = "postgres"
SERVICE = "parcours"
"""The role of the service: an ordinary one, whom row security binds."""


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest one installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(DEBIAN.glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of our own: in its folder, on a socket in that folder, owned by nobody's data."""

    programs: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, as a user that it accepts."""
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, timeout=60)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=50"
        log = str(self.folder / "log")
        self.run("pg_ctl", "start", "-w", "-D", self.data, "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it as a crash would: what it had not written, it must find again by itself."""
        self.run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")

    @property
    def data(self) -> str:
        """Where its files are."""
        return str(self.folder / "data")

    def url(self, name: str, role: str = SERVICE) -> str:
        """How one of its databases is named to the service."""
        return f"postgresql://{role}@/{name}?host={self.folder}"

    def execute(self, statement: str, name: str | None = "postgres") -> None:
        """Run a statement as its administrator."""
        with psycopg.connect(self.url(name or "postgres", OWNER), autocommit=True) as connection:
            connection.execute(statement.encode())


def made_cluster() -> Cluster:
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL here (initdb): apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="parcours-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    cluster = Cluster(programs, folder)
    cluster.run(
        "initdb", "-D", cluster.data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
    )
    return cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One server for the tests of a process."""
    cluster = made_cluster()
    cluster.start()
    cluster.execute(f"CREATE ROLE {SERVICE} LOGIN")
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.folder)


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """A new, empty PostgreSQL database."""
    name = f"t{os.urandom(6).hex()}"
    cluster.execute(f"CREATE DATABASE {name} OWNER {SERVICE}")
    yield cluster.url(name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Where there is no file yet."""
    return str(tmp_path / "kept" / "parcours.sqlite")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A new database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open, empty store of each kind."""
    store = Store.open(url)
    yield store
    store.close()
