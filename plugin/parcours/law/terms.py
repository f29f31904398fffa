"""The grounds of amounts, gathered as they are met; amounts and rates as the French write them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from parcours.domain.reimbursement import Terme, euros
from parcours.law.parameter_files import Montant, Parameters

ARTICLE = re.compile(r"\b[LRD]\d+(?:-\d+)+\b")
NUMEROTATION = "articles cités sous leur numéro de 2016 : ceux de ce jour-là en portaient d'autres"
NON_RELU = "texte modifié entre mars et août 2026, non relu"


class Termes:
    """What sets each amount, or why it is unknown, each said once."""

    def __init__(self, parametres: Parameters) -> None:
        self._parametres = parametres
        self._dits: dict[Terme, None] = {}

    def dire(self, cle: str, montant: Montant, valeur: str | None, *remarques: str) -> None:
        """Say what sets an amount. ``valeur``: as people read it; ``remarques``: how it was counted."""
        reserves = _reserves(self._parametres, montant.cites, connu=montant.valeur is not None)
        dits = (montant.raison or montant.note, *remarques, *reserves)
        notes = [note for note in dits if note]
        note = " ; ".join(n.rstrip(".") for n in notes) if len(notes) > 1 else next(iter(notes), None)
        self._dits[Terme(montant=cle, valeur=valeur, texte=" ; ".join(montant.cites), note=note)] = None

    def en_euros(self, cle: str, montant: Montant, *remarques: str) -> None:
        """Say what sets an amount in euros."""
        self.dire(cle, montant, en_euros(montant.valeur), *remarques)

    def tous(self) -> tuple[Terme, ...]:
        """What was said, in order."""
        return tuple(self._dits)


class Silence(Termes):
    """Says nothing: for amounts that are only compared."""

    def dire(self, cle: str, montant: Montant, valeur: str | None, *remarques: str) -> None:
        """Say nothing."""

    def en_euros(self, cle: str, montant: Montant, *remarques: str) -> None:
        """Say nothing."""


@lru_cache(maxsize=4096)
def _reserves(parametres: Parameters, cites: tuple[str, ...], *, connu: bool) -> tuple[str, ...]:
    """What must be said of the articles cited for an amount: renumbered since, or changed unread."""
    articles = ARTICLE.findall(" ".join(cites))
    renumerotes = parametres.codes("articles-renumerotes").intersection(a.split("-")[0] for a in articles)
    changes = sorted(parametres.codes("articles-modifies").intersection(articles))
    return (
        *((NUMEROTATION,) if renumerotes else ()),
        *((f"{', '.join(changes)} : {NON_RELU}",) if changes and connu else ()),
    )


def en_euros(montant: Decimal | None) -> str | None:
    """« 19,00 € »."""
    return None if montant is None else f"{euros(montant):.2f} €".replace(".", ",")


def pour_cent(fraction: Decimal | None) -> str | None:
    """A fraction in percent, without trailing zeros: « 70 »."""
    return None if fraction is None else f"{(fraction * 100).normalize():f}"
