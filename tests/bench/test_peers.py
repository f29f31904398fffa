"""The comparison with other engines, as far as it goes without them: visits, equality, page, pictures."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.bench import scaling
from tests.bench.peers import ours, page
from tests.bench.peers.asking import Different, running, same
from tests.bench.peers.curves import Curve, Point, drawn
from tests.bench.peers.engines import CQL, ENGINES, HERE, OPENFISCA_MANY, ZEN, Engine
from tests.bench.peers.installing import versions
from tests.bench.peers.visits import visits
from tests.bench.served import Measured, Round

from parcours.law import droit

ANSWERS = {f"dans-parcours {code}" for code in "XTROJUHD"} | {
    f"hors-parcours {code}" for code in ("S1", "S2", "D")
}


def test_ten_rules_and_the_whole_law_agree_on_every_visit_and_every_answer_comes() -> None:
    ten, found = ours.ten_rules(), Counter[str]()
    for number, visit in enumerate(visits(400)):
        facts = ours.facts(visit.bundle)
        answer = ours.verdict(facts, ten)
        assert answer == ours.verdict(facts, droit())
        if number < 50:
            assert answer == ours.decision(facts)
        found[answer] += 1
    assert set(found) == ANSWERS


def test_an_engine_that_answers_otherwise_stops_the_run_and_shows_the_first_visit() -> None:
    same("engine", ["T", "U"], ["T", "U"], ["first", "second"])
    with pytest.raises(Different, match=r"engine, visit 1: 'H', ours 'U'\nsecond"):
        same("engine", ["T", "H"], ["T", "U"], ["first", "second"])
    with pytest.raises(Different, match="1 answers on 2 visits"):
        same("engine", ["T"], ["T", "U"], ["first", "second"])


@pytest.mark.skipif(shutil.which("node") is None, reason="Node, which runs these engines, is not installed")
@pytest.mark.parametrize(("together", "most"), [("", 1), ("export const together = 3;", 3)])
def test_an_engine_of_node_is_asked_about_as_many_visits_at_once_as_it_says(
    tmp_path: Path, together: str, most: int
) -> None:
    (tmp_path / "rows").write_text("1\n2", encoding="utf-8")
    (tmp_path / "judge.mjs").write_text(COUNTING + together, encoding="utf-8")
    engine = Engine("engine", os.path.relpath(tmp_path, HERE), "told")
    with running(engine, tmp_path / "rows") as asked:
        assert asked.answers() == ["1", "1"]
        assert asked.microseconds(0.001) > 0
        assert asked.answers() == [str(most)] * 2


COUNTING = """
export const input = "rows";
export async function ready() {
  let now = 0, most = 0;
  return async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now -= 1;
    return String(most);
  };
}
"""
"""Answers the most visits that it was asked about at once so far."""


@pytest.mark.parametrize("folder", sorted({engine.folder for engine in ENGINES}))
def test_a_manifest_names_exact_versions(folder: str) -> None:
    assert versions(folder)
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in versions(folder).values())


def figures(**changed: float) -> page.Figures:
    """Every cost is 10 µs but those that are changed; ``zen-engine`` could not be installed."""
    costs = dict.fromkeys((*page.OURS, *(engine.name for engine in ENGINES)), 10.0) | changed
    del costs[ZEN.name]
    rates = {page.SERVICE: 100.0, "cql-execution": 5.0, "fhirpath.js": 300.0}
    return page.Figures(
        day=dt.date(2026, 1, 2),
        machine=["one core"],
        load=0.5,
        visits=1,
        octets=1,
        answers={"dans-parcours T": 1},
        costs=costs,
        served={name: Measured([Round(rate, 1, 2)]) for name, rate in rates.items()},
        absent=[ZEN],
    )


def test_the_page_says_what_is_met_what_is_not_who_is_faster_and_who_is_not_there() -> None:
    text = page.written(
        figures(**{CQL.name: 4000, "fhirpath.js": 30, OPENFISCA_MANY.name: 0.2}), "the section"
    )
    for line in (
        "| decision, ten rules, from a Bundle, beside cql-execution | 400 times | ≥ 300 times | met |",
        "beside fhirpath.js | 3 times | ≥ 15 times | **not met**: 5 times short |",
        "| decision, ten rules, from facts, beside zen-engine |  | ≥ 15 times | **not measured** |",
        "| HTTP, the whole answer, beside a server of cql-execution | 20 times | ≥ 10 times | met |",
        "| HTTP, the whole answer, beside a server of OpenFisca |  | ≥ 3 times | **not measured** |",
        "**zen-engine could not be installed here: not measured.**",
        "Faster than ours: OpenFisca, in columns.",
        "None is faster than ours.",
        "| fhirpath.js | 300 | 1.0 | 2.0 | 0.333 |\n\nFaster than ours: fhirpath.js.",
        "16 connections, 2 workers for all",
        "the section",
    ):
        assert line in text


def test_a_new_page_keeps_the_section_of_the_curves(tmp_path: Path) -> None:
    old = tmp_path / "peers.md"
    old.write_text(page.written(figures(), "<!-- scaling -->\nrates\n<!-- /scaling -->\n"), encoding="utf-8")
    assert page.written(figures(), scaling.section(old)) == old.read_text(encoding="utf-8")
    assert scaling.section(tmp_path / "none.md") == "<!-- scaling -->\n<!-- /scaling -->\n"


def test_a_curve_shows_each_point_in_words_and_the_highest_on_top() -> None:
    picture = drawn(
        Curve("Rate", "visits", [Point(1, 5, "one", "5 a second"), Point(10, 20, "ten", "20 a second")])
    )
    assert 'aria-label="Rate. one: 5 a second, ten: 20 a second"' in picture
    low, high = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)
    assert float(low[0]) < float(high[0])
    assert float(low[1]) > float(high[1])
