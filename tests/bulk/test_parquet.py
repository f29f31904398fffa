"""The columns of a Parquet output hold what the lines say, exactly."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.bulk.answers import decided, out_of_the_path, refused, undetermined
from tests.bulk.conftest import Batch

from parcours.bulk import parquet
from parcours.bulk.parquet import SCHEMA, to_parquet

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    decided(),
    out_of_the_path("9.00", "urgence", politiques=[{"politique": "c2s-majoration", "valeur": "texte"}]),
    undetermined(patient__age=["…"]),
    refused("JSON mal formé"),
    refused("ligne vide", "information"),
    out_of_the_path("12345678901.00"),
]


def rows(lines: list[bytes], tmp_path: Path) -> list[dict[str, Any]]:
    (tmp_path / "lines").write_bytes(b"\n".join(lines) + b"\n")
    to_parquet(tmp_path / "lines", tmp_path / "made")
    table = pq.read_table(tmp_path / "made")
    assert table.schema.equals(SCHEMA)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def test_a_line_is_a_row_and_a_refusal_says_why(tmp_path: Path) -> None:
    found = rows(LINES, tmp_path)
    assert [row["ligne"] for row in found] == [1, 2, 3, 4, 5, 6]
    assert [row["erreur"] for row in found] == [None, None, None, "JSON mal formé", None, None]
    assert found[0]["date_des_soins"] == dt.date(2026, 3, 10)
    assert found[0]["motifs"] == ["medecin-traitant"]
    assert found[0]["effet_majoration"] == "non"
    assert (found[1]["situation"], found[1]["majoration"]) == ("S2", Decimal("9.00"))
    assert found[1]["alternatives"] == ["urgence"]
    assert found[1]["politiques"] == ["c2s-majoration=texte"]
    assert found[2]["manquants"] == ["patient.age"]


def test_an_amount_beyond_belief_is_left_out(tmp_path: Path) -> None:
    assert rows(LINES, tmp_path)[5]["majoration"] is None


def test_rows_are_written_in_several_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 2)
    assert len(rows(LINES, tmp_path)) == 6
    assert pq.ParquetFile(tmp_path / "made").num_row_groups == 3


def test_a_batch_writes_the_columns_of_its_lines(batch: Batch, sixty: Path, tmp_path: Path) -> None:
    batch(sixty, tmp_path / "out.ndjson")
    batch(sixty, tmp_path / "out.parquet")
    lines = [json.loads(line) for line in (tmp_path / "out.ndjson").read_bytes().splitlines()]
    found = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["id"] for row in found] == [line["id"] for line in lines]
    assert [str(row["base"]) for row in found if row["base"] is not None] == [
        line["remboursement"]["base"] for line in lines if (line["remboursement"] or {}).get("base")
    ]


def test_no_column_can_name_anybody() -> None:
    assert not {"faits", "facturation", "medecin", "patient"} & set(SCHEMA.names)


def test_the_page_describes_every_column() -> None:
    page = (ROOT / "docs/batch.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(\w+)`", page[page.index("## Parquet") :]))
    assert set(SCHEMA.names) <= described
