"""F-009: a request that never ends holds its thread, the others are answered, and it ends with its worker."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.faults.served import Server, free_port

ROOT = Path(__file__).resolve().parents[3]
STUCK = 3


def test_f009_a_request_that_never_ends_stops_no_other_and_is_cut_when_its_worker_must_end() -> None:
    """That its key may serve again: F-003, F-004."""
    port = free_port()
    command = [sys.executable, "-m", "tests.faults.catalogue.stuck_child", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    with server.session() as session, ThreadPoolExecutor(STUCK) as threads:
        assert session.get(f"{server.url}/", timeout=30).text == "here"
        stuck = [threads.submit(requests.get, f"{server.url}/stuck", timeout=60) for _ in range(STUCK)]
        assert {session.get(f"{server.url}/", timeout=30).text for _ in range(20)} == {"here"}
        assert not any(one.done() for one in stuck)
        session.close()
        assert server.stop()[0] == 0
        for one in stuck:
            with pytest.raises(requests.ConnectionError):
                one.result(60)
