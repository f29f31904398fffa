"""Visits from files, numbered as people count lines, and answers to files, wherever Spark finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F

from parcours.bulk.parquet import SCHEMA, row
from parcours.bulk.spark.judging import DECISION, LIGNE, VISITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame, Observation, SparkSession

FICHIER = "fichier"
PARQUET = ".parquet"
VISITS_A_TASK = 2_000
"""Some ten seconds of a core: what a death costs at most."""
MOST_TASKS = 10_000
_TYPES = {
    pa.int64(): "bigint",
    pa.string(): "string",
    pa.date32(): "date",
    pa.list_(pa.string()): "array<string>",
    pa.decimal128(12, 2): "decimal(12,2)",
}


def visits(spark: SparkSession, source: str) -> DataFrame:
    """The visits of files, in the order of files and lines: ``fichier``, ``ligne`` from 1, and what is read.

    ``source`` is a path or a pattern that Spark understands. One that ends in ``.parquet`` is a table; any
    other is lines, each a ``visite``. They are counted at once, and read when Spark is asked for rows.
    """
    found = _rows(spark, source) if source.endswith(PARQUET) else _lines(spark, source)
    tasks = tasks_for(found.count(), spark.sparkContext.defaultParallelism)
    # Dealt out anew: one compressed file keeps every executor busy, and answers come out in order. How many
    # tasks is said here: left to itself, Spark counts bytes, and visits have few of them for their work.
    return found.repartitionByRange(tasks, FICHIER, LIGNE).sortWithinPartitions(FICHIER, LIGNE)


def tasks_for(visits: int, cores: int) -> int:
    """Tasks of ``VISITS_A_TASK`` visits: at least two for each core, and no more than a driver can follow."""
    return max(2 * cores, min(-(-visits // VISITS_A_TASK), MOST_TASKS))


def _rows(spark: SparkSession, source: str) -> DataFrame:
    place, number = F.col("_metadata.file_path"), F.col("_metadata.row_index") + 1
    return spark.read.parquet(source).withColumns({FICHIER: place, LIGNE: number})


def _lines(spark: SparkSession, source: str) -> DataFrame:
    """Spark knows in which block of which file a line is, not which line it is: count those before."""
    alone = spark.newSession()
    # Otherwise the cuts would change with the number of executors, and one may come or go meanwhile.
    alone.conf.set("spark.sql.files.minPartitionNum", str(spark.sparkContext.defaultParallelism))
    lines = (
        alone.read.option("lineSep", "\n")
        .text(source)
        .select(
            F.col("_metadata.file_path").alias(FICHIER),
            F.col("_metadata.file_block_start").alias("debut"),
            F.monotonically_increasing_id().alias("rang"),
            F.col("value").cast("binary").alias(VISITE),
        )
    )
    number = F.col("rang") - F.col("premier") + F.col("avant") + 1
    return lines.join(F.broadcast(_blocks(lines)), [FICHIER, "debut"]).select(
        FICHIER, number.alias(LIGNE), VISITE
    )


def _blocks(lines: DataFrame) -> DataFrame:
    """Of each block of each file: the rank of its first line, and how many lines of the file come before."""
    before = Window.partitionBy(FICHIER).orderBy("debut").rowsBetween(Window.unboundedPreceding, -1)
    counted = lines.groupBy(FICHIER, "debut").agg(
        F.count("*").alias("lignes"), F.min("rang").alias("premier")
    )
    avant = F.coalesce(F.sum("lignes").over(before), F.lit(0))
    return counted.select(FICHIER, "debut", "premier", avant.alias("avant"))


def observed(answers: DataFrame, counts: Observation) -> DataFrame:
    """The same answers; ``counts`` will tell ``lignes`` and ``refus`` once they are written."""
    decision = F.col(DECISION)
    fault = decision.contains('"severity":"error"') | decision.contains('"severity":"fatal"')
    refused = decision.startswith('{"resourceType"') & fault
    return answers.observe(counts, F.count("*").alias("lignes"), F.count_if(refused).alias("refus"))


def write(answers: DataFrame, output: str) -> None:
    """Write a folder: of columns, as ``parcours batch`` has them, when its name says so; else of lines."""
    if output.endswith(PARQUET):
        _columns(answers).write.parquet(output, compression="zstd")
    else:
        answers.select(DECISION).write.text(output, lineSep="\n")


def _columns(answers: DataFrame) -> DataFrame:
    columns = [f"{field.name} {_TYPES[field.type]}" for field in SCHEMA]
    return answers.select(FICHIER, LIGNE, DECISION).mapInArrow(
        _rows_of_columns, ", ".join([f"{FICHIER} string", *columns])
    )


def _rows_of_columns(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    schema = SCHEMA.insert(0, pa.field(FICHIER, pa.string()))
    for batch in batches:
        rows = (
            {FICHIER: said[FICHIER], **row(said[LIGNE], said[DECISION].encode())}
            for said in batch.to_pylist()
        )
        yield pa.RecordBatch.from_pylist(list(rows), schema=schema)
