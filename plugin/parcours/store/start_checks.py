"""What is looked at before a file is trusted with declarations. Every refusal says what to do."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from parcours.errors import StoreUnusable

LOGGER = logging.getLogger("parcours.store")

NETWORK = frozenset(
    (
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    )
)
"""File systems without the shared memory and the locks that WAL needs."""

MOUNTS = Path("/proc/mounts")
MAGIC = b"SQLite format 3\x00"
IS_OURS = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
CHECK_S = 3.0
FOREIGN = "Cette base contient les tables d’un autre programme : en indiquer une autre, ou une vide."
RESTORE = "arrêter le service et remettre une sauvegarde (`parcours backup` en fait)"


def assert_local(path: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a network file system, where the system tells."""
    if not mounts.is_file():
        return
    lines = [line.split(" ") for line in mounts.read_text("utf-8", "surrogateescape").splitlines()]
    points = {fields[1].replace("\\040", " "): fields[2] for fields in lines if len(fields) > 2}
    folder = next(
        str(p) for p in (path.resolve(), *path.resolve().parents) if str(p) in points or p.parent == p
    )
    if points.get(folder) in NETWORK:
        raise StoreUnusable(
            "La base est sur un disque partagé en réseau, où SQLite perd des écritures : la mettre sur un "
            "disque de cette machine, ou employer PostgreSQL."
        )


def assert_private(path: Path) -> None:
    """Refuse a file that others can read. Windows keeps the per-user folder private by itself."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise StoreUnusable(
            "D’autres utilisateurs de cette machine peuvent lire la base, qui contient des données de "
            "patients : chmod 600 sur le fichier."
        )


def assert_whole(path: Path) -> None:
    """Refuse what is no SQLite file: cut to nothing, or something else."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if not start:
        raise StoreUnusable(f"Le fichier de la base est vide, et ne devrait pas l’être : {RESTORE}.")
    if start != MAGIC:
        raise StoreUnusable(
            f"Le fichier indiqué n’est pas une base de données : en indiquer un autre, ou {RESTORE}."
        )


def assert_writable(path: Path) -> None:
    """Refuse a file, or a folder, that cannot be written."""
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise StoreUnusable(READ_ONLY)


READ_ONLY = "La base ou son dossier ne peut pas être écrit : rendre les deux modifiables par ce programme."


def refuse_orphaned_journal(path: Path) -> None:
    """A journal without its database: something was moved or deleted, and must not be built over."""
    journal = Path(f"{path}-wal")
    if journal.exists() and journal.stat().st_size:
        raise StoreUnusable(
            "Le fichier de la base a disparu, et son journal (-wal) est resté : remettre les deux ensemble, "
            f"ou {RESTORE} après avoir mis le journal de côté."
        )


def report_missing_journal(path: Path) -> None:
    """Say that the journal was deleted after a brutal stop, which leaves its index; a clean stop does not."""
    if Path(f"{path}-shm").exists() and not Path(f"{path}-wal").exists():
        LOGGER.warning("store journal missing: reason=%s", "deleted since the last stop")


def assert_sound(path: Path, seconds: float = CHECK_S) -> None:
    """Refuse a damaged file, and one of another program, before anything in it is set.

    A large file is looked at for ``seconds``; ``parcours backup`` looks at all of it.
    """
    file = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, check_same_thread=False)
    try:
        with closing(file), _interrupted_after(seconds, file):
            ours = file.execute(IS_OURS).fetchone()
            sound = file.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT):
            raise
        ours = sound = error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    if not sound:
        raise StoreUnusable(f"La base est endommagée : {RESTORE}. Garder le fichier abîmé de côté.")
    if not ours:
        raise StoreUnusable(FOREIGN)


@contextmanager
def _interrupted_after(seconds: float, connection: sqlite3.Connection) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
