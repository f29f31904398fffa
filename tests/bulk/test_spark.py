"""Two Spark workers give the answers of one ``parcours batch``, line for line, also when one of them dies."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from tests.bulk import visits
from tests.bulk.test_flat import TWINS

from parcours.bulk.answers import Answerer
from parcours.bulk.flat import bundle
from parcours.bulk.parquet import to_parquet
from parcours.bulk.run import Job, run
from parcours.bulk.spark import __main__ as command
from parcours.bulk.spark import evaluate
from parcours.bulk.spark.judging import Judging
from parcours.errors import ParcoursError
from parcours.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from tests.bulk.spark_cluster import Cluster

pytest.importorskip("pyspark", reason="the extra spark is not installed")
JAVA = pytest.mark.skipif(
    not (os.environ.get("JAVA_HOME") or shutil.which("java")), reason="Spark needs Java, and there is none"
)
# Two processes that run tests would start two clusters.
pytestmark = pytest.mark.xdist_group("spark")

BAD = (b"{\n", b"\xff\xfe\n", b"\n", b"\r\n", b'{"resourceType":"Bundle"}\r\n')
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A virtual machine that lives for a minute is not worth compiling for."""
CONF: dict[str, bool | float | int | str | None] = {
    "spark.cores.max": "2",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": QUICK,
    "spark.executor.memory": "512m",
    "spark.scheduler.minRegisteredResourcesRatio": "1",  # nothing runs before both workers are there
    "spark.sql.files.maxPartitionBytes": "50000",  # a small file, and many cuts in the middle of lines
    "spark.sql.files.openCostInBytes": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    from tests.bulk.spark_cluster import running

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patched.setenv("PYSPARK_PYTHON", sys.executable)
        patched.setenv("PYSPARK_SUBMIT_ARGS", f"--driver-java-options '{QUICK}' pyspark-shell")
        patched.setenv("SPARK_DAEMON_JAVA_OPTS", QUICK)
        with running(tmp_path_factory.mktemp("cluster")) as cluster:
            yield cluster


@pytest.fixture(scope="module")
def spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    builder = SparkSession.builder.master(cluster.url).config("spark.sql.warehouse.dir", warehouse)
    with builder.config(map=CONF).getOrCreate() as session:
        yield session


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty visits after a byte order mark, bad lines among them, the last without its newline."""
    path = tmp_path_factory.mktemp("visites") / "visites.ndjson"
    lines = list(visits.lines(40))
    lines[20:20] = BAD
    path.write_bytes(b"\xef\xbb\xbf" + b"".join(lines).removesuffix(b"\n"))
    return path


@pytest.fixture(scope="module")
def batched(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``parcours batch`` answers to it."""
    answered = tmp_path_factory.mktemp("batch") / "decisions.ndjson"
    run(Job(source=str(source), output=answered), Settings(), lambda _: None)
    return answered


@pytest.fixture(scope="module")
def answered(spark: SparkSession, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command of Spark answers to it."""
    folder = tmp_path_factory.mktemp("spark") / "decisions"
    ran = submitted(spark, source, folder)
    assert (ran.exit_code, ran.output) == (3, "45 lignes, 3 refusées\n")
    return folder


def submitted(spark: SparkSession, *paths: Path) -> Result:
    """The command, in the session of these tests: it ends its own, and others follow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(spark), "__exit__", lambda *_: None)
        return CliRunner().invoke(command.main, [str(path) for path in paths])


def lines_of(folder: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(folder.glob("part-*")))


# ---------------------------------------------------------------- the same answers


@JAVA
def test_two_workers_answer_line_for_line_what_the_command_answers(
    spark: SparkSession, cluster: Cluster, answered: Path, batched: Path
) -> None:
    assert lines_of(answered) == batched.read_bytes()
    assert len(list(answered.glob("part-*"))) == 4
    assert workers_of(spark.range(0, 2, numPartitions=2)) == cluster.pids


def workers_of(df: DataFrame) -> set[int]:
    """The sessions of the processes to which the rows go."""

    def session(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.record_batch({"session": pa.array([os.getsid(0)] * batch.num_rows, pa.int64())})

    return {row.session for row in df.mapInArrow(session, "session long").collect()}


@JAVA
def test_a_table_of_bundles_gives_the_columns_that_the_command_gives(
    spark: SparkSession, source: Path, batched: Path, tmp_path: Path
) -> None:
    from parcours.bulk.spark.tables import visits as read
    from parcours.bulk.spark.tables import write

    lines = source.read_bytes().split(b"\n")
    pq.write_table(pa.table({"visite": lines}), tmp_path / "visites.parquet", row_group_size=10)
    write(evaluate(read(spark, str(tmp_path / "visites.parquet"))), str(tmp_path / "decisions.parquet"))
    to_parquet(batched, tmp_path / "columns")
    found = pq.read_table(tmp_path / "decisions.parquet").sort_by("ligne").drop_columns("fichier")
    assert found.to_pylist() == pq.read_table(tmp_path / "columns").to_pylist()


@JAVA
def test_a_flat_table_is_answered_as_its_bundles_and_keeps_its_other_columns(
    spark: SparkSession, answerer: Answerer
) -> None:
    rows = [{"dossier": f"d-{n}", "ligne": n, **row} for n, row in enumerate(FLAT)]
    schema = "dossier string, ligne int, date date, rpps string, profession string, secteur string, "
    schema += "specialite string, acte string, montant decimal(9,2), mt_rpps string, mt_debut date, age int, "
    answers = evaluate(spark.createDataFrame(rows, schema + "circonstances array<string>"))
    assert answers.columns == ["dossier", "ligne", "decision"]
    expected = [(f"d-{n}", n, answerer.answer(n, bundle(row)).text.decode()) for n, row in enumerate(FLAT)]
    assert [tuple(row) for row in answers.collect()] == expected


FLAT: list[dict[str, Any]] = [
    *({**TWINS["24"], "age": age, "montant": None} for age in (15, 45)),
    {**TWINS["24"], "montant": None, "circonstances": ["urgence"]},
    {**TWINS["24"], "montant": None, "date": None},
]


@JAVA
def test_lines_are_numbered_in_each_file_and_files_come_in_the_order_of_their_names(
    spark: SparkSession, tmp_path: Path
) -> None:
    from parcours.bulk.spark.tables import visits as read

    (tmp_path / "1.ndjson").write_bytes(b"short\n" * 3)
    (tmp_path / "2.ndjson.gz").write_bytes(gzip.compress(b"\n".join(b"%d" % n for n in range(9))))
    (tmp_path / "3.ndjson").write_bytes(b"x" * 90_000 + b"\ny\n" + b"z" * 90_000 + b"\n")
    found = [
        (Path(row.fichier).name, row.ligne, len(row.visite)) for row in read(spark, str(tmp_path)).collect()
    ]
    assert found == [
        *(("1.ndjson", n, 5) for n in (1, 2, 3)),
        *(("2.ndjson.gz", n, 1) for n in range(1, 10)),
        *(("3.ndjson", n, size) for n, size in ((1, 90_000), (2, 1), (3, 90_000))),
    ]


def test_text_that_is_none_and_cells_that_are_empty_have_their_answers(answerer: Answerer) -> None:
    good = next(visits.lines(1))
    texts = pa.array([good, b"\xff\xfe", None]).view(pa.string())  # what Spark calls text, and never checked
    batch = pa.record_batch({"dossier": [1, 2, 3], "ligne": [7, 8, None], "visite": texts})
    (found,) = Judging(("visite",), Settings(), "full")(iter([batch]))
    expected = [answerer.answer(n, line).text.decode() for n, line in ((7, good), (8, b"\xff\xfe"), (0, b""))]
    assert found.to_pydict() == {"dossier": [1, 2, 3], "ligne": [7, 8, None], "decision": expected}


def test_a_cell_whose_text_is_none_stops_no_other_row(answerer: Answerer) -> None:
    texts = pa.array([b"VR", b"\xff\xfe"]).view(pa.string())
    batch = pa.record_batch({"ligne": [7, 8], "date": [TWINS["24"]["date"]] * 2, "mode": texts})
    (found,) = Judging(("date", "mode"), Settings(), "full")(iter([batch]))
    told = bundle({"date": TWINS["24"]["date"], "mode": "VR"})
    expected = [answerer.answer(n, line).text.decode() for n, line in ((7, told), (8, b"\xff"))]
    assert found.column("decision").to_pylist() == expected
    assert "ligne 8" in expected[1]


TASKS = {"few": (0, 8, 16), "many": (1_000_001, 8, 501), "too many to follow": (10**9, 8, 10_000)}


@pytest.mark.parametrize(("lines", "cores", "tasks"), TASKS.values(), ids=TASKS.keys())
def test_a_task_is_some_seconds_of_work(lines: int, cores: int, tasks: int) -> None:
    from parcours.bulk.spark.tables import tasks_for

    assert tasks_for(lines, cores) == tasks


# ---------------------------------------------------------------- the entry


@JAVA
def test_the_command_replaces_nothing_and_names_what_is_absent(
    spark: SparkSession, source: Path, answered: Path, batched: Path, tmp_path: Path
) -> None:
    absent = tmp_path / "absent"
    for paths, told in (((source, answered), "existe déjà"), ((absent, absent), "introuvable")):
        ran = submitted(spark, *paths)
        assert ran.exit_code == 2
        assert told in ran.output
    assert lines_of(answered) == batched.read_bytes()


@JAVA
@pytest.mark.parametrize(
    "schema",
    [
        "visite string",
        "ligne long, age int",
        "ligne string, date date",
        "ligne long, date timestamp",
        "ligne long, visite int",
        "ligne long, visite string, decision string",
    ],
)
def test_a_table_that_cannot_be_read_is_refused_before_anything_runs(
    spark: SparkSession, schema: str
) -> None:
    with pytest.raises(ParcoursError):
        evaluate(spark.createDataFrame([], schema))


# ---------------------------------------------------------------- deaths


@JAVA
def test_a_machine_that_dies_takes_nothing_with_it(
    spark: SparkSession, cluster: Cluster, source: Path, batched: Path, tmp_path: Path
) -> None:
    from parcours.bulk.spark.tables import visits as read
    from parcours.bulk.spark.tables import write

    before = cluster.dead()
    dying = evaluate(read(spark, str(source)).mapInArrow(killing(tmp_path / "killed"), VISITS))
    write(dying, str(tmp_path / "decisions"))
    assert lines_of(tmp_path / "decisions") == batched.read_bytes()
    assert len(cluster.dead() - before) == 1


VISITS = "fichier string, ligne long, visite binary"


def killing(mark: Path) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """At line 30, ``kill -9`` of the worker where it is: the worker, its executor and this very process."""

    def killed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if 30 in batch.column("ligne").to_pylist() and not mark.exists():
                mark.touch()
                os.killpg(os.getsid(0), signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    return killed
