"""The ten rules as one SQL query, over a million rows at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# DuckDB lives in an environment of its own, so its types are unknown where this file is checked.
import duckdb
from tests.bench.peers.judging import MANY, Judge

RULES = Path(__file__).with_name("rules.sql").read_text(encoding="utf-8")


def judge(rows: Sequence[dict[str, Any]]) -> Judge:
    """A table of the rows, and one of a million."""
    return _Table(rows)


class _Table:
    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._base = duckdb.connect()
        self._base.execute("set threads = 1")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "rows.json")
            file.write_text(
                json.dumps([{"numero": n, **row} for n, row in enumerate(rows)]), encoding="utf-8"
            )
            self._base.execute("create table peu as select * from read_json($1)", [str(file)])
        copies = -(-MANY // len(rows))
        many = "create table beaucoup as select peu.* from peu, range($1) limit $2"
        self._base.execute(many, [copies, MANY])

    def answers(self) -> list[str]:
        found = self._base.execute(f"{_over('peu')} order by numero").fetchall()
        return [str(answer) for _, answer in found]

    def once(self) -> int:
        self._base.execute(f"create or replace temp table reponses as {_over('beaucoup')}")
        return MANY


def _over(table: str) -> str:
    return RULES.replace("from lignes", f"from {table}")
