"""A database is used only when it can be trusted; a refusal says what to do, and nothing is built over it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.store.databases import Cluster
from tests.store.samples import nouvelle

from parcours.errors import StoreUnusable
from parcours.store import Store, schema, sqlite_file, start_checks
from parcours.store.scope import EVERYBODY
from parcours.store.tables import METADATA, SCHEMA


def filled(url: str) -> Path:
    """A database with a few pages, closed."""
    store = Store.open(url)
    for number in range(20):
        store.declarations.create("t", nouvelle(str(number), pdf=os.urandom(9000)))
    store.close()
    return Path(url)


def everything(url: str) -> int:
    store = Store.open(url)
    try:
        with store._database.reading(EVERYBODY) as connection:
            return connection.scalar(sa.text("SELECT count(*) FROM declaration")) or 0
    finally:
        store.close()


# ---------------------------------------------------------------- what is made


def test_a_new_file_is_private_whole_and_alone_in_a_private_folder(sqlite_url: str) -> None:
    Store.open(sqlite_url).close()
    path = Path(sqlite_url)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_promise_of_sqlite_is_read_back(sqlite_url: str) -> None:
    path = filled(sqlite_url)
    with closing(sqlite_file.connect(path)) as connection:
        for name, value in (sqlite_file.PRAGMAS | {"busy_timeout": 5000}).items():
            assert connection.execute(f"PRAGMA {name}").fetchone() == (value,)


def test_a_promise_that_is_not_kept_prevents_the_start(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(sqlite_url)
    monkeypatch.setitem(sqlite_file.PRAGMAS, "page_count", 0)
    with pytest.raises(StoreUnusable, match="page_count"):
        Store.open(sqlite_url)


def test_the_tables_of_the_program_are_those_that_the_migrations_make(store: Store) -> None:
    with store._database.reading(EVERYBODY) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_opening_twice_makes_one_database(url: str) -> None:
    first, second = Store.open(url), Store.open(url)
    first.declarations.create("t", nouvelle("a"))
    second.declarations.create("t", nouvelle("b"))
    first.close()
    second.close()
    assert everything(url) == 2


# ---------------------------------------------------------------- what is refused

Spoil = Callable[[Path], None]


def readable_by_the_group(path: Path) -> None:
    path.chmod(0o640)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_bytes(b"Ceci est une lettre, pas une base.\n" * 100)


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE factures (numero)")
    path.chmod(0o600)


def of_a_newer_program(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (readable_by_the_group, "chmod 600"),
        (empty, "est vide"),
        (text, "n’est pas une base de données"),
        (half, "sauvegarde"),
        (damaged, "sauvegarde"),
        (of_another_program, "autre programme"),
        (of_a_newer_program, "plus récente"),
        (a_folder, "à l’endroit indiqué"),
    ],
)
def test_a_file_that_is_not_to_be_trusted_is_refused_and_left_as_it_is(
    sqlite_url: str, spoil: Spoil, told: str
) -> None:
    path = filled(sqlite_url)
    spoil(path)
    before = path.is_file() and path.read_bytes()
    with pytest.raises(StoreUnusable, match=told) as caught:
        Store.open(sqlite_url)
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert sqlite_url not in str(caught.value)
    assert (path.is_file() and path.read_bytes()) == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_journal_without_its_database_is_not_built_over(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    store.declarations.create("t", nouvelle())
    path = Path(sqlite_url)
    path.rename(path.with_name("ailleurs"))
    with pytest.raises(StoreUnusable, match="-wal"):
        Store.open(sqlite_url)
    path.write_bytes(b"")
    path.chmod(0o600)
    with pytest.raises(StoreUnusable, match="est vide"):
        Store.open(sqlite_url)
    assert Path(f"{path}-wal").stat().st_size
    store.close()


def test_a_read_only_file_or_folder_is_refused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(sqlite_url)
    for forbidden in (path, path.parent):
        monkeypatch.setattr(os, "access", lambda asked, _, no=forbidden: asked != no)
        with pytest.raises(StoreUnusable, match="modifiables"):
            Store.open(sqlite_url)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts: CI runs as root")
def test_a_read_only_disk_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    filled(sqlite_url)
    place = str(tmp_path / "kept")
    subprocess.run(["/bin/mount", "--bind", "-o", "ro", place, place], check=True)
    try:
        with pytest.raises(StoreUnusable, match="modifiables"):
            Store.open(sqlite_url)
    finally:
        subprocess.run(["/bin/umount", place], check=True)


@pytest.mark.parametrize("system", ["nfs4", "cifs", "9p", "fuse.sshfs"])
def test_a_disk_of_the_network_is_refused(system: str, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    share = tmp_path / "partage du cabinet"
    share.mkdir()
    point = str(share).replace(" ", "\\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserveur:/x {point} {system} rw 0 0\n")
    start_checks.assert_local(tmp_path / "parcours.sqlite", mounts)
    start_checks.assert_local(tmp_path / "parcours.sqlite", tmp_path / "no such file")
    with pytest.raises(StoreUnusable, match="réseau"):
        start_checks.assert_local(share / "sous" / "parcours.sqlite", mounts)


def test_a_journal_deleted_after_a_brutal_stop_is_reported(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = filled(sqlite_url)
    assert everything(sqlite_url) == 20
    assert caplog.records == []
    Path(f"{path}-shm").write_bytes(b"\0" * 32768)
    assert everything(sqlite_url) == 20
    assert "store journal missing" in caplog.text


# ---------------------------------------------------------------- joining and migrating


def test_a_process_that_joins_neither_makes_nor_migrates(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable):
        Store.join(url)
    assert not (tmp_path / "kept").exists()
    Store.open(url).close()
    Store.join(url).close()


def test_a_file_is_looked_at_for_a_bounded_time(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr(start_checks, "IS_OURS", endless)
    start_checks.assert_sound(filled(sqlite_url), seconds=0.1)


def test_a_migration_that_fails_leaves_everything_as_it_was(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise OSError("half way")

    monkeypatch.setattr("alembic.op.create_index", stop)
    with pytest.raises(StoreUnusable):
        Store.open(url)
    monkeypatch.undo()
    assert everything(url) == 0


def test_the_same_revision_is_named_by_the_program_and_by_its_last_migration(store: Store) -> None:
    with store._database.reading(EVERYBODY) as connection:
        assert schema.current(connection) == SCHEMA


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://secret-user:secret-word@[::bad/x", "ne se lit pas"),
        ("postgresql://secret-user:secret-word@127.0.0.1:1/secret-base", "injoignable"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_secrets(
    address: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(StoreUnusable, match=told) as caught:
        Store.open(address)
    assert "secret" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_what_it_confirms_is_refused(
    cluster: Cluster, postgres_url: str, name: str
) -> None:
    cluster.execute(f"ALTER SYSTEM SET {name} = off")
    cluster.execute("SELECT pg_reload_conf()")
    try:
        with pytest.raises(StoreUnusable, match=f"{name}=off"):
            Store.open(postgres_url)
    finally:
        cluster.execute(f"ALTER SYSTEM RESET {name}")
        cluster.execute("SELECT pg_reload_conf()")
    Store.open(postgres_url).close()
