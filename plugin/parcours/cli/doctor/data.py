"""The database and the clock: what a service that keeps declarations rests on."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

from parcours.cli.doctor.findings import Constats, Poste, bon, douteux, mauvais
from parcours.store import Store
from parcours.store.opening import SERVER
from parcours.store.postgres import server_engine
from parcours.store.start_checks import assert_sound

MEBI: Final = 1024 * 1024
LITTLE, TOO_LITTLE = 2048, 256
"""Mebibytes free on the disk: below the first somebody should know, below the second nothing is sure."""
DRIFT_S: Final = 60.0
"""Seconds between two clocks: what tokens are allowed (leeway)."""
WRITTEN_IN: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""No clock that is right says less: this program was written then."""
FAR: Final = dt.timedelta(days=20 * 365)


def base(poste: Poste) -> Constats:
    """There, up to date, writable, sound, its audit with its key. Looked at, not changed.

    ``StoreUnusable`` says why not.
    """
    url = poste.settings.database
    if not url.startswith(SERVER) and not Path(url).exists():
        yield douteux("La base n’existe pas encore.", "`parcours serve` la crée à son premier démarrage.")
        return
    with closing(Store.join(url)) as store:
        store.check()
        store.audit(poste.settings.keys).check()
    if url.startswith(SERVER):
        yield bon("PostgreSQL répond, le schéma est à jour, on peut y écrire.")
        return
    assert_sound(Path(url).absolute())
    yield bon("Le fichier SQLite est entier, privé, sur un disque local ; schéma à jour ; on peut y écrire.")


def place(poste: Poste) -> Constats:
    """Room on the disk of the database, when it is a file."""
    if poste.settings.database.startswith(SERVER):
        return
    folder = Path(poste.settings.database).absolute().parent
    there = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(there).free // MEBI
    said = f"Il reste {free} Mio sur le disque de la base."
    if free >= LITTLE:
        yield bon(said)
    elif free >= TOO_LITTLE:
        yield douteux(said, "Prévoir de la place : `parcours purge` supprime ce dont la durée est passée.")
    else:
        yield mauvais(said, "Libérer de la place avant de démarrer : un disque plein fait répondre 503.")


def horloge(poste: Poste) -> Constats:
    """A plausible year, a clock that runs, and the same time as the database server."""
    if not WRITTEN_IN <= poste.now <= WRITTEN_IN + FAR:
        yield mauvais(
            f"L’horloge dit {poste.now:%Y-%m-%d}.",
            "La mettre à l’heure (NTP) : jetons et dates en dépendent.",
        )
        return
    yield bon(f"L’horloge dit {poste.now:%Y-%m-%d %H:%M} UTC.")
    if poste.settings.database.startswith(SERVER):
        yield from _server_clock(poste.settings.database)


def _server_clock(url: str) -> Constats:
    engine = server_engine(url)
    try:
        with engine.connect() as connection:
            begun = time.monotonic()
            theirs = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
            ours, took = dt.datetime.now(dt.UTC).timestamp(), time.monotonic() - begun
    except OperationalError:  # there is no answer: the database is examined by itself
        return
    finally:
        engine.dispose()
    drift = max(0.0, abs(ours - float(theirs)) - took)
    if drift <= DRIFT_S:
        yield bon("PostgreSQL est à la même heure.")
    else:
        yield mauvais(f"PostgreSQL est à {drift:.0f} s d’ici.", "Mettre les deux machines à l’heure (NTP).")
