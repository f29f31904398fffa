"""A declaration that is kept: the states it went through, each dated and attributed; never the person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from parcours.domain.declaration_states import EtatDeclaration

PROGRAMME: Final = "parcours-soins"
"""How this program's own name begins, wherever it says what it did itself."""
NON_PRECISE: Final = "non précisé"
"""Who acted, when nobody said."""
_LOGICIEL: Final = "le logiciel "
_SANS_PERSONNE: Final = tuple(text.casefold() for text in (PROGRAMME, NON_PRECISE, _LOGICIEL))


def est_une_personne(qui: str) -> bool:
    """May these words name somebody? Neither a program nor "nobody said", and a letter at least."""
    return any(map(str.isalpha, qui)) and not qui.casefold().startswith(_SANS_PERSONNE)


def par_le_logiciel(client: str, responsable: str) -> str:
    """Who acted, in words, when a software named nobody but the person who was responsible already."""
    return f"{_LOGICIEL}{client}, sous la responsabilité de {responsable}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One version: the state reached, when (UTC), by whom, the caisse's receipt, why.

    ``qui`` is a person in words, a software under the responsibility of one, or this program for what it did
    itself.
    """

    version: int
    etat: EtatDeclaration
    quand: dt.datetime
    qui: str
    recu: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suivie:
    """A declaration and its passages, oldest first: version 1 is its preparation.

    ``empreinte`` is the SHA-256 of the content of the form.
    """

    id: str
    empreinte: str
    passages: tuple[Passage, ...]

    @property
    def actuel(self) -> Passage:
        """Where it stands."""
        return self.passages[-1]

    @property
    def version(self) -> int:
        """How many times it was written."""
        return self.actuel.version

    @property
    def prepare_le(self) -> dt.datetime:
        """When it was prepared."""
        return self.passages[0].quand

    @property
    def recu(self) -> str | None:
        """The last receipt number that the caisse gave."""
        return next((passage.recu for passage in reversed(self.passages) if passage.recu), None)

    @property
    def responsable(self) -> str | None:
        """The last person who was named as having acted; nobody while only programs did."""
        named = (passage.qui for passage in reversed(self.passages) if est_une_personne(passage.qui))
        return next(named, None)

    def en_version(self, version: int) -> Suivie:
        """The declaration as it stood; ``IndexError`` for a version that never was."""
        if not 1 <= version <= len(self.passages):
            raise IndexError(version)
        return replace(self, passages=self.passages[:version])
