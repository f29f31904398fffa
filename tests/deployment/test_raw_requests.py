"""The service alone, without what should stand in front of it: a request out of form is refused, no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.deployment.rows import GET, POST, ROWS, Row, plain, statuses
from tests.deployment.software import EXAMPLE
from tests.faults.served import served
from tests.load.driving import http

from parcours.web.admission import MOST

TRIES = 2 * MOST


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("raw")
    with served(str(folder / "kept.sqlite"), workers=1) as server:
        with server.session() as session:
            session.get(f"{server.url}/health/live", timeout=30)
        yield int(server.url.rpartition(":")[2])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_request_out_of_form_is_refused(port: int, row: Row) -> None:
    given = statuses(plain(port), row.request)
    assert len(given) == 1
    assert given[0] in row.service


def test_g13_without_nginx_slow_clients_take_every_place_and_only_health_is_told(port: int) -> None:
    visit = http("POST", "/fhir/$evaluate-parcours", EXAMPLE, {"Content-Type": "application/fhir+json"})
    slow = POST + b"Content-Length: 9000\r\n\r\n{"
    with ExitStack() as held:
        given: list[int] = []
        while 503 not in given and len(given) < TRIES:
            held.enter_context(plain(port)()).sendall(slow)
            given += statuses(plain(port), visit)
        assert given[-1] == 503
        assert len(given) >= MOST
        assert statuses(plain(port), GET + b"\r\n") == [200]
    assert any(statuses(plain(port), visit) == [200] for _ in range(TRIES))


def test_the_service_is_well_after_all_that(port: int) -> None:
    assert statuses(plain(port), GET + b"Connection: close\r\n\r\n") == [200]
