"""A copy put back in the place of the database: looked at in full before it bears its name."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from parcours.errors import StoreUnusable
from parcours.store import start_checks as checks
from parcours.store.new_files import made_whole, sync
from parcours.store.opening import Store, refusing

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
HELD = "Le service tient encore la base : l’arrêter, puis recommencer."


def restore(source: Path, target: Path, keys: str, suffix: str) -> Path | None:
    """Put a copy in the place of ``target``; where what stood there is kept, ``None`` for nothing.

    The copy is brought up to date if it is older. ``keys``: the folder of our keys. Raises ``StoreUnusable``
    when the copy is damaged, of another program, newer, or its audit is not whole; or when somebody uses
    ``target``. Then nothing was changed.
    """
    with refusing():
        checks.assert_local(target.parent)
        checks.assert_whole(source)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ready = target.with_name(f"{target.name}.{suffix}.prete")
        try:
            with made_whole(ready) as beside:
                _copy(source, beside)
                _look(beside, keys)
            _assert_free(target)
            return _exchange(ready, target, target.with_name(f"{target.name}.{suffix}.avant"))
        finally:
            ready.unlink(missing_ok=True)


def _copy(source: Path, beside: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as given,
        closing(sqlite3.connect(beside, isolation_level=None)) as copy,
    ):
        given.backup(copy)
        sound = copy.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
        ours = copy.execute(checks.IS_OURS).fetchone()
    if not sound:
        raise StoreUnusable("La sauvegarde est endommagée : en prendre une autre.")
    if not ours:
        raise StoreUnusable("La sauvegarde est celle d’un autre programme.")


def _look(path: Path, keys: str) -> None:
    """Tables brought up to date, audit whole; closed, so that nothing of it stays in a journal."""
    with closing(Store.open(str(path))) as store:
        verdict = store.audit(keys).verify()
    if verdict.fault:
        raise StoreUnusable(
            f"L’audit de cette sauvegarde est rompu au n° {verdict.fault.numero} : {verdict.fault.what}."
        )


def _assert_free(target: Path) -> None:
    """A database leaves WAL only when nobody else has it open; one that is damaged is nobody's."""
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as database:
            free = database.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    except sqlite3.DatabaseError as error:
        free = error.sqlite_errorcode in DAMAGED
    if not free:
        raise StoreUnusable(HELD)


def _exchange(ready: Path, target: Path, aside: Path) -> Path | None:
    """The new one takes the name, the old one and what is left of its journal another."""
    kept = target.exists()
    for end in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{target}{end}").rename(f"{aside}{end}")
    ready.rename(target)
    sync(target.parent)
    return aside if kept else None
