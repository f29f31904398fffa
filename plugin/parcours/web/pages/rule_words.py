"""What the pages of the law say of it: codes, values and versions in words and pictures, and examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

import msgspec
from markupsafe import Markup

from parcours import installed
from parcours.domain.decision import Position
from parcours.law.invoice_codes import Codage
from parcours.law.rule_book import Etat, Fiche, Ligne, textes
from parcours.law.value_book import Parametre, Valeur
from parcours.pictures.timeline import Row, Span, timeline
from parcours.web.pages import examples
from parcours.web.pages.shell import Say
from parcours.wording import euros, jour

SINCE: Final = dt.date(2005, 1, 1)
"""Where pictures begin: the first text that a rule cites is of the end of that year."""
FITS: Final = 16
"""Letters of a text that fit beside its row in the picture."""

POSITIONS: Final = {
    Position.DANS: "Dans le parcours",
    Position.HORS: "Hors parcours",
    Position.NON_CONCERNE: "Non concerné",
    Position.INDETERMINE: "Indéterminé",
}
"""Positions where there is little room."""
MARKS: Final = {Position.DANS: "oui", Position.HORS: "non", Position.NON_CONCERNE: "neutre"}
WITH, WITHOUT, EITHER = (
    "Avec un médecin traitant déclaré",
    "Sans médecin traitant déclaré",
    "Avec ou sans médecin traitant déclaré",
)
NUMBERS: Final = {
    "plafond-majoration-2024": "ou un montant en euros",
    "alsace-moselle-hors-parcours": "ou un taux en pour cent",
}
"""What a number means as a choice of a reading."""


def codes(ligne: Ligne) -> Iterator[tuple[str, Codage]]:
    """The codes of a row, once when a médecin traitant changes nothing."""
    avec, sans = ligne.avec_medecin_traitant, ligne.sans_medecin_traitant
    if avec == sans:
        yield EITHER, avec
    else:
        yield WITH, avec
        yield WITHOUT, sans


def told(parametre: Parametre, valeur: Valeur) -> str:
    """A value as people write it."""
    nombre = valeur.valeur
    if nombre is None:
        return "inconnu"
    if isinstance(nombre, tuple):
        return ", ".join(nombre)
    if parametre.unite == "euro":
        return euros(Decimal(nombre))
    if parametre.unite == "part":
        return f"{nombre * 100:f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
    if parametre.unite == "an":
        return f"{nombre} an" if nombre == 1 else f"{nombre} ans"
    return f"{nombre} jours" if parametre.unite == "jour" else str(nombre)


def _span(etat: Etat, number: int, say: Say) -> Span:
    end = f", jusqu’au {jour(etat.jusqu_a - dt.timedelta(days=1))}" if etat.jusqu_a else ""
    words = say(f"{etat.texte}, en vigueur depuis le {jour(etat.depuis)}{end}")
    return Span(etat.depuis, etat.jusqu_a, f"{number}. {words}")


def _spans(etats: Sequence[Etat], say: Say) -> tuple[Span, ...]:
    return tuple(_span(etat, number, say) for number, etat in enumerate(etats, 1))


def picture_of_a_rule(fiche: Fiche, day: dt.date, until: int, say: Say) -> Markup:
    """The versions of a rule up to the end of a year, and a day among them."""
    rows = [Row(say("Versions"), _spans(fiche.etats, say))]
    return _picture(say("Les versions de cette règle"), rows, day, until, say)


def picture_of_texts(day: dt.date, until: int, say: Say) -> Markup:
    """The same of the articles that are short to name; the others have had one version only."""
    named = ((texte.etats[-1].texte, texte.etats) for texte in textes())
    rows = [Row(label, _spans(etats, say)) for label, etats in named if len(label) <= FITS]
    return _picture(say("Les articles et leurs versions"), rows, day, until, say)


def _picture(title: str, rows: Sequence[Row], day: dt.date, until: int, say: Say) -> Markup:
    return timeline(
        title,
        say("Une barre par version, de 2005 à aujourd’hui ; le tableau donne les mêmes dates"),
        rows,
        first=SINCE,
        last=dt.date(until + 1, 1, 1),
        day=(day, say(jour(day))),
        name="frise",
    )


class _Ground(msgspec.Struct, frozen=True):
    regle: str


class _Expected(msgspec.Struct, frozen=True):
    motifs: tuple[_Ground, ...]


_EXPECTED: Final = msgspec.json.Decoder(_Expected)


@cache
def _examples() -> Mapping[str, tuple[str, ...]]:
    """The examples whose answer rests on each rule, as a test holds them to it; first those it decides."""
    found: dict[str, list[tuple[int, str]]] = {}
    for slug in examples.TITLES:
        expected = _EXPECTED.decode((installed.examples() / slug / "expected.json").read_bytes())
        for rank, ground in enumerate(expected.motifs):
            found.setdefault(ground.regle, []).append((rank, slug))
    return {regle: tuple(slug for _, slug in sorted(slugs)) for regle, slugs in found.items()}


def shown(regle: str) -> tuple[str, ...]:
    """The folders of the examples that show a rule."""
    return _examples().get(regle, ())
