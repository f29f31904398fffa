"""The one command that PostgreSQL does better itself."""

from __future__ import annotations

import pytest

from parcours.cli import run
from parcours.store import Store


def test_a_backup_of_postgresql_is_made_with_its_own_tool(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(postgres_url).close()
    monkeypatch.setenv("PARCOURS_DATABASE", postgres_url)
    assert run(["backup", "x"]) == 2
    assert "pg_dump" in capsys.readouterr().err
