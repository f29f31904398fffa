"""Processes killed at any moment: writers on SQLite, again and again; PostgreSQL, with writers at work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import psycopg
from tests.faults.disk.kept import Damaged, kept
from tests.faults.evidence import Evidence, confirmations
from tests.faults.writers import ROOT, Said, heard, heard_after_a_refusal, killed, writer
from tests.store.databases import SERVICE, Cluster, made_cluster

from parcours.store import Store

MOST = 30
"""Confirmations that are waited for before a kill, at most."""
WRITERS = 4
ENDLESS = 1_000_000
PATIENCE = 20
"""Times that a PostgreSQL is started again while what was left of it goes away."""


def kill_writers(rounds: int, seed: int) -> Evidence:
    """Two processes that write to one file, killed in the middle of whatever they do (F-001)."""
    evidence = Evidence()
    chance = Random(seed)  # noqa: S311  # the same waits for the same seed
    with tempfile.TemporaryDirectory(prefix="parcours-kill-") as name:
        url = str(Path(name) / "kept" / "parcours.sqlite")
        Store.open(url).close()
        for number in range(rounds):
            with writer(url, f"a{number}") as first, writer(url, f"b{number}") as second:
                said = heard(first, chance.randint(1, MOST))
                said += killed(first) + killed(second)
            _look(url, said, evidence)
    return evidence


def kill_hasty(rounds: int) -> Evidence:
    """The control: a process that confirms before it writes, killed as soon as it has."""
    evidence = Evidence()
    with tempfile.TemporaryDirectory(prefix="parcours-kill-") as name:
        url = str(Path(name) / "kept" / "parcours.sqlite")
        Store.open(url).close()
        for number in range(rounds):
            with _hasty(url, f"a{number}") as process:
                heard(process, 1)
                said = heard(process, 1)
                said += killed(process)
            _look(url, said, evidence)
    return evidence


@contextmanager
def _hasty(url: str, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.disk.child", url, name, str(ENDLESS), "--early"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        yield process


def _look(url: str, said: Said, evidence: Evidence) -> None:
    try:
        evidence.add(confirmations(said), kept(Path(url)))
    except Damaged as damage:
        evidence.failures.append(str(damage))


# ---------------------------------------------------------------- PostgreSQL


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, with the role of the service; gone at the end."""
    cluster = made_cluster()
    cluster.start()
    try:
        cluster.execute(f"CREATE ROLE {SERVICE} LOGIN")
        cluster.execute(f"CREATE DATABASE faults OWNER {SERVICE}")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder)


def kill_postgresql(rounds: int, seed: int, *, careless: bool = False) -> Evidence:
    """Its ``immediate`` stop and ``kill -9`` of its first process, in turn; the same writers all along.

    F-024. ``careless`` is the control: once the writers have begun, ``synchronous_commit`` is put ``off``.
    """
    evidence = Evidence()
    chance = Random(seed)  # noqa: S311  # the same waits for the same seed
    with running_cluster() as cluster, ExitStack() as stack:
        url = cluster.url("faults")
        Store.open(url).close()
        writers = [stack.enter_context(writer(url, f"w{n}", ENDLESS)) for n in range(WRITERS)]
        if careless:
            cluster.execute("ALTER DATABASE faults SET synchronous_commit = off")
        said: Said = []
        for number in range(rounds):
            said += [line for one in writers for line in heard(one, chance.randint(1, MOST))]
            (_kill if number % 2 else Cluster.stop)(cluster)
            _start(cluster)
            said += [line for one in writers for line in heard_after_a_refusal(one)]
            evidence.add((), {})
        said += [line for one in writers for line in killed(one)]
        last = Evidence()
        last.add(confirmations(said), kept_by_server(cluster, "faults"))
    evidence.acknowledged, evidence.lost, evidence.losing = last.acknowledged, last.lost, last.losing
    return evidence


def _kill(cluster: Cluster) -> None:
    first = int(Path(cluster.data, "postmaster.pid").read_text("utf-8").splitlines()[0])
    os.kill(first, signal.SIGKILL)


def _start(cluster: Cluster) -> None:
    """Start it again, once what was left of the one before is gone."""
    for left in reversed(range(PATIENCE)):
        try:
            cluster.start()
        except subprocess.CalledProcessError:
            if not left:
                raise
        else:
            return


def kept_by_server(cluster: Cluster, name: str) -> dict[str, int]:
    """The last version of each declaration, by its key."""
    with psycopg.connect(cluster.url(name, "postgres")) as connection:
        return dict(connection.execute("SELECT cle, version FROM declaration").fetchall())
