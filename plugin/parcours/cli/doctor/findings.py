"""What a check finds: how it stands, in a sentence, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from parcours.settings import Settings


class Etat(StrEnum):
    """How a thing stands."""

    OK = "ok"
    AVERTISSEMENT = "avertissement"
    ERREUR = "erreur"


@dataclass(frozen=True, slots=True)
class Constat:
    """One line of the diagnosis, never a secret. ``remede``: what to do; nothing when all is well."""

    etat: Etat
    texte: str
    remede: str = ""


Constats = Iterator[Constat]


@dataclass(frozen=True, slots=True)
class Poste:
    """What is examined: the settings, at this instant; ``reseau``: other servers may be asked."""

    settings: Settings
    now: dt.datetime
    reseau: bool = True


def bon(texte: str) -> Constat:
    """All is well."""
    return Constat(Etat.OK, texte)


def douteux(texte: str, remede: str) -> Constat:
    """The service runs; somebody should know."""
    return Constat(Etat.AVERTISSEMENT, texte, remede)


def mauvais(texte: str, remede: str = "") -> Constat:
    """The service does not start, or not as it should."""
    return Constat(Etat.ERREUR, texte, remede)
