"""Every folder of ``examples/`` is a lesson for integrators: its answer is real, and is what the law gives.

``expected.json`` is what the program says (rewritten by ``python tests/regenerate_examples.py``).
``examples/attendus.csv`` beside this file was written by hand from the law: nothing rewrites it.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from parcours.cli import parcours

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("[0-9][0-9]-*"))
NOT_COMPARED = ("id", "version_logiciel")
"""They change with the version of the program and say nothing of the visit."""
WORDS = {
    "dans-parcours": "dans le parcours",
    "hors-parcours": "hors parcours",
    "non-concerne": "non concerné",
    "indetermine": "indéterminé",
}


def answer(folder: Path) -> dict[str, Any]:
    """The Decision that the command prints for this example, without what changes with the program."""
    result = CliRunner().invoke(
        parcours, ["evaluate", "--format", "json", str(folder / "bundle.json")], standalone_mode=False
    )
    assert result.return_value == 0, result.output
    decision: dict[str, Any] = json.loads(result.stdout)
    return {key: value for key, value in decision.items() if key not in NOT_COMPARED}


def expected(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return value


def by_hand() -> list[dict[str, str]]:
    with (ROOT / "tests/examples/attendus.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def code(value: str | None) -> str:
    """A code as the table writes it: ``null`` is not known or not published, ``(blanc)`` is left blank."""
    return "null" if value is None else value or "(blanc)"


def as_row(slug: str, decision: dict[str, Any]) -> dict[str, str]:
    """The columns of the table, read from an answer. Lists are sorted: their order is not what is checked."""
    return {
        "slug": slug,
        "position": decision["position"],
        "situation": code(decision["situation"]),
        "ips": code(decision["ips"]),
        "qtp": code(decision["qtp"]),
        "qcp": " ".join(sorted(decision["qcp_attendu"], key=int)),
        "premier motif": decision["motifs"][0]["regle"] if decision["motifs"] else "",
        "majoration": decision["effets"]["majoration"],
        "manquants": " ".join(sorted(missing["fait"] for missing in decision["manquants"])),
        "amo": code(paid(decision)),
    }


def paid(decision: dict[str, Any]) -> str | None:
    """What the Assurance Maladie pays, as the JSON says it; ``None`` when nobody can say."""
    amount: str | None = (decision["remboursement"] or {}).get("amo")
    return amount


def in_french(amount: str | None) -> str:
    return "–" if amount is None else f"{amount.replace('.', ',')} €"


def test_there_are_examples_and_each_is_in_the_table_written_by_hand() -> None:
    assert len(EXAMPLES) >= 40
    assert [row["slug"] for row in by_hand()] == [folder.name for folder in EXAMPLES]


def test_examples_are_numbered_without_a_gap() -> None:
    assert [folder.name.split("-")[0] for folder in EXAMPLES] == [
        f"{n:02}" for n in range(1, len(EXAMPLES) + 1)
    ]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_program_gives_the_answer_of_the_example(folder: Path) -> None:
    assert answer(folder) == expected(folder)


@pytest.mark.parametrize("row", by_hand(), ids=lambda row: row["slug"])
def test_the_answer_is_the_one_written_by_hand_from_the_law(row: dict[str, str]) -> None:
    assert as_row(row["slug"], expected(ROOT / "examples" / row["slug"])) == row | {
        "manquants": " ".join(sorted(row["manquants"].split()))
    }


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_page_of_an_example_is_short_and_tells_the_answer(folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    decision = expected(folder)
    assert 6 <= len(page.splitlines()) <= 15
    assert all(
        heading in page for heading in ("**Ce qui le prouve**", "**Réponse**", "**Texte**", "**Ce qui la")
    )
    said = " ".join(page.split("**Réponse**")[1].split("**Texte**")[0].split())
    assert WORDS[decision["position"]] in said
    assert f"`{code(decision['situation'])}`" in said or decision["position"] == "indetermine"
    assert paid(decision) is None or f"**{in_french(paid(decision))}**" in said


def test_the_list_of_examples_tells_their_answers() -> None:
    page = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    lines = [line.split(" | ") for line in page.splitlines() if line.startswith("| [")]
    assert len(lines) == len(EXAMPLES)
    for (link, title, position, codes, amount), folder in zip(lines, EXAMPLES, strict=True):
        decision = expected(folder)
        assert f"({folder.name})" in link
        assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
        assert position == WORDS[decision["position"]]
        assert amount.removesuffix(" |") == in_french(paid(decision))
        possible = [decision["situation"]] if decision["situation"] else decision["situations_possibles"]
        assert re.findall(r"`(\w+)`", codes) == possible


def test_examples_show_every_position_and_every_code_of_the_billing_screen() -> None:
    answers = [expected(folder) for folder in EXAMPLES]
    assert {decision["position"] for decision in answers} == set(WORDS)
    shown = {decision["situation"] for decision in answers}
    assert shown == {*"TNROMJBHD", "S1", "S2", "U", "A", "X", None}
