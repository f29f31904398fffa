"""A connection to PostgreSQL that breaks during a COMMIT: before the server heard of it, or after (F-026).

A socket between the service and the server passes everything on, and breaks at some COMMITs. Nobody is told
which of the two it was: the store has to look.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from tests.faults.evidence import Evidence, confirmations
from tests.faults.power.kills import kept_by_server
from tests.faults.writers import ROOT
from tests.store.databases import SERVICE, Cluster

from parcours.store import Store

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT\0"
OFTEN = 0.3
CHUNK = 65536


class Wire:
    """The socket between, in a folder of its own."""

    def __init__(self, folder: Path, cluster: Cluster, chance: Random) -> None:
        self.cuts = 0
        self._heard = 0
        self._chance = chance
        self._server = str(cluster.folder / SOCKET)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                deaf = threading.Event()
                for work in (self._asks, self._answers):
                    threading.Thread(target=work, args=(client, server, deaf), daemon=True).start()

    def _asks(self, client: socket.socket, server: socket.socket, deaf: threading.Event) -> None:
        with broken_together(client, server):
            while asked := client.recv(CHUNK):
                if COMMIT in asked and self._breaks():
                    if self._chance.random() < 0.5:
                        return
                    deaf.set()  # the server hears it, and its answer goes nowhere
                server.sendall(asked)

    def _breaks(self) -> bool:
        """Never the first, which opens the database: a start that fails confirms nothing."""
        self._heard += 1
        breaks = self._heard > 1 and self._chance.random() < OFTEN
        self.cuts += breaks
        return breaks

    def _answers(self, client: socket.socket, server: socket.socket, deaf: threading.Event) -> None:
        with broken_together(client, server):
            while answered := server.recv(CHUNK):
                if deaf.is_set():
                    return
                client.sendall(answered)


@contextmanager
def broken_together(*ends: socket.socket) -> Iterator[None]:
    """When one end is gone, so is the other."""
    with suppress(OSError):
        yield
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def cut_commits(cluster: Cluster, name: str, declarations: int, seed: int, *more: str) -> Evidence:
    """Write through such a wire into a new database of that name: a try is a COMMIT that was cut."""
    cluster.execute(f"CREATE DATABASE {name} OWNER {SERVICE}")
    Store.open(cluster.url(name)).close()
    with tempfile.TemporaryDirectory(prefix="parcours-wire-") as folder:
        wire = Wire(Path(folder), cluster, Random(seed))  # noqa: S311  # the same chance for the same seed
        url = f"postgresql://{SERVICE}@/{name}?host={folder}"
        said, problem = _written(url, declarations, *more)
        wire.close()
    evidence = Evidence()
    evidence.add(confirmations(said), kept_by_server(cluster, name))
    evidence.tries = wire.cuts
    evidence.failures += problem
    return evidence


def _written(url: str, declarations: int, *more: str) -> tuple[list[str], list[str]]:
    child = [sys.executable, "-m", "tests.faults.disk.child", url, "a", str(declarations), *more]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    problem = [f"exit {done.returncode}: {done.stderr[-300:]}"] if done.returncode else []
    return done.stdout.splitlines(), problem
