"""F-003: killed once a declaration is kept, before its answer left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.catalogue.prepared import prepare

from parcours.settings import Settings
from parcours.store import Store
from parcours.store.records import Criteria
from parcours.web import create_app

ROOT = Path(__file__).resolve().parents[3]
LOCAL = "local"


def declarations(url: str) -> int:
    with closing(Store.join(url)) as store:
        return store.declarations.search(LOCAL, Criteria(), 9).total


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have SIGKILL")
def test_f003_who_asks_again_gets_the_declaration_that_was_kept(sqlite_url: str) -> None:
    command = [sys.executable, "-m", "tests.faults.catalogue.killed_child", sqlite_url, "the-key"]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert declarations(sqlite_url) == 1
    app = create_app(Settings(database=sqlite_url))
    first, second = prepare(app, "the-key"), prepare(app, "the-key")
    assert (first.status_code, first.data) == (200, second.data)
    assert declarations(sqlite_url) == 1
