"""F-006: no memory left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.catalogue.prepared import prepare
from tests.faults.disk.kept import kept

from parcours.settings import Settings
from parcours.web import create_app

ROOT = Path(__file__).resolve().parents[3]
TRIES = 6


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds memory by RLIMIT_AS")
def test_f006_without_memory_a_request_is_refused_and_nothing_is_half_written(sqlite_url: str) -> None:
    command = [sys.executable, "-m", "tests.faults.catalogue.memory_child", sqlite_url, str(TRIES)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    said = child.stdout.splitlines()
    assert len(said) == TRIES
    assert "503 True" in said
    assert set(said) <= {"200 False", "503 True", "cut"}
    assert 1 + said.count("200 False") <= len(kept(Path(sqlite_url))) <= 1 + TRIES - said.count("503 True")
    app = create_app(Settings(database=sqlite_url))
    assert {prepare(app, str(number)).status_code for number in range(TRIES)} == {200}
    assert len(kept(Path(sqlite_url))) == 1 + TRIES
