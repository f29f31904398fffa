"""The page of evidence tells every goal, and of each run what it printed; what was not run is said."""

import datetime as dt
from pathlib import Path

import pytest
from tests.evidence.__main__ import goals, page
from tests.evidence.kept import ROOT, Run, runs

DAY = dt.date(2026, 3, 10)
RUN = Run("soak", "make soak", "2026-03-10", 0.4, good=False, lines=["L-005  a line"])


def test_every_goal_is_told_and_a_goal_that_was_missed_says_so() -> None:
    told = page({"soak": RUN}, DAY)
    assert [number for number in goals() if f"\n| {number} " not in told] == []
    assert "[soak](#soak), 2026-03-10: **not passed**" in told
    assert "mutants: not run" in told
    assert "L-005  a line" in told


def test_a_goal_that_rests_on_some_lines_of_a_run_is_judged_by_them() -> None:
    run = Run("load", "make load", "2026-03-10", 0.4, good=False, lines=["L-1  a  ok", "L-2  b  NOT OK"])
    judged = {"L-1": True, "L-2": False, "L-1 L-2": False, "L-1 L-3": False, "L-3": False, "": False}
    assert {names: run.passed(names.split()) for names in judged} == judged


@pytest.mark.parametrize("number", goals())
def test_what_proves_a_goal_is_there(number: str) -> None:
    goal = goals()[number]
    assert goal.runs or goal.tests
    assert [test for test in goal.tests if not (ROOT / test).exists()] == []


def test_runs_are_read_back(tmp_path: Path) -> None:
    (tmp_path / "soak.json").write_text(
        '{"name": "soak", "command": "make soak", "day": "2026-03-10", "load": 0.4, "good": false,'
        ' "lines": ["L-005  a line"]}'
    )
    assert list(runs(tmp_path)) == [RUN]
