"""Visits of a Spark table, on many machines: the answers of ``parcours batch``, line for line.

``docs/spark.md`` tells how to use it. Every executor needs this package with its extra ``spark``; nothing of
Spark is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parcours.bulk.flat import COLUMNS
from parcours.bulk.refusals import BatchRefused
from parcours.bulk.spark.judging import DECISION, LIGNE, VISITE, Judging
from parcours.fhir.reading import Validate
from parcours.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NO_VISIT = (
    "La table doit avoir une colonne « ligne » de nombres entiers, que les refus répètent, et soit une "
    "colonne « visite » de Bundles, texte ou octets, soit une colonne « date »."
)
ANSWERED = "La table a déjà une colonne « decision » : la renommer, ou l’ôter."
WHOLE = ("byte", "short", "integer", "long")
TEXTS = ("string", "binary", "void")
INSTANTS = "Colonnes à donner comme dates sans heure, ou comme texte : {}."


def evaluate(df: DataFrame, settings: Settings | None = None, validate: Validate = "full") -> DataFrame:
    """Is each visit in the path? The table, with a column ``decision`` in the place of those that were read.

    When there is a column ``visite``, it is read: a ``Bundle`` or ``Parameters``, text or binary; else the
    columns of ``bulk.flat``. ``ligne`` is the number of the row. ``decision`` is one line of JSON: a Decision
    or an OperationOutcome. Nothing runs before Spark is asked for rows. Raises ``BatchRefused`` when a column
    is wanting, has a time of day, or would be written twice.
    """
    read = _columns_to_read(df)
    schema = df.drop(*read).schema.add(DECISION, "string", nullable=False)
    return df.mapInArrow(Judging(read, _what_decides(settings or Settings()), validate), schema)


def _columns_to_read(df: DataFrame) -> tuple[str, ...]:
    types = {field.name: field.dataType.typeName() for field in df.schema.fields}
    read = (VISITE,) if VISITE in types else tuple(name for name in types if name in COLUMNS)
    if types.get(LIGNE) not in WHOLE or not {VISITE, "date"} & set(read):
        raise BatchRefused(NO_VISIT)
    if types.get(VISITE, "string") not in TEXTS:
        raise BatchRefused(NO_VISIT)
    if DECISION in types:
        raise BatchRefused(ANSWERED)
    # Which day an instant is depends on the time zone of the session: nobody would see the wrong one.
    instants = [name for name in read if types[name].startswith("timestamp")]
    if instants:
        raise BatchRefused(INSTANTS.format(", ".join(instants)))
    return read


def _what_decides(settings: Settings) -> Settings:
    """The settings that an answer depends on, and no other: keys and places stay on this machine."""
    return Settings(
        max_bytes=settings.max_bytes,
        max_entries=settings.max_entries,
        max_depth=settings.max_depth,
        gate_sample=settings.gate_sample,
        politiques=settings.politiques,
    )
