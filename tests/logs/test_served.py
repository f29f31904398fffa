"""The log of a real server: a line for each request, and nothing of it; F-013, a log that is gone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import requests
from tests.faults.served import Server, served

from parcours.web.openapi_schemas import EXAMPLES

SECRET = "of-nobody-at-all"
EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FULL = Path("/dev/full")


def evaluate(session: requests.Session, server: Server, **headers: str) -> requests.Response:
    address = f"{server.url}{EVALUATE}?name={SECRET}"
    return session.post(address, json=EXAMPLES["Visit"](), headers=headers, timeout=60)


def test_each_request_leaves_one_line_and_nothing_of_itself(tmp_path: Path) -> None:
    with served(str(tmp_path / "base.sqlite"), workers=1) as server, server.session() as session:
        first = evaluate(session, server, **{"X-Request-Id": "r-1"})
        nowhere = session.get(f"{server.url}/{SECRET}", timeout=30)
        code, said = server.stop()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    told = [line for line in lines if line["event"] == "request"]
    assert (code, first.status_code, nowhere.status_code) == (0, 200, 404)
    assert [(line["method"], line["route"], line["status"]) for line in told] == [
        ("POST", EVALUATE, 200),
        ("GET", "none", 404),
    ]
    assert [line["request_id"] for line in told] == ["r-1", nowhere.headers["X-Request-Id"]]
    assert told[0]["client"] == told[0]["tenant"] == "local"
    assert SECRET not in said
    assert "127.0.0.1" not in "".join(line for line in said.splitlines() if line.startswith("{"))


@contextmanager
def with_stderr(tmp_path: Path, stderr: int | IO[Any]) -> Iterator[Server]:
    """A server whose log goes there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PARCOURS_DATABASE": str(tmp_path / "base.sqlite")}
    command = [sys.executable, "-m", "parcours", "serve", "--port", port]
    with subprocess.Popen(command, env=environment, stderr=stderr) as process:
        try:
            yield Server(process, f"http://127.0.0.1:{port}")  # type: ignore[arg-type]  # its text is never read
        finally:
            process.terminate()


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_f013_with_a_full_disk_requests_are_served_and_lost_lines_counted(tmp_path: Path) -> None:
    with FULL.open("wb") as full, with_stderr(tmp_path, full) as server, server.session() as session:
        assert [evaluate(session, server).status_code for _ in range(3)] == [200] * 3
        # Lines are written apart from the requests: the last one may still be on its way.
        counts = (lost(session.get(f"{server.url}/metrics", timeout=30).text) for _ in range(200))
        assert any(count >= 3 for count in counts)


def lost(text: str) -> float:
    """How many lines the metrics say could not be written."""
    lines = (line for line in text.splitlines() if line.startswith('parcours_log_lost_total{reason="error"}'))
    return sum(float(line.rpartition(" ")[2]) for line in lines)
