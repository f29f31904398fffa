"""The declarations of a practice: those of a state, of a period, that some words designate."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from parcours.domain.declaration_states import LIBELLES_ETATS, EtatDeclaration
from parcours.domain.declaration_words import Mots
from parcours.following import SCANNED, Following
from parcours.store.records import Comparison, Criteria
from parcours.web.pages.declaration_forms import day_of
from parcours.web.pages.declaration_view import PARIS, Vue

PAGE: Final = 25
FOUND: Final = 100
"""How many a search in words shows at most: whoever has more says more."""
_DAY: Final = dt.timedelta(days=1)
_FIRST: Final = dt.date(2005, 1, 1)
_LAST: Final = dt.date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Onglet:
    """A state to filter by: its address, its name, how many there are, is it shown now."""

    adresse: str
    nom: str
    nombre: int
    ici: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """What is asked to be shown. Nothing in it tells of anybody: it stands in addresses."""

    etat: EtatDeclaration | None = None
    depuis: dt.date | None = None
    jusque: dt.date | None = None
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filtre:
        """As it was asked; what cannot be read asks nothing."""
        etat, page = asked.get("etat", ""), asked.get("page", "")
        return cls(
            etat=EtatDeclaration(etat) if etat in set(EtatDeclaration) else None,
            depuis=_day(asked.get("depuis", "")),
            jusque=_day(asked.get("jusque", "")),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def criteria(self) -> Criteria:
        """The same for the store: days are days in Paris, of the last move."""
        bounds: list[tuple[Comparison, dt.datetime]] = []
        if self.depuis:
            bounds.append(("ge", _midnight(self.depuis)))
        if self.jusque:
            bounds.append(("lt", _midnight(self.jusque + _DAY)))
        return Criteria(etats=frozenset({str(self.etat)}) if self.etat else None, modifie=tuple(bounds))

    @property
    def choisit(self) -> bool:
        """Does it leave anything out?"""
        return bool(self.etat or self.depuis or self.jusque)

    def address(self, *, etat: EtatDeclaration | None, page: int = 1) -> str:
        """Where the same period is shown, of this state."""
        asked = {
            "etat": str(etat) if etat else "",
            "depuis": self.depuis.isoformat() if self.depuis else "",
            "jusque": self.jusque.isoformat() if self.jusque else "",
            "page": str(page) if page > 1 else "",
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/declarations?{query}" if query else "/declarations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Liste:
    """What is shown: some declarations, how many there are, the addresses of the pages around."""

    vues: list[Vue]
    total: int
    onglets: list[Onglet]
    avant: str | None = None
    apres: str | None = None
    mots: str = ""
    bornee: bool = False
    """Were there more than a search in words reads?"""

    @property
    def vide(self) -> bool:
        """Is nothing kept at all?"""
        return not any(onglet.nombre for onglet in self.onglets)


def listed(declarations: Following, filtre: Filtre) -> Liste:
    """A page of the list, the last moved first."""
    start = (filtre.page - 1) * PAGE
    total, found = declarations.listed(filtre.criteria, PAGE, start)
    return Liste(
        vues=list(map(Vue, found)),
        total=total,
        onglets=list(_onglets(declarations, filtre)),
        avant=filtre.address(etat=filtre.etat, page=filtre.page - 1) if filtre.page > 1 else None,
        apres=filtre.address(etat=filtre.etat, page=filtre.page + 1) if start + PAGE < total else None,
    )


def searched(declarations: Following, filtre: Filtre, words: str) -> Liste:
    """Those that words designate, among the last ones moved: names are kept inside the declarations only."""
    mots = Mots(words)
    total, _ = declarations.listed(filtre.criteria, 1, 0)
    vues = (Vue(ouverte) for ouverte in declarations.scanned(filtre.criteria))
    found = (vue for vue in vues if mots.designent(vue.declaration, vue.mots()))
    shown = list(itertools.islice(found, FOUND))
    return Liste(
        vues=shown,
        total=len(shown),
        onglets=list(_onglets(declarations, filtre)),
        mots=words,
        bornee=total > SCANNED or len(shown) == FOUND,
    )


def _onglets(declarations: Following, filtre: Filtre) -> Iterator[Onglet]:
    counts = declarations.counts()
    yield Onglet(filtre.address(etat=None), "Toutes", sum(counts.values()), filtre.etat is None)
    for etat in EtatDeclaration:
        address = filtre.address(etat=etat)
        yield Onglet(address, LIBELLES_ETATS[etat], counts.get(etat, 0), filtre.etat is etat)


def _day(text: str) -> dt.date | None:
    day = day_of(text)
    return day if day and _FIRST <= day < _LAST else None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS).astimezone(dt.UTC)
