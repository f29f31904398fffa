"""``parcours declare``: three files, said on stderr, whole or not at all, and no name in what is said."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.task import Task
from pypdf import PdfReader
from tests.fhir.builders import encode
from tests.fhir.declarations import TEST_NUMBER, demande, dominique, nom

from parcours.cli import parcours

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/declarations"
FILES = ["declaration.pdf", "questionnaire-response.json", "task.json"]


def run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(parcours, ["declare", *arguments], input=given, standalone_mode=False)


def example(slug: str) -> str:
    (folder,) = EXAMPLES.glob(f"{slug}-*")
    return str(folder / "bundle.json")


def test_it_writes_the_pdf_the_draft_and_the_task(tmp_path: Path) -> None:
    result = run(example("01"), "-o", str(tmp_path / "new" / "folder"))
    assert result.return_value == 0
    assert result.stdout == ""
    folder = tmp_path / "new" / "folder"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert PdfReader(folder / "declaration.pdf").pages
    QuestionnaireResponse.model_validate_json((folder / "questionnaire-response.json").read_bytes())
    Task.model_validate_json((folder / "task.json").read_bytes())


def test_it_says_what_is_missing_who_signs_and_where_to_send_and_names_nobody(tmp_path: Path) -> None:
    said = run(example("06"), "-o", str(tmp_path)).stderr
    assert "Qui signe" in said
    assert "Assuré(e), Numéro de sécurité sociale" in said
    assert "Camieg – 92011 NANTERRE CEDEX" in said
    assert "EXEMPLE" not in said


def test_a_request_without_a_visit_is_prepared_on_the_day_that_is_given(tmp_path: Path) -> None:
    body = encode(demande())
    result = run("-", "-o", str(tmp_path), "--on", "2026-03-10", given=body)
    assert result.return_value == 0
    assert json.loads((tmp_path / "task.json").read_text("utf-8"))["authoredOn"] == "2026-03-10"
    assert "10/03/2026" in result.stderr
    assert TEST_NUMBER not in result.stderr


def test_without_a_day_it_is_prepared_today(tmp_path: Path) -> None:
    assert run("-", "-o", str(tmp_path), given=encode(demande())).return_value == 0


def test_the_same_request_writes_the_same_files_and_another_says_what_it_replaces(tmp_path: Path) -> None:
    run(example("01"), "-o", str(tmp_path))
    first = [(tmp_path / name).read_bytes() for name in FILES]
    again = run(example("01"), "-o", str(tmp_path))
    assert "Remplacé" not in again.stderr
    assert [(tmp_path / name).read_bytes() for name in FILES] == first
    other = run(example("06"), "-o", str(tmp_path))
    assert other.return_value == 0
    assert "Remplacé : declaration.pdf, questionnaire-response.json, task.json" in other.stderr


def test_a_professional_who_cannot_be_declared_is_said_and_his_block_is_empty(tmp_path: Path) -> None:
    result = run(example("10"), "-o", str(tmp_path))
    assert result.return_value == 0
    assert "Un remplaçant ne peut pas être déclaré" in result.stderr
    assert "CHOISI-FICTIF" not in PdfReader(tmp_path / "declaration.pdf").pages[0].extract_text()


@pytest.mark.parametrize("body", [b"", b"{", encode({"resourceType": "Bundle", "type": "collection"})])
def test_an_input_that_cannot_be_read_writes_nothing(tmp_path: Path, body: bytes) -> None:
    result = run("-", "-o", str(tmp_path / "out"), given=body)
    assert result.return_value == 1
    assert result.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run(str(tmp_path / "absent.json"), "-o", str(tmp_path))
    assert result.return_value == 1
    assert "introuvable" in result.stderr


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    result = run(example("01"), "-o", str(tmp_path / "file" / "under"))
    assert "ne peut pas être écrit" in str(result.exception)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(example("01"), "-o", str(tmp_path))
    before = (tmp_path / "declaration.pdf").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run(example("06"), "-o", str(tmp_path))
    assert "ne peut pas être écrit" in str(result.exception)
    assert (tmp_path / "declaration.pdf").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_a_hostile_name_steers_neither_the_terminal_nor_the_names_of_files(tmp_path: Path) -> None:
    document = demande(dominique(name=[nom("\u202e../../x\x1b[2J", "{nb}")]))
    result = run("-", "-o", str(tmp_path), given=encode(document))
    assert result.return_value == 0
    assert "\x1b" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    text = PdfReader(io.BytesIO((tmp_path / "declaration.pdf").read_bytes())).pages[0].extract_text()
    assert "{nb}" in text
