"""The disk fails: nothing confirmed is lost, nothing is confirmed that would be, and work goes on after."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.writers import TENANT, assert_nothing_lost, heard, killed, writer
from tests.store.samples import NOW, SECRET, move, nouvelle, of

from parcours.errors import StoreUnavailable
from parcours.store import Store, sqlite_file
from parcours.store.records import Criteria

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Store]:
    store = Store.open(sqlite_url)
    store.declarations.create(TENANT, nouvelle("before"))
    yield store
    store.close()


def files(url: str) -> list[Path]:
    return [Path(f"{url}{end}") for end in ("", "-wal", "-shm")]


# ---------------------------------------------------------------- a file that is no longer the one opened

Harm = Callable[[str], None]


def deleted(url: str) -> None:
    Path(url).unlink()


def all_deleted(url: str) -> None:
    for path in files(url):
        path.unlink()


def journal_deleted(url: str) -> None:
    Path(f"{url}-wal").unlink()


def moved(url: str) -> None:
    Path(url).rename(f"{url}.old")


def copied(url: str) -> Path:
    """A whole copy of the database, beside it."""
    copy = Path(f"{url}.copy")
    with closing(sqlite3.connect(url)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def replaced_by_a_copy(url: str) -> None:
    copied(url).replace(url)


def replaced_by_a_new_one(url: str) -> None:
    Store.open(f"{url}.new").close()
    Path(f"{url}.new").replace(url)


HARMS = [deleted, all_deleted, moved, replaced_by_a_copy, replaced_by_a_new_one]


@pytest.mark.parametrize("harm", HARMS)
def test_nothing_is_confirmed_into_a_file_that_nobody_will_open_again(
    opened: Store, sqlite_url: str, harm: Harm
) -> None:
    harm(sqlite_url)
    assert_refuses(opened)


def assert_refuses(store: Store) -> None:
    """It neither writes, nor reads, nor is ready, and trying again does not help."""
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            store.declarations.create(TENANT, nouvelle("after"))
        with pytest.raises(StoreUnavailable):
            store.declarations.find(TENANT, nouvelle("before").cle)
        with pytest.raises(StoreUnavailable):
            store.check()


def test_nothing_is_confirmed_into_a_file_that_an_older_copy_was_written_over(
    opened: Store, sqlite_url: str
) -> None:
    """F-014: as ``cp`` does, under its name is the same file, and the journal of another content."""
    older = copied(sqlite_url)
    opened.declarations.create(TENANT, nouvelle("later", pdf=bytes(20_000)))
    opened._database.fold_journal()
    assert opened.declarations.find(TENANT, nouvelle("later").cle)
    shutil.copyfile(older, sqlite_url)
    assert_refuses(opened)


def test_a_journal_deleted_while_running_is_noticed_and_all_of_it_folded_in(
    opened: Store, sqlite_url: str
) -> None:
    journal_deleted(sqlite_url)
    with pytest.raises(StoreUnavailable):
        opened.declarations.create(TENANT, nouvelle("refused"))
    assert opened.declarations.create(TENANT, nouvelle("after")).created
    opened.close()
    assert_nothing_lost(sqlite_url, ["before 1", "after 1"])


@pytest.mark.parametrize("harm", [deleted, journal_deleted, replaced_by_a_new_one])
def test_a_file_lost_while_a_transaction_is_under_way_is_seen_after_its_commit(
    opened: Store, sqlite_url: str, harm: Harm
) -> None:
    with pytest.raises(StoreUnavailable):
        opened._database.write(lambda _: harm(sqlite_url))


def test_a_file_that_comes_back_is_used_again_with_all_that_was_confirmed(
    opened: Store, sqlite_url: str
) -> None:
    moved(sqlite_url)
    with pytest.raises(StoreUnavailable):
        opened.declarations.create(TENANT, nouvelle("after"))
    Path(f"{sqlite_url}.old").rename(sqlite_url)
    assert opened.declarations.create(TENANT, nouvelle("after")).created
    assert opened.declarations.search(TENANT, Criteria(), 9).total == 2


# ---------------------------------------------------------------- locked


def test_a_lock_held_too_long_is_told_and_a_short_one_waited_for(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 200)
    store = Store.open(sqlite_url)
    with closing(sqlite3.connect(sqlite_url, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="verrouillée"):
            store.declarations.create(TENANT, nouvelle())
        with pytest.raises(StoreUnavailable, match="verrouillée"):
            store.check()
        assert store.declarations.read(TENANT, "x") is None  # readers never wait
        other.execute("COMMIT")
    assert store.declarations.create(TENANT, nouvelle()).created
    store.close()


# ---------------------------------------------------------------- full, read-only


def fill(store: Store, confirmed: list[str]) -> None:
    for number in range(100):
        store.declarations.create(TENANT, nouvelle(str(number), pdf=os.urandom(20_000)))
        confirmed.append(f"{number} 1")


def test_on_a_full_disk_reads_go_on_and_writes_come_back_with_the_space(small_disk: Path) -> None:
    url = str(small_disk / "kept" / "parcours.sqlite")
    store = Store.open(url)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    confirmed: list[str] = []
    with pytest.raises(StoreUnavailable, match="place"):
        fill(store, confirmed)
    assert confirmed
    for line in confirmed:
        assert store.declarations.find(TENANT, nouvelle(line.split(" ")[0]).cle)
    ballast.unlink()
    assert store.declarations.create(TENANT, nouvelle("again")).created
    store.close()
    assert_nothing_lost(url, [*confirmed, "again 1"])


def test_a_disk_that_becomes_read_only_while_running_refuses_and_recovers(small_disk: Path) -> None:
    """F-017: at the next connection, for a disk in use stays what it is to those that have it open."""
    store = Store.open(str(small_disk / "kept" / "parcours.sqlite"))
    first = store.declarations.create(TENANT, nouvelle("a")).dossier
    store._database.engine.dispose()
    subprocess.run(["/bin/mount", "-o", "remount,ro", small_disk], check=True)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            store.declarations.create(TENANT, nouvelle("b"))
        with pytest.raises(StoreUnavailable):
            store.check()
    subprocess.run(["/bin/mount", "-o", "remount,rw", small_disk], check=True)
    assert store.declarations.create(TENANT, nouvelle("b")).created
    assert store.declarations.read(TENANT, first.id) == first
    store.close()


LIMITED = """
import resource, sys
from tests.faults.writers import main
limit = int(sys.argv.pop())
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
main(sys.argv[1], "x", 40)
"""


@pytest.mark.parametrize("limit", [100_000, 200_000, 300_001, 400_002])
def test_a_write_that_the_system_refuses_at_any_point_loses_nothing(sqlite_url: str, limit: int) -> None:
    Store.open(sqlite_url).close()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, sqlite_url, str(limit)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    ready, *said = done.stdout.splitlines()
    assert ready == "ready"
    assert "refused" in said
    assert SECRET not in done.stderr
    assert_nothing_lost(sqlite_url, said)


# ---------------------------------------------------------------- damaged, backed up


def test_a_page_damaged_while_running_is_told_and_nothing_is_said_of_what_was_asked(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(sqlite_url)
    for number in range(30):
        store.declarations.create(TENANT, nouvelle(str(number), pdf=bytes(9000)))
    store.close()
    store = Store.join(sqlite_url)
    with Path(sqlite_url).open("r+b") as file:
        for page in range(1, Path(sqlite_url).stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 256)
    with pytest.raises(StoreUnavailable) as caught:
        store.declarations.create(TENANT, nouvelle("after"))
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert "INSERT" not in told
    with pytest.raises(StoreUnavailable):
        store.backup(Path(f"{sqlite_url}.copy"))
    assert not Path(f"{sqlite_url}.copy").exists()
    store.close()


def test_a_backup_taken_while_others_write_holds_all_that_was_confirmed_before(
    sqlite_url: str, tmp_path: Path
) -> None:
    Store.open(sqlite_url).close()
    with writer(sqlite_url, "a") as process:
        before = heard(process, 30)
        store = Store.join(sqlite_url)
        for number in range(3):
            store.backup(tmp_path / f"copy {number}")
        store.close()
        killed(process)
    for number in range(3):
        copy = tmp_path / f"copy {number}"
        assert copy.stat().st_mode & 0o777 == 0o600
        assert_nothing_lost(str(copy), before)
    with pytest.raises(FileExistsError):
        Store.join(sqlite_url).backup(tmp_path / "copy 0")


def test_a_restored_backup_goes_on_where_it_was(opened: Store, sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    opened.backup(copy)
    opened.declarations.create(TENANT, nouvelle("after"))
    opened.close()
    shutil.copy2(copy, sqlite_url)
    store = Store.open(sqlite_url)
    assert store.declarations.search(TENANT, Criteria(), 9).total == 1
    kept = store.declarations.find(TENANT, nouvelle("before").cle)
    assert kept
    assert store.declarations.advance(TENANT, kept.dossier.id, 1, move("signee")).version == 2
    store.close()


def test_what_is_erased_is_no_longer_anywhere_in_the_files(opened: Store, sqlite_url: str) -> None:
    assert any(SECRET.encode() in path.read_bytes() for path in files(sqlite_url))
    opened.conservation.erase(of("Patient/before"), NOW)
    assert not any(SECRET.encode() in path.read_bytes() for path in files(sqlite_url))


def test_a_journal_lost_between_two_runs_leaves_what_was_folded_in_and_is_reported(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.open(sqlite_url)
    store.declarations.create(TENANT, nouvelle("folded"))
    store.close()
    with writer(sqlite_url, "a") as process:
        heard(process, 3)
        killed(process)
    Path(f"{sqlite_url}-wal").unlink()
    assert_nothing_lost(sqlite_url, ["folded 1"])
    assert "store journal missing" in caplog.text


def test_an_index_lost_between_two_runs_loses_nothing(sqlite_url: str) -> None:
    Store.open(sqlite_url).close()
    with writer(sqlite_url, "a") as process:
        confirmed = heard(process, 3) + killed(process)
    Path(f"{sqlite_url}-shm").unlink()
    assert_nothing_lost(sqlite_url, confirmed)
