"""What a database complains of, in words that hold no query, no value and no path."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from parcours.errors import StoreUnavailable

LOGGER = logging.getLogger("parcours.store")

TEXTS = {
    "SQLITE_BUSY": "un autre programme tient la base verrouillée",
    "SQLITE_LOCKED": "un autre programme tient la base verrouillée",
    "SQLITE_FULL": "il n’y a plus de place sur le disque",
    "SQLITE_READONLY": "la base n’est ouverte qu’en lecture",
    "SQLITE_CORRUPT": "la base est endommagée",
    "SQLITE_NOTADB": "le fichier n’est pas une base de données",
    "SQLITE_IOERR": "le disque a signalé une erreur",
    "SQLITE_CANTOPEN": "le fichier de la base est introuvable ou inaccessible",
    "53100": "il n’y a plus de place sur le disque du serveur de base",
    "25006": "le serveur de base n’accepte que la lecture",
    "55P03": "la base est restée verrouillée trop longtemps",
    "57014": "la base a mis trop longtemps à répondre",
    "40": "trop de demandes simultanées sur la même déclaration",
}
"""By the start of the code that the database gives: SQLite's error name, PostgreSQL's SQLSTATE.

Of a connection that PostgreSQL refuses (password, too many of them) its driver tells no code."""

LOST = "le fichier de la base a été supprimé, déplacé ou remplacé ; arrêter le service avant d’y toucher"
UNREACHABLE = "la base est injoignable ou la connexion est perdue"

_AGAIN = ("40001", "40P01", "23505")  # serialization, deadlock; a rival's row, seen by the next attempt


def code(error: BaseException) -> str:
    """The database's own code for what happened, or the name of the exception."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    named = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None)
    return str(named or type(origin).__name__)


def reason(error: BaseException) -> str:
    """Why the database did not answer, for people."""
    told = code(error)
    return next((text for start, text in TEXTS.items() if told.startswith(start)), UNREACHABLE)


def is_connection_lost(error: BaseException) -> bool:
    """Did the connection break? Whether a commit under way took place is then unknown."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def may_be_tried_again(error: BaseException) -> bool:
    """Would the same transaction, run again, have another outcome?"""
    return is_connection_lost(error) or code(error) in _AGAIN


@contextmanager
def told() -> Iterator[None]:
    """Whatever a database raises inside leaves as ``StoreUnavailable``, without a trace of the query."""
    try:
        yield
        return
    except (DBAPIError, NoConnectionFree, sqlite3.Error, OSError) as error:
        LOGGER.warning("store unavailable: code=%s", code(error))
        why = reason(error)
    raise StoreUnavailable(f"La base des déclarations ne répond pas : {why}.") from None
