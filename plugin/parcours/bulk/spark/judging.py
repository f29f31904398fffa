"""What an executor does with its rows. A task that died is done again with care: see ``careful``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from parcours.bulk.answers import Answerer
from parcours.bulk.flat import Row, bundle
from parcours.bulk.spark.careful import Numbered, careful, judge
from parcours.fhir.reading import Validate
from parcours.service import Service
from parcours.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

VISITE, LIGNE, DECISION = "visite", "ligne", "decision"
NOT_TEXT = b"\xff"
"""What stands for a row that cannot be read as text: it is refused as a line of such bytes is."""

Answering = Callable[[Iterable[Numbered]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Judging:
    """Replaces the columns it reads by the decision."""

    read: Sequence[str]
    settings: Settings
    validate: Validate

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of rows, each with its answers."""
        import pyarrow as pa  # an extra

        answering = self._answering()
        for batch in batches:
            decisions = pa.array(answering(self._numbered(batch)), pa.string())
            kept = [name for name in batch.schema.names if name not in self.read]
            yield batch.select(kept).append_column(DECISION, decisions)

    def _answering(self) -> Answering:
        from pyspark import TaskContext  # an extra

        task = TaskContext.get()
        if task and task.attemptNumber():
            return partial(careful, partial(judge, self.settings, self.validate))
        return partial(_answers, _answerer(self.settings, self.validate))

    def _numbered(self, batch: pa.RecordBatch) -> Iterator[Numbered]:
        numbers = (number or 0 for number in batch.column(LIGNE).to_pylist())
        return zip(numbers, self._lines(batch), strict=True)

    def _lines(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        import pyarrow as pa  # an extra

        if VISITE not in self.read:
            return (NOT_TEXT if row is None else bundle(row) for row in _rows(batch.select(self.read)))
        # As bytes: Spark calls text what was never checked to be UTF-8.
        return (line or b"" for line in batch.column(VISITE).cast(pa.binary()).to_pylist())


def _rows(batch: pa.RecordBatch) -> list[Row | None]:
    """Its rows; ``None`` for one that says text and holds none: Spark never checked that it is UTF-8."""
    try:
        rows: list[Row | None] = batch.to_pylist()
    except UnicodeDecodeError:
        if batch.num_rows == 1:
            return [None]
        return [row for at in range(batch.num_rows) for row in _rows(batch.slice(at, 1))]
    return rows


@cache
def _answerer(settings: Settings, validate: Validate) -> Answerer:
    """Built once in each process, which answers many tasks."""
    return Answerer(Service(settings), validate)


def _answers(answerer: Answerer, lines: Iterable[Numbered]) -> Iterator[bytes]:
    return (answerer.answer(number, line).text for number, line in lines)
