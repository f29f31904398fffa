"""A report as tables, each with its picture when it has one: what the page shows and the CSV lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from parcours.bulk.tally import OTHERS, Tally
from parcours.domain.decision import Position
from parcours.law.warnings import TEXTES
from parcours.pictures.plots import Bar, Column, bars, stacked
from parcours.wording import POSITIONS, fait

Number = int | Decimal

SANS_CODE = "aucun : à départager ou non publié"
SHORT = {
    Position.DANS: "Dans le parcours",
    Position.HORS: "Hors parcours",
    Position.NON_CONCERNE: "Non concerné",
    Position.INDETERMINE: "Indéterminé",
}
EUROS = ("Visites", "Majoration")
LONGEST_PICTURE = 15
"""Bars of one picture; the table has all the rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its code, its label, its numbers (a ``Decimal`` is euros)."""

    key: str
    label: str
    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its name, its title, what its rows and columns are, what to know before reading it."""

    name: str
    title: str
    head: str
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    picture: Markup | None = None

    @property
    def coded(self) -> bool:
        """Are its keys codes that people look for elsewhere, and that the labels do not give?"""
        return self.name in ("positions", "motifs", "manquants", "avertissements")


def sections(tally: Tally) -> list[Section]:
    """All the tables of a report, in the order in which they are read."""
    return [
        _lines(tally),
        _positions(tally),
        _months(tally),
        _situations(tally),
        _grounds(tally),
        _missing(tally),
        _avoidable(tally),
        _alternatives(tally),
        _counted("avertissements", "Avertissements", "Avertissement", tally.warnings, TEXTES),
        _counted("lectures", "Lectures retenues", "Lecture", tally.policies),
        _counted("versions", "Versions", "Version", tally.versions),
        _refused(tally),
    ]


def told(number: Number) -> str:
    """A number as the French write it: 1 234, or 1 234,50 €."""
    text = f"{number:,.2f} €" if isinstance(number, Decimal) else f"{number:,}"
    return text.replace(",", "\u202f").replace(".", ",")


def _lines(tally: Tally) -> Section:
    counts = {
        "lignes": ("Lignes lues", tally.lines),
        "decisions": ("Visites décidées", tally.decisions),
        "refusees": ("Lignes refusées", tally.refused),
        "vides": ("Lignes vides", tally.blank),
    }
    rows = tuple(Row(key, label, (number,)) for key, (label, number) in counts.items())
    return Section("lignes", "Lignes", "", ("Nombre",), rows)


def _positions(tally: Tally) -> Section:
    rows = tuple(Row(p, POSITIONS[p], (tally.positions[p],)) for p in Position)
    picture = _bars("positions", "Positions", "Visites", [(SHORT[p], tally.positions[p]) for p in Position])
    return Section("positions", "Positions", "Position", ("Visites",), rows, picture=picture)


def _months(tally: Tally) -> Section:
    months = sorted(tally.months)
    rows = tuple(
        Row(month, _month(month), tuple(tally.months[month][p] for p in Position)) for month in months
    )
    layers = tuple(SHORT[p] for p in Position)
    columns = [Column(row.label, tuple(int(value) for value in row.values)) for row in rows]
    picture = stacked(
        "Visites par mois", "Visites de chaque mois, par position.", layers, columns, name="mois"
    )
    return Section("mois", "Mois", "Mois des soins", layers, rows, picture=picture)


def _month(month: str) -> str:
    return f"{month[5:]}/{month[:4]}"


def _situations(tally: Tally) -> Section:
    title = "Indicateurs de parcours"
    rows = _rows(tally.situations, lambda key: f"Indicateur {key}" if key else SANS_CODE)
    picture = _bars("situations", title, "Visites", [(row.label, row.values[0]) for row in rows])
    return Section("situations", title, "Indicateur", ("Visites",), rows, picture=picture)


