"""F-029: a real PostgreSQL that has no place left, no connection left, or another password than ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.store.databases import OWNER, SERVICE, Cluster
from tests.store.samples import SECRET, nouvelle

from parcours.errors import StoreUnavailable
from parcours.store import Store

TENANT = "cabinet"
PASSWORD = "mot-de-passe-de-personne"
UNREACHABLE = "injoignable"
"""All that one knows of a connection that was not made: its driver tells no code."""


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def no_connection_left(cluster: Cluster, url: str) -> Iterator[None]:
    cluster.execute(f"ALTER DATABASE {name_of(url)} CONNECTION LIMIT 0")
    yield
    cluster.execute(f"ALTER DATABASE {name_of(url)} CONNECTION LIMIT -1")


@contextmanager
def another_password(cluster: Cluster, url: str) -> Iterator[None]:
    """Of this database, PostgreSQL now wants a password, and not the one that it is given."""
    rules = Path(cluster.data) / "pg_hba.conf"
    before = rules.read_text("utf-8")
    rules.write_text(f"local {name_of(url)} {SERVICE} scram-sha-256\n{before}", "utf-8")
    cluster.execute(f"ALTER ROLE {SERVICE} PASSWORD 'un-autre'")
    cluster.execute("SELECT pg_reload_conf()")
    yield
    rules.write_text(before, "utf-8")
    cluster.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("refusing", [no_connection_left, another_password])
def test_f029_a_server_that_lets_nobody_in_is_told_without_its_secrets_and_found_again(
    refusing: Callable[[Cluster, str], AbstractContextManager[None]],
    cluster: Cluster,
    postgres_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = postgres_url.replace(f"{SERVICE}@", f"{SERVICE}:{PASSWORD}@")
    with closing(Store.open(url)) as store:
        with refusing(cluster, postgres_url):
            store._database.engine.dispose()
            for attempt in (lambda: store.declarations.create(TENANT, nouvelle()), store.check):
                with pytest.raises(StoreUnavailable, match=UNREACHABLE) as caught:
                    attempt()
                told = caplog.text + "".join(traceback.format_exception(caught.value))
                assert not any(secret in told for secret in (PASSWORD, SECRET, name_of(url)))
        assert store.declarations.create(TENANT, nouvelle()).created


@pytest.fixture
def on_a_small_disk(cluster: Cluster) -> Iterator[str]:
    """A database whose tables are on a disk of twelve megabytes, most of which a new one takes."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    place, name = cluster.folder / "small", f"small{os.urandom(4).hex()}"
    place.mkdir()
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place], check=True)
    try:
        shutil.chown(place, OWNER, OWNER)
        cluster.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        cluster.execute(f"CREATE DATABASE {name} OWNER {SERVICE} TABLESPACE small")
        yield cluster.url(name)
        cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
        cluster.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["/bin/umount", "-l", place], check=True)
        place.rmdir()


def fill(store: Store, kept: list[str]) -> None:
    for number in range(1, 100):
        store.declarations.create(TENANT, nouvelle(str(number), pdf=os.urandom(20_000)))
        kept.append(str(number))


def test_f029_on_a_full_disk_reads_go_on_and_writes_come_back_with_the_space(
    cluster: Cluster, on_a_small_disk: str
) -> None:
    with closing(Store.open(on_a_small_disk)) as store:
        first = store.declarations.create(TENANT, nouvelle("0")).dossier
        free = os.statvfs(cluster.folder / "small").f_bavail * 4096
        ballast = cluster.folder / "small" / "ballast"
        ballast.write_bytes(bytes(free - 100_000))
        kept = ["0"]
        with pytest.raises(StoreUnavailable, match="place"):
            fill(store, kept)
        assert store.declarations.read(TENANT, first.id) == first
        ballast.unlink()
        assert store.declarations.create(TENANT, nouvelle("again")).created
        assert all(store.declarations.find(TENANT, nouvelle(name).cle) for name in (*kept, "again"))
