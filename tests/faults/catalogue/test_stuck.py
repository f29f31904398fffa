"""F-009: who waits for ever holds one thread, and no other; who computes for ever ends with its worker."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
import requests
from tests.faults.served import Server, free_port, running

from parcours.web import stuck

STUCK = 3
LIMIT_S = 2


def child(*arguments: str) -> AbstractContextManager[Server]:
    """A server of one worker with paths that never end."""
    port = free_port()
    return running(("-m", "tests.faults.catalogue.stuck_child", str(port), *arguments), port)


def test_f009_a_request_that_never_ends_stops_no_other_and_is_cut_when_its_worker_must_end() -> None:
    """That its key may serve again: F-003, F-004."""
    with child() as server, server.session() as session, ThreadPoolExecutor(STUCK) as threads:
        worker = session.get(f"{server.url}/", timeout=30).text
        waiting = [threads.submit(requests.get, f"{server.url}/stuck", timeout=60) for _ in range(STUCK)]
        assert {session.get(f"{server.url}/", timeout=30).text for _ in range(20)} == {worker}
        assert not any(one.done() for one in waiting)
        session.close()
        assert server.stop()[0] == 0
        for one in waiting:
            with pytest.raises(requests.ConnectionError):
                one.result(60)


@pytest.mark.skipif(
    not stuck.can_watch(), reason="the timer of this Python follows the hour (no sem_clockwait)"
)
@pytest.mark.parametrize("path", ["/turn", "/deaf"])
def test_f009_a_worker_whose_turn_is_never_given_back_ends_and_is_replaced(path: str) -> None:
    with child(str(LIMIT_S)) as server, server.session() as session:
        first = session.get(f"{server.url}/", timeout=30).text
        until = time.monotonic() + 2 * LIMIT_S
        while time.monotonic() < until:  # its turn passes: it stays, however busy
            assert session.get(f"{server.url}/short", timeout=30).text == first
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{server.url}{path}", timeout=60)
        assert session.get(f"{server.url}/", timeout=30).text != first
