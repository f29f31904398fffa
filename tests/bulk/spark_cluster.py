"""Spark's standalone cluster on this machine: a master and two workers, each with processes of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
_DEPLOY = "org.apache.spark.deploy"
_URL = re.compile(r"spark://127\.0\.0\.1:[0-9]+")


class Cluster:
    """A master and workers with one core each. A worker leads a session: all it starts belongs to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._master = self._started(f"{_DEPLOY}.master.Master", "--port", "0", stderr=subprocess.PIPE)
        assert self._master.stderr
        self.url = next(found[0] for line in self._master.stderr if (found := _URL.search(line.decode())))
        self._drain = threading.Thread(target=self._master.stderr.read)  # a full pipe would stop it
        self._drain.start()
        self.workers = [self._worker(name) for name in ("one", "two")]

    def _worker(self, name: str) -> subprocess.Popen[bytes]:
        room = ("--cores", "1", "--memory", "1g", "--work-dir", str(self._folder / name))
        return self._started(f"{_DEPLOY}.worker.Worker", *room, self.url)

    def _started(
        self, program: str, *options: str, stderr: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        command = [str(_CLASS), program, "--host", "127.0.0.1", "--webui-port", "0", *options]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)

    @property
    def pids(self) -> set[int]:
        """The sessions of the workers."""
        return {worker.pid for worker in self.workers}

    def dead(self) -> set[int]:
        """The workers that were killed."""
        return {worker.pid for worker in self.workers if worker.poll() == -signal.SIGKILL}

    def stop(self) -> None:
        """End all that is left."""
        for process in (*self.workers, self._master):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._drain.join()
        assert self._master.stderr
        self._master.stderr.close()


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A cluster that keeps its files in this folder."""
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.stop()
