"""What all examples have in common: three files, FHIR, people who do not exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted(bundle.parent for bundle in EXAMPLES.rglob("bundle.json"))
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def test_every_numbered_folder_holds_a_bundle() -> None:
    numbered = {folder for folder in EXAMPLES.rglob("[0-9][0-9]-*") if folder.is_dir()}
    assert numbered == set(FOLDERS)


@each_folder
def test_an_example_has_its_three_files_and_nothing_else(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == ["README.md", "bundle.json", "expected.json"]


@each_folder
def test_a_bundle_is_fhir_with_two_spaces_of_indent(folder: Path) -> None:
    text = (folder / "bundle.json").read_text(encoding="utf-8")
    Bundle.model_validate_json(text)
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each_folder
def test_the_people_of_an_example_do_not_exist(folder: Path) -> None:
    text = (folder / "bundle.json").read_text(encoding="utf-8")
    assert not re.search(r"\b[1-478]\d{12}(\d\d)?\b", text), "a social security number"
    assert set(re.findall(r"\b\d{11}\b", text)) <= {f"1010000000{n}" for n in range(1, 10)}
