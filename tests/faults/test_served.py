"""The real server with its database: ready while it can write, and refused when it must not start."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from tests.faults.served import Server, served
from tests.store.databases import Cluster
from tests.store.samples import nouvelle

from parcours.store import Store

EXAMPLE = (
    Path(__file__).resolve().parents[2] / "examples/declarations/01-adulte-sans-medecin-traitant/bundle.json"
)
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads the processes under /proc")


def test_a_server_whose_database_is_gone_is_alive_and_not_ready(sqlite_url: str) -> None:
    with served(sqlite_url) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        Path(sqlite_url).rename(f"{sqlite_url}.old")
        for _ in range(4):
            reply = session.get(f"{server.url}/health/ready", timeout=30)
            assert (reply.status_code, reply.json()["status"]) == (503, "unavailable")
            assert session.get(f"{server.url}/health/live", timeout=30).status_code == 200
        Path(f"{sqlite_url}.old").rename(sqlite_url)
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        session.close()
        code, said = server.stop()
    assert code == 0
    assert sqlite_url not in said
    assert "Traceback" not in said


def test_a_server_that_stops_leaves_one_whole_file(sqlite_url: str) -> None:
    with served(sqlite_url, workers=1) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        session.close()
        server.stop()
    assert [file.name for file in Path(sqlite_url).parent.iterdir()] == [Path(sqlite_url).name]


def test_a_server_killed_and_started_again_finds_what_it_had(sqlite_url: str) -> None:
    with served(sqlite_url) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        store = Store.join(sqlite_url)
        kept = store.declarations.create("local", nouvelle()).dossier
        server.kill()
        store.close()
    with served(sqlite_url) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
    store = Store.join(sqlite_url)
    assert store.declarations.read("local", kept.id) == kept
    store.close()


def test_a_server_is_ready_again_by_itself_when_postgresql_is_back(
    cluster: Cluster, postgres_url: str
) -> None:
    with served(postgres_url) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        cluster.stop()
        try:
            assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 503
        finally:
            cluster.start()
        for _ in range(4):
            assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200


@pytest.mark.parametrize(("content", "told"), [(b"", "est vide"), (b"lettre" * 999, "pas une base")])
def test_a_server_does_not_start_on_what_is_no_database(tmp_path: Path, content: bytes, told: str) -> None:
    database = tmp_path / "parcours.sqlite"
    database.write_bytes(content)
    database.chmod(0o600)
    with served(str(database)) as server:
        out, err = server.process.communicate(timeout=30)
        assert server.process.returncode == 1
        assert told in err
        assert "Traceback" not in out + err
    assert database.read_bytes() == content


def ask(server: Server, key: int) -> requests.Response:
    """Prepare a declaration under this key, on a connection of its own."""
    headers = {"Content-Type": "application/fhir+json", "Idempotency-Key": str(key)}
    url = f"{server.url}/fhir/$prepare-declaration"
    return requests.post(url, data=EXAMPLE.read_bytes(), headers=headers, timeout=60)


@linux_only
def test_a_worker_that_is_killed_is_replaced_and_the_other_goes_on(sqlite_url: str) -> None:
    """F-002: and who was cut asks again with his key, and has one declaration."""
    keys = range(8)
    with served(sqlite_url) as server, server.session() as session, ThreadPoolExecutor(8) as crowd:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        first = _two_workers(server)
        asked = [crowd.submit(ask, server, key) for key in keys]
        os.kill(first[0], signal.SIGKILL)
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        assert session.get(f"{server.url}/fhir/metadata", timeout=30).status_code == 200
        cut = [key for key in keys if isinstance(asked[key].exception(60), requests.RequestException)]
        assert {asked[key].result().status_code for key in keys if key not in cut} <= {200, 503}
        again = _two_workers(server, without=first[0])
        assert again[0] == first[1] or again[1] == first[1]
        assert [ask(server, key).status_code for key in keys] == [200] * len(keys)
        found = session.get(f"{server.url}/fhir/Task?_count=0", timeout=30).json()
        assert found["total"] == len(keys)
        session.close()
        assert server.stop()[0] == 0


@linux_only
def test_workers_end_with_a_parent_that_is_killed(sqlite_url: str) -> None:
    with served(sqlite_url) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        workers = _two_workers(server)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert _until(lambda: not any(_lives(pid) for pid in workers))


def test_a_locked_database_stops_neither_health_nor_what_needs_no_database(sqlite_url: str) -> None:
    """F-015, F-025, F-037: writers wait and are told to come back; nobody else notices."""
    with served(sqlite_url, workers=1) as server, server.session() as session:
        assert session.get(f"{server.url}/health/ready", timeout=30).status_code == 200
        with (
            closing(sqlite3.connect(sqlite_url, isolation_level=None)) as rival,
            ThreadPoolExecutor(12) as crowd,
        ):
            rival.execute("BEGIN IMMEDIATE")
            asked = [crowd.submit(ask, server, key) for key in range(12)]
            begun = time.monotonic()
            for path in ("/health/live", "/fhir/metadata", "/health/live"):
                assert session.get(f"{server.url}{path}", timeout=30).status_code == 200
            waited = time.monotonic() - begun
            statuses = {reply.result().status_code for reply in asked}
            rival.execute("ROLLBACK")
        assert statuses == {503}
        assert waited < 4, "less than one writer waits"
        tasks = f"{server.url}/fhir/Task"
        assert session.get(tasks, timeout=30).json()["total"] == 0
        assert ask(server, 0).status_code == 200, "the key that was refused serves"
        assert session.get(tasks, timeout=30).json()["total"] == 1


def _two_workers(server: Server, without: int = 0) -> list[int]:
    """Both workers, once there are two, none of them ``without``."""
    assert _until(lambda: len(set(server.workers()) - {without}) == 2)
    return sorted(set(server.workers()) - {without})


def _until(told: Callable[[], bool], seconds: float = 15) -> bool:
    """Does it come true in time?"""
    limit = time.monotonic() + seconds
    while not told():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def _lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
