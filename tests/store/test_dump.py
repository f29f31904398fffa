"""A PostgreSQL is dumped and put back by its own tools, as its ordinary role, with the rows of everybody."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import sqlalchemy as sa
from tests.store.databases import SERVICE, Cluster
from tests.store.samples import NOW, nouvelle

from parcours.store import Store
from parcours.store.audit import Entry

EVERY_PRACTICE = {"PGOPTIONS": "-c parcours.tous=oui"}


def tool(cluster: Cluster, program: str, *arguments: str) -> None:
    """A tool of PostgreSQL, as the role of the service."""
    command = [str(cluster.programs / program), "-h", str(cluster.folder), "-U", SERVICE, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60, env={**os.environ, **EVERY_PRACTICE})


def test_what_was_dumped_is_put_back_whole(cluster: Cluster, postgres_url: str, tmp_path: Path) -> None:
    name = sa.make_url(postgres_url).database or ""
    store = Store.open(postgres_url)
    traces = store.audit(str(tmp_path))
    traces.prepare(NOW)
    for tenant in ("nord", "sud"):
        store.declarations.create(tenant, nouvelle())
        traces.add([Entry(tenant, NOW, "x")])
    head = traces.verify().head
    store.close()
    dump = str(tmp_path / "parcours.dump")
    tool(cluster, "pg_dump", "--format=custom", "--enable-row-security", f"--file={dump}", name)
    cluster.execute(f"CREATE DATABASE {name}_bis OWNER {SERVICE}")
    tool(cluster, "pg_restore", "--exit-on-error", f"--dbname={name}_bis", dump)
    again = Store.open(cluster.url(f"{name}_bis"))
    assert again.declarations.find("nord", nouvelle().cle)
    assert again.declarations.find("sud", nouvelle().cle)
    verdict = again.audit(str(tmp_path)).verify(head)
    assert (verdict.fault, verdict.head) == (None, head)
    again.close()
    cluster.execute(f"DROP DATABASE {name}_bis WITH (FORCE)")
