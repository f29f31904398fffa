"""Which declarations the words of a person designate: no accent, no case, no space in numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from parcours.domain.declaration import Declaration, Id

_SEARCHED = (
    Id.BENEFICIAIRE_NOM,
    Id.BENEFICIAIRE_PRENOM,
    Id.BENEFICIAIRE_NAISSANCE,
    Id.ASSURE_NOM_NAISSANCE,
    Id.ASSURE_NOM_USAGE,
    Id.ASSURE_NUMERO,
    Id.MEDECIN_NOM,
    Id.MEDECIN_RPPS,
)


class Mots:
    """Words looked for: each of them must begin a word of what is searched."""

    def __init__(self, text: str) -> None:
        self._wanted = _plain(text).split()
        self._number = "".join(self._wanted)

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def designent(self, declaration: Declaration, autres: Iterable[str]) -> bool:
        """Do they tell of this declaration, or of ``autres``: its number, its receipt, who acted?"""
        texts = [declaration.champ(link).texte for link in _SEARCHED]
        words = " ".join(map(_plain, (*texts, *autres))).split()
        return self._number in words or all(
            any(word.startswith(wanted) for word in words) for wanted in self._wanted
        )


def _plain(text: str) -> str:
    """Small letters and digits without accents; a hyphen, an apostrophe parts two words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in apart if not unicodedata.combining(c))
    return "".join(c if c.isalnum() or c == "/" else " " for c in kept)
