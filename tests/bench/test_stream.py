"""What `make bench` sends: visits that a memo of verdicts has not seen, answered as any others."""

from __future__ import annotations

import datetime as dt

import msgspec
from tests.bench import page, served
from tests.bench.many import Batch
from tests.bench.parts import raws
from tests.bench.stream import MARK, OF_THE_PRACTICE, new, visits
from tests.bulk.visits import lines

from parcours.engine import decide
from parcours.fhir.reading import read_request
from parcours.law import droit


def kinds(resources: set[bytes]) -> set[str]:
    return {msgspec.json.decode(raw)["resourceType"] for raw in resources}


def test_a_visit_sent_twice_has_only_the_practice_in_common_with_itself() -> None:
    seen = {number: {raw for visit in visits(40, 9) for raw in raws(new(visit, number))} for number in (1, 2)}
    assert {"Patient", "Encounter", "Coverage"} <= kinds(seen[1])
    assert kinds(seen[1] & seen[2]) <= OF_THE_PRACTICE
    assert kinds(seen[1] - seen[2]).isdisjoint(OF_THE_PRACTICE)


def test_a_version_changes_nothing_of_the_answer() -> None:
    for visit, line in zip(visits(40, 9), lines(40, 9), strict=True):
        numbered, told = (read_request(body) for body in (new(visit, 7), line))
        assert decide(numbered.visite, droit()) == decide(told.visite, droit())
        assert numbered.problems == told.problems


def test_the_script_numbers_the_same_mark() -> None:
    assert f'"{MARK.replace("-", "%-")}"' in served.LUA


def test_a_target_of_requests_is_measured_on_requests() -> None:
    measured = {
        name: served.Measured([served.Round(rate, 1.0, 2.0)], 50.0)
        for name, rate in {"json": 100.0, "orjson": 200.0, "service": 90.0, page.STRICT: 30.0}.items()
    }
    costs = dict.fromkeys(("gate", "reading, trusted", "decision", "writing FHIR"), 10.0)
    figures = page.Figures(
        day=dt.date(2026, 3, 10), machine=(), load=0.0, octets=1, decisions={},
        costs={**costs, "library": 150.0, "library, verdicts remembered": 75.0}, shares={}, start_s=0.5,
        served=measured, quiet=measured, batch=Batch(10.0, 19.0, 20.0, 39.0, 40.0, 100.0),
    )  # fmt: skip
    goals = {goal.what: (goal.reached, goal.met) for goal in page.goals(figures)}
    assert goals["requests, beside those of which the library judges all"] == ("3.00 times", False)
    assert goals["gate of a line, beside `fhir.resources`"] == ("15.00 times", True)
    assert goals["whole request, beside Flask giving JSON back (orjson)"] == ("0.45 times", False)
