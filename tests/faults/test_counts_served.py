"""Counts of answers, by the real server."""

from __future__ import annotations

from pathlib import Path

from tests.faults.served import served

from parcours.clients import DEVELOPMENT
from parcours.store import Store

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = 6


def test_what_was_counted_last_is_kept_when_the_server_stops(sqlite_url: str) -> None:
    body = (ROOT / "examples/04-urgence/bundle.json").read_bytes()
    with served(sqlite_url) as server:
        for _ in range(ANSWERS):
            reply = server.session().post(
                f"{server.url}/fhir/$evaluate-parcours",
                data=body,
                headers={"Content-Type": "application/fhir+json"},
            )
            assert reply.status_code == 200
        assert server.stop()[0] == 0
    assert [number for _, number in Store.open(sqlite_url).activite.of(DEVELOPMENT.tenant)] == [ANSWERS]
