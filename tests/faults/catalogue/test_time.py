"""The clock of a server changes its hour, or is of another place: F-045, F-046; or jumps: F-042."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import time_machine
from tests.faults.catalogue.prepared import prepare

from parcours.bulk.answers import Answerer
from parcours.remote.deadline import Deadline
from parcours.service import Service
from parcours.settings import Settings
from parcours.store import Store
from parcours.web import create_app

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
ZONES = ("UTC", "Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea")
CHANGES = ("2026-03-29T00:59:58Z", "2026-10-25T00:59:58Z")
"""Two seconds before Paris goes from winter to summer, and back."""
EVALUATE = "/fhir/Encounter/$evaluate-parcours"
FHIR = "application/fhir+json"
VISIT = (EXAMPLES / "04-urgence/bundle.json").read_bytes()


@contextmanager
def zone(name: str) -> Iterator[None]:
    """The zone of this machine, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


def test_f046_wherever_the_server_is_the_answers_are_the_same_bytes() -> None:
    visits = [path.read_bytes() for path in sorted(EXAMPLES.glob("*/bundle.json"))]
    answers = set()
    for name in ZONES:
        with zone(name):
            answerer = Answerer(Service(Settings()), "full")
            answers.add(tuple(answerer.answer(1, visit).text for visit in visits))
    assert len(visits) > 50
    assert len(answers) == 1


@pytest.mark.parametrize("before", CHANGES)
def test_f045_when_the_hour_changes_no_record_of_the_audit_is_doubled_or_missing(
    before: str, sqlite_url: str
) -> None:
    begin = dt.datetime.fromisoformat(before)
    seconds = [begin + dt.timedelta(seconds=number) for number in range(5)]
    settings = Settings(database=sqlite_url)
    with zone("Europe/Paris"), time_machine.travel(begin, tick=False):
        client = create_app(settings).test_client()
        for second in seconds:
            with time_machine.travel(second, tick=False):
                assert client.post(EVALUATE, data=VISIT, content_type=FHIR).status_code == 200
    with closing(Store.join(sqlite_url)) as store:
        traces = store.audit(settings.keys)
        assert [trace.quand for trace in traces.records()] == seconds
        assert traces.verify().fault is None


def test_f042_a_clock_that_jumps_ten_years_moves_no_deadline_and_stops_nobody(sqlite_url: str) -> None:
    settings = Settings(database=sqlite_url)
    app, deadline = create_app(settings), Deadline.after(60)
    client = app.test_client()
    now = dt.datetime.now(dt.UTC)
    first = prepare(app, "key")
    for years in (10, -10, 0):
        with time_machine.travel(now + dt.timedelta(days=365 * years), tick=False):
            assert 0 < deadline.remaining() <= 60
            assert client.post(EVALUATE, data=VISIT, content_type=FHIR).status_code == 200
            health = client.get("/health/ready")
            assert health.status_code == 200
            assert health.get_json()["clock"] == ("jumped" if years else "steady")
            assert (first.status_code, prepare(app, "key").data) == (200, first.data)
    traces = app.store.audit(settings.keys)
    assert len(list(traces.records())) == 7
    assert traces.verify().fault is None
    app.store.close()
