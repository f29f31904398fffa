"""The examples as calls of a doctor's software: the card and the annotation say what the law says of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.cds.calls import EXAMPLES, ROOT, call
from tests.cds.conftest import Ask
from tests.cds.test_coverage_information import covered, told

FOLDERS = sorted(EXAMPLES.glob("[0-9][0-9]-*"))
BY_HAND = {
    row["slug"]: row
    for row in csv.DictReader(
        (ROOT / "tests/examples/attendus.csv").read_text(encoding="utf-8").splitlines(), delimiter=";"
    )
}
"""What each example gets, written by hand from the law."""

OPENINGS = {
    "hors-parcours": "Hors parcours",
    "indetermine": "Parcours indéterminé",
    "dans-parcours": "Dans le parcours",
    "non-concerne": "Non concerné",
}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_card_of_an_example_opens_with_its_position(ask: Ask, folder: Path) -> None:
    row = BY_HAND[folder.name]
    cards = ask(call(row["slug"][:2]))["cards"]
    if row["position"] in ("hors-parcours", "indetermine"):
        assert len(cards) == 1
    for card in cards:
        said = card["summary"].rpartition("Rendez-vous")[2]
        assert OPENINGS[row["position"]] in said
        if row["situation"] != "null":
            assert f"indicateur de parcours {row['situation']}" in said


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_annotation_of_an_example_bears_its_code(ask: Ask, folder: Path) -> None:
    row = BY_HAND[folder.name]
    (reason,) = told(ask, covered(row["slug"][:2]))["reason"]
    codes = [coding["code"] for coding in reason.get("coding", ())]
    assert codes == ([] if row["situation"] == "null" else [row["situation"]])


def test_the_call_and_the_operation_make_the_same_decision(ask: Ask) -> None:
    """No face of the service decides on its own: only paths and server names make ids differ."""
    for folder in FOLDERS[:5]:
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        assert told(ask, covered(folder.name[:2]))["reason"][0]["coding"][0]["code"] == expected["situation"]
