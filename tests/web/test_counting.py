"""Answers are counted beside the answers: never waited for, never a reason to fail, never of a visit."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from tests.cds.calls import CDS, call, patient_view

from parcours.clients import DEVELOPMENT
from parcours.errors import StoreUnavailable
from parcours.settings import Settings
from parcours.store import Store
from parcours.store.activity import Cell
from parcours.web import create_app
from parcours.web.counting import MOST, SECONDS, Counting, Origine, count, counting

ROOT = Path(__file__).resolve().parents[2]
CELL = Cell("t", "2026-03", "dans-parcours", "T", "fhir")


class Broken:
    """A store that is gone for a while."""

    def __init__(self, store: Store) -> None:
        self.store, self.gone = store, True

    def add(self, counts: dict[Cell, int]) -> None:
        if self.gone:
            raise StoreUnavailable("x")
        self.store.activite.add(counts)


class Clock:
    """Calls that wait for their time."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        self.due.append((seconds, call))

    def strike(self) -> None:
        calls, self.due = self.due, []
        for _, due in calls:
            due()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(str(tmp_path / "kept.sqlite"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_counts_gather_and_are_kept_together_a_few_seconds_later(store: Store, clock: Clock) -> None:
    counts = Counting(store.activite, clock.after)
    for _ in range(3):
        counts.count(CELL)
    assert store.activite.of("t") == ()
    assert [seconds for seconds, _ in clock.due] == [SECONDS]
    clock.strike()
    assert store.activite.of("t") == ((CELL, 3),)
    counts.count(CELL)
    assert len(clock.due) == 1


def test_what_the_store_cannot_take_waits_for_the_next_time(store: Store, clock: Clock) -> None:
    broken = Broken(store)
    counts = Counting(broken, clock.after)  # type: ignore[arg-type]  # a store that fails on demand
    counts.count(CELL)
    clock.strike()
    broken.gone = False
    counts.count(CELL)
    clock.strike()
    assert store.activite.of("t") == ((CELL, 2),)


def test_memory_is_bounded_and_what_is_counted_already_goes_on(store: Store, clock: Clock) -> None:
    counts = Counting(store.activite, clock.after)
    for number in range(MOST + 5):
        counts.count(Cell("t", f"{number}", "p", "T", "fhir"))
    counts.count(Cell("t", "0", "p", "T", "fhir"))
    clock.strike()
    kept = dict(store.activite.of("t"))
    assert (len(kept), kept[Cell("t", "0", "p", "T", "fhir")]) == (MOST, 2)


def test_an_application_that_is_gone_is_not_kept_alive_by_its_counts(store: Store, clock: Clock) -> None:
    counts = Counting(store.activite, clock.after)
    counts.count(CELL)
    del counts
    gc.collect()
    clock.strike()
    assert store.activite.of("t") == ()


# ---------------------------------------------------------------- which answers


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


def bundle(slug: str) -> bytes:
    return (ROOT / "examples" / slug / "bundle.json").read_bytes()


def counted(client: FlaskClient) -> dict[tuple[str, ...], int]:
    """What the store holds for this machine's practice, once all is given to it."""
    with client.application.app_context():
        counting().flush()
        found = client.application.store.activite.of(DEVELOPMENT.tenant)  # type: ignore[attr-defined]  # ours
    return {(cell.mois, cell.position, cell.situation, cell.origine): number for cell, number in found}


@time_machine.travel(dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC), tick=False)
def test_an_answer_is_counted_in_its_month_in_paris_by_its_door(client: FlaskClient) -> None:
    for path in ("/fhir/$evaluate-parcours", "/fhir/Encounter/$evaluate-parcours"):
        assert (
            client.post(path, data=bundle("04-urgence"), content_type="application/json").status_code == 200
        )
    client.post(
        "/fhir/$evaluate-parcours", data=bundle("36-demande-minimale"), content_type="application/json"
    )
    assert counted(client) == {
        ("2026-03", "dans-parcours", "U", "fhir"): 2,
        ("2026-03", "indetermine", "", "fhir"): 1,
    }


def test_a_refused_request_and_a_trial_are_not_counted(client: FlaskClient) -> None:
    client.post("/fhir/$evaluate-parcours", data=b"{", content_type="application/json")
    client.get("/visites/essai?exemple=04-urgence")
    assert counted(client) == {}


def test_a_card_on_a_visit_is_counted_and_a_hint_is_not(client: FlaskClient) -> None:
    assert client.post(f"{CDS}/parcours-encounter-start", json=call("04")).status_code == 200
    assert client.post(f"{CDS}/parcours-patient-view", json=patient_view("21")).status_code == 200
    assert [(situation, origine) for _, _, situation, origine in counted(client)] == [("U", "cds-hooks")]


def test_an_answer_does_not_depend_on_the_store(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise StoreUnavailable("x")

    monkeypatch.setattr("parcours.store.activity.Activite.add", gone)
    answer = client.post(
        "/fhir/$evaluate-parcours", data=bundle("04-urgence"), content_type="application/json"
    )
    assert answer.status_code == 200
    with client.application.app_context():
        counting().flush()


def test_nobody_is_counted_for_a_launch_of_one_practice_among_several(
    client: FlaskClient, decision: object
) -> None:
    with client.application.app_context():
        count(decision, Origine.SMART, "")  # type: ignore[arg-type]  # the fixture of all tests
        counting().flush()
    assert counted(client) == {}
