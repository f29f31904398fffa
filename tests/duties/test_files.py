"""Duty D18: a file that holds data of patients is its owner's, whatever the habits of the machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.duties.test_identity import visited
from tests.duties.told import PREPARE, without

from parcours.cli import run
from parcours.web import create_app

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows keeps the folder of a user private by itself")


@pytest.fixture
def everything_open() -> Iterator[None]:
    """A user whose new files everybody may read."""
    before = os.umask(0)
    yield
    os.umask(before)


@POSIX
@pytest.mark.usefixtures("everything_open")
def test_d18_every_file_that_is_written_of_a_patient_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = tmp_path / "kept", tmp_path / "out"
    monkeypatch.setenv("PARCOURS_DATABASE", str(data / "kept.sqlite"))
    monkeypatch.setenv("PARCOURS_KEYS", str(tmp_path / "keys"))
    out.mkdir()
    visit = without(visited(), "Claim")
    assert create_app().test_client().post(PREPARE, json=visit).status_code == 200
    sent = tmp_path / "visit.ndjson"
    sent.write_text(json.dumps(visit) + "\n", "utf-8")
    for command in (
        ["declare", str(sent), "-o", str(out)],
        ["batch", str(sent), "-o", str(out / "answers.ndjson"), "--workers", "1"],
        ["export", "--patient", "Patient/pat", "-o", str(out / "export.ndjson")],
        ["backup", str(out / "backup.sqlite")],
        ["keys", "rotate"],
    ):
        assert run(command) == 0, command
    written = [p for folder in (data, out, tmp_path / "keys") for p in folder.rglob("*") if p.is_file()]
    assert len(written) >= 9
    assert [(p.name, oct(p.stat().st_mode)) for p in written if p.stat().st_mode & 0o077] == []
    assert data.stat().st_mode & 0o077 == 0
