"""Whom nobody knows cannot fill the audit: a record for each request up to a measure, then one for many."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.audit.test_requests import audit, event, kept, service
from tests.web.test_fhir_access import signed

from parcours.web import strangers
from parcours.web.strangers import PER_MINUTE, SAVED, Strangers

ASKED = [
    ("GET", "/fhir/Task", 401),
    ("POST", "/fhir", 401),
    ("GET", "/declarations", 403),
    ("GET", "/visites/x", 403),
    ("GET", "/callback", 403),
    ("POST", "/token", 400),
    ("POST", "/revoke", 400),
]


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_saved_up_is_had_at_once_and_the_rest_counted_until_there_is_more() -> None:
    clock = Clock()
    measure = Strangers(clock)
    assert [measure.admitted() for _ in range(SAVED)] == [0] * SAVED
    assert [measure.admitted() for _ in range(5)] == [None] * 5
    clock.now += 60 / PER_MINUTE
    assert [measure.admitted() for _ in range(3)] == [5, None, None]
    clock.now += 2 * 60 / PER_MINUTE
    assert [measure.admitted() for _ in range(3)] == [2, 0, None]


def test_a_long_silence_saves_up_no_more_than_that() -> None:
    clock = Clock()
    measure = Strangers(clock)
    clock.now += 86_400
    assert [measure.admitted() for _ in range(SAVED + 1)] == [0] * SAVED + [None]


def test_beyond_the_measure_strangers_are_counted_and_whoever_is_known_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "SAVED", 2)
    monkeypatch.setattr(strangers, "PER_MINUTE", 0)
    client = service(tmp_path)
    for method, path, status in ASKED:
        assert client.open(path, method=method).status_code == status
        assert client.get("/fhir/Task", headers=signed("x")).status_code == 200
    found = kept(client)
    assert [one.omises for one in found] == [0] * len(found)
    assert [one.client for one in found] == ["", "x"] * 2 + ["x"] * (len(ASKED) - 2)
    monkeypatch.setattr(strangers, "PER_MINUTE", 10**9)
    client.get("/fhir/Task")
    [*_, last] = audit(client).records()
    details = {detail["type"]: detail["valueString"] for detail in event(last)["entity"][-1]["detail"]}
    assert details["omises"] == str(len(ASKED) - 2)
    assert audit(client).verify().fault is None
