"""Many equal requests at once make one declaration (F-031); without locks and indexes they make several."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from unittest.mock import patch

import sqlalchemy as sa
from tests.faults.crowd import TENANT, crowd
from tests.faults.evidence import Evidence
from tests.store.databases import SERVICE, Cluster
from tests.store.samples import nouvelle

from parcours.store import Store
from parcours.store.records import Criteria

RIVALS = 8


def race(cluster: Cluster, rounds: int) -> Evidence:
    """A crowd of two processes for one key, on a new database each time, of either kind in turn."""
    evidence = Evidence()
    with tempfile.TemporaryDirectory(prefix="parcours-race-") as folder:
        for number in range(rounds):
            in_file = str(Path(folder) / str(number) / "parcours.sqlite")
            _round(in_file if number % 2 else _new(cluster, f"race{number}"), evidence)
    return evidence


def _round(url: str, evidence: Evidence) -> None:
    Store.open(url).close()
    said = crowd(url, "one key")
    ids = {line.split(" ")[0] for line in said}
    found = count(url)
    evidence.tries += len(said)
    evidence.acknowledged += len(said)
    evidence.lost += not found
    if (len(ids), found) != (1, 1):
        evidence.failures.append(f"{found} declarations, {len(ids)} of them said")


def race_without_locks(cluster: Cluster) -> Evidence:
    """The control: the unique indexes dropped, the turns not taken."""
    evidence = Evidence()
    url = _new(cluster, "unguarded")
    store = Store.open(url)
    with store._database.writer() as connection, connection.begin():
        connection.execute(sa.text("ALTER TABLE declaration DROP CONSTRAINT une_par_cle"))
        connection.execute(sa.text("DROP INDEX une_preparee_par_sujet"))
    together = Barrier(RIVALS)

    def create(_: int) -> None:
        together.wait(10)
        with suppress(sa.exc.MultipleResultsFound):  # what the others did has no place in this design
            store.declarations.create(TENANT, nouvelle())

    with patch("parcours.store.declarations.take_turns"), ThreadPoolExecutor(RIVALS) as threads:
        list(threads.map(create, range(RIVALS)))
    store.close()
    evidence.tries = RIVALS
    if (found := count(url)) != 1:
        evidence.failures.append(f"{found} declarations")
    return evidence


def count(url: str) -> int:
    """How many declarations there are."""
    store = Store.join(url)
    total = store.declarations.search(TENANT, Criteria(), 1).total
    store.close()
    return total


def _new(cluster: Cluster, name: str) -> str:
    cluster.execute(f"CREATE DATABASE {name} OWNER {SERVICE}")
    return cluster.url(name)
