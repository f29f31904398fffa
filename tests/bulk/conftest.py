"""A batch run in this process (its workers are others), and small files of visits."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.bulk import visits

from parcours.bulk import cutting, run
from parcours.bulk.answers import Answerer
from parcours.bulk.run import Job, Progress, Told
from parcours.service import Service
from parcours.settings import Settings

collect_ignore = [] if find_spec("pyspark") else ["test_spark.py"]
"""Spark is half a gigabyte: `make spark` installs it, and runs what needs it."""


@pytest.fixture(scope="session")
def service() -> Service:
    return Service(Settings())


@pytest.fixture
def answerer(service: Service) -> Answerer:
    return Answerer(service, "full")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of some ten visits, so that a small file has several."""
    for module in (cutting, run):
        monkeypatch.setattr(module, "CHUNK", 40_000)


@pytest.fixture
def small_files() -> Callable[[int], AbstractContextManager[None]]:
    """While it lasts, no file gets longer than so many bytes: as on a full disk."""

    @contextmanager
    def limited(octets: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited


class Batch:
    """Runs batches with one process, unless told otherwise."""

    def __call__(
        self,
        source: Path | str,
        output: Path,
        *,
        workers: int = 1,
        resume: bool = False,
        settings: Settings | None = None,
        told: Told = lambda _: None,
    ) -> Progress:
        job = Job(source=str(source), output=output, workers=workers, resume=resume)
        return run.run(job, settings or Settings(), told)


@pytest.fixture
def batch() -> Batch:
    return Batch()


@pytest.fixture(scope="session")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of sixty visits; tests read it only."""
    path = tmp_path_factory.mktemp("visites") / "visites.ndjson"
    visits.write_lines(path, 60)
    return path
