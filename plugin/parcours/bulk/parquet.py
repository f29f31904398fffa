"""The answers as columns, one row a line, for whoever counts with DuckDB, Spark, pandas or R.

``docs/batch.md`` describes the columns. Rows are written fifty thousand at a time: memory does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from parcours.bulk.columns import LONGEST, Amounts, Answered, Refused, believable, read_answer
from parcours.bulk.files import lines_of
from parcours.bulk.places import keep, open_private
from parcours.domain.decision import Effet
from parcours.domain.reimbursement import euros

ROWS = 50_000
_EUROS = pa.decimal128(12, 2)
_TEXTS = pa.list_(pa.string())
_EFFECTS = {f"effet_{effet.replace('-', '_')}": effet for effet in Effet}
_AMOUNTS = tuple(name for name in Amounts.__struct_fields__ if name != "taux")

SCHEMA = pa.schema(
    [
        pa.field("ligne", pa.int64(), nullable=False),
        pa.field("id", pa.string()),
        pa.field("date_des_soins", pa.date32()),
        *(pa.field(name, pa.string()) for name in ("position", "situation", "ips", "qtp")),
        pa.field("situations_possibles", _TEXTS),
        pa.field("qcp_attendu", _TEXTS),
        pa.field("motifs", _TEXTS),
        *(pa.field(name, pa.string()) for name in _EFFECTS),
        *(pa.field(name, _TEXTS) for name in ("manquants", "alternatives", "avertissements", "politiques")),
        pa.field("taux", pa.string()),
        *(pa.field(name, _EUROS) for name in _AMOUNTS),
        *(pa.field(name, pa.string()) for name in ("version_droit", "version_logiciel", "erreur")),
    ]
)


def to_parquet(lines: Path, made: Path) -> None:
    """Write the columns of a file of answers. Raises ``OSError``."""
    numbered = enumerate(lines_of(lines, LONGEST), start=1)
    with open_private(made, "wb") as file:
        with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
            while rows := [row(number, line) for number, (line, _) in islice(numbered, ROWS)]:
                writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
        keep(file)


def row(number: int, line: bytes) -> dict[str, Any]:
    """The columns of one line; those that have no value are absent."""
    said = read_answer(line)
    if isinstance(said, Refused):
        return {"ligne": number, "erreur": None if said.blank else " ; ".join(said.reasons)}
    return {"ligne": number, **dict(_verdict(said)), **dict(_amounts(said))}


def _verdict(said: Answered) -> Iterator[tuple[str, Any]]:
    for name in ("id", "date_des_soins", "position", "situation", "ips", "qtp"):
        yield name, getattr(said, name)
    yield "situations_possibles", said.situations_possibles
    yield "qcp_attendu", said.qcp_attendu
    yield "motifs", [motif.regle for motif in said.motifs]
    yield from ((name, said.effets.get(effet)) for name, effet in _EFFECTS.items())
    yield "manquants", [missing.fait for missing in said.manquants]
    yield "alternatives", [other.si for other in said.alternatives]
    yield "avertissements", [warned.code for warned in said.avertissements]
    yield "politiques", [f"{reading.politique}={reading.valeur}" for reading in said.politiques]
    yield "version_droit", said.version_droit
    yield "version_logiciel", said.version_logiciel


def _amounts(said: Answered) -> Iterator[tuple[str, Any]]:
    paid = said.remboursement
    if paid:
        yield "taux", paid.taux
        for name in _AMOUNTS:
            amount = believable(getattr(paid, name))
            yield name, None if amount is None else euros(amount)