def _grounds(tally: Tally) -> Section:
    rows = _ranked(
        Row(key, tally.titles.get(key, key).rstrip("."), (tally.deciding[key], number))
        for key, number in tally.cited.items()
    )
    note = "Un motif décide quand il donne le code ; les autres sont aussi vrais de la visite."
    measures = ("Visites décidées", "Visites concernées")
    picture = _bars("motifs", "Motifs", measures[0], [(row.key, row.values[0]) for row in rows])
    return Section("motifs", "Motifs", "Motif", measures, rows, note, picture)


def _missing(tally: Tally) -> Section:
    rows = _ranked(
        Row(key, fait(key), (wanted.settles, wanted.may_settle, wanted.elsewhere))
        for key, wanted in tally.wanted.items()
    )
    note = (
        "Un fait tranche quand, quelle que soit sa valeur, la position d’une visite indéterminée serait "
        "connue ; il peut trancher quand certaines de ses valeurs y suffisent. Ailleurs, il changerait un "
        "code, un effet, un montant, ou rien sans d’autres faits."
    )
    measures = ("Tranche", "Peut trancher", "Ailleurs")
    picture = _bars("manquants", "Faits qui manquent", measures[0], [(r.label, r.values[0]) for r in rows])
    return Section("manquants", "Faits qui manquent", "Fait", measures, rows, note, picture)


def _avoidable(tally: Tally) -> Section:
    rows = tuple(
        Row(key, label, (kind.visits, kind.euros))
        for key, label, kind in (
            ("majoration", "Toutes les visites majorées", tally.majoration),
            ("declaration", "Évitée par une déclaration", tally.by_declaration),
            ("adressage", "Évitée par un adressage", tally.by_referral),
            ("declaration-ou-adressage", "Évitée par l’un ou l’autre", tally.by_either),
        )
    )
    note = (
        "La majoration que paie le patient hors du parcours, et ce qu’une déclaration de médecin traitant "
        "ou un adressage en auraient évité. Une visite peut compter dans plusieurs lignes : elles ne "
        "s’additionnent pas."
    )
    title = "Majoration évitable"
    picture = _bars("majoration", title, EUROS[1], [(row.label, row.values[1]) for row in rows])
    return Section("majoration", title, "Visites", EUROS, rows, note, picture)


def _alternatives(tally: Tally) -> Section:
    rows = _ranked(Row(key, key, (kind.visits, kind.euros)) for key, kind in tally.alternatives.items())
    note = "Ce qui, dit et vrai, aurait mis ces visites dans le parcours. Les lignes ne s’additionnent pas."
    title = "Ce qui aurait évité la majoration"
    return Section("alternatives", title, "Circonstance", EUROS, rows, note)


def _refused(tally: Tally) -> Section:
    first = ", ".join(map(str, tally.first_bad))
    note = f"Premières lignes refusées : {first}." if first else ""
    section = _counted("refus", "Lignes refusées", "Raison", tally.reasons)
    return Section(section.name, section.title, section.head, section.measures, section.rows, note)


# ---------------------------------------------------------------- making them


def _counted(
    name: str, title: str, head: str, count: Mapping[str, int], labels: Mapping[str, str] | None = None
) -> Section:
    rows = _rows(count, lambda key: (labels or {}).get(key, key))
    return Section(name, title, head, ("Nombre",), rows)


def _rows(count: Mapping[str, int], label: Callable[[str], str]) -> tuple[Row, ...]:
    return _ranked(Row(key or "-", label(key) if key != OTHERS else OTHERS, (n,)) for key, n in count.items())


def _ranked(rows: Iterator[Row] | Sequence[Row]) -> tuple[Row, ...]:
    """The greatest first; equals by code, so that the same answers give the same report."""
    return tuple(sorted(rows, key=lambda row: ([-value for value in row.values], row.key)))


def _bars(name: str, title: str, measure: str, rows: Sequence[tuple[str, Number]]) -> Markup | None:
    """The first rows as bars; no picture of nothing."""
    drawn = [Bar(label, float(value), told(value)) for label, value in rows[:LONGEST_PICTURE]]
    return bars(title, f"{measure}, de haut en bas.", drawn, name=name) if drawn else None
