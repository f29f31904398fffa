"""Amounts for people: one row each, with the text that sets it, or why nobody knows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parcours.cli.printing import line, printable
from parcours.domain.reimbursement import LigneRemboursement, Remboursement, Terme
from parcours.wording import HORS_FACTURE, INCONNU, MONTANTS, euros, fondement, valeur

HEADING = "Remboursement"
NO_ACT = "Aucun acte ne vient avec la visite : le taux est dit, aucun montant n’est calculé."
NOT_BILLED = "le montant facturé n’est pas transmis"
NO_MAJORATION = "non due : voir les motifs et les effets"
NO_SINGLE_RATE = "pas de taux unique : voir le calcul de chaque acte"
HEAVY = "acte lourd : un forfait remplace le taux"
COMPUTED = {
    "amo": "base − ticket modérateur − majoration − participation forfaitaire",
    "reste_a_charge": "facturé − payé par l’assurance maladie",
}
"""How an amount that no text sets is found."""

MADE_OF = ("amo", "taux", "majoration", "base", "participation_forfaitaire", "ticket_moderateur")
"""Amounts for want of which the others are unknown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One amount: its label, its value, and what sets it, line by line."""

    label: str
    value: str
    why: tuple[str, ...]


def explain_money(console: Console, paid: Remboursement) -> None:
    """Print the sum of each act, then the amounts of the visit with their grounds."""
    line(console, HEADING, "bold")
    for act in paid.lignes:
        line(console, f"  • {_act(act)} : {act.calcul}")
    if not paid.lignes:
        line(console, f"  • {NO_ACT}")
    rows = list(_rows(paid))
    if console.is_terminal:
        console.print(_table(rows))
    else:
        _columns(console, rows)


def _act(act: LigneRemboursement) -> str:
    return f"{act.acte or 'Acte'} (ligne {act.sequence}, facturé {euros(act.facture)})"


def _rows(paid: Remboursement) -> Iterator[Row]:
    for name, label in MONTANTS.items():
        value = _value(paid, name)
        said = [term for term in paid.termes if term.montant == name]
        if value != INCONNU or (_expected(paid, name) or said):
            yield Row(label, value, tuple(dict.fromkeys(_why(paid, name, said))))
    for term in paid.termes:
        if term.montant in HORS_FACTURE:
            yield Row(HORS_FACTURE[term.montant], valeur(term), (fondement(term),))


def _expected(paid: Remboursement, name: str) -> bool:
    """Is it worth a row that nobody knows this amount?"""
    return name == "taux" or (bool(paid.lignes) and name in COMPUTED | {"base": ""})


def _value(paid: Remboursement, name: str) -> str:
    if name != "taux":
        return euros(getattr(paid, name))
    return INCONNU if paid.taux is None else f"{paid.taux} %"


def _why(paid: Remboursement, name: str, said: list[Terme]) -> Iterator[str]:
    """The texts that set an amount; else how it is computed, or what it would be made of."""
    if _value(paid, name) == INCONNU:
        yield from _why_unknown(paid, name, said)
        return
    for term in said:
        yield f"{valeur(term)} : {fondement(term)}" if len(said) > 1 else fondement(term)
    if name == "taux":
        yield from (f"moins {valeur(t)} : {t.texte}" for t in _points(paid))
    elif name == "ticket_moderateur" and not said:
        yield from (fondement(term) for term in paid.termes if term.montant == "taux")
    elif name == "majoration" and not paid.majoration:
        yield NO_MAJORATION
    elif name in COMPUTED:
        yield COMPUTED[name] + _and_complementary(paid, name)


def _and_complementary(paid: Remboursement, name: str) -> str:
    """The complémentaire santé solidaire pays its part: nobody asks the patient to advance it."""
    if name != "reste_a_charge" or paid.facture is None or paid.amo is None:
        return ""
    return "" if paid.facture - paid.amo == paid.reste_a_charge else " − complémentaire"


def _why_unknown(paid: Remboursement, name: str, said: list[Terme]) -> Iterator[str]:
    """What nobody could establish: the amount itself, else one of those it is made of."""
    itself = [fondement(term) for term in said if term.valeur is None]
    parts = [fondement(term) for term in paid.termes if term.montant in MADE_OF and term.valeur is None]
    if name == "reste_a_charge" and paid.facture is None:
        parts = [NOT_BILLED]
    yield from itself or parts or [HEAVY if all(act.taux is None for act in paid.lignes) else NO_SINGLE_RATE]


def _points(paid: Remboursement) -> Iterator[Terme]:
    """The points of the majoration, already taken off the rate that is shown; before any cap."""
    for term in paid.termes:
        if term.montant == "majoration" and term.valeur and not term.valeur.endswith("€"):
            yield term


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for cells in _cells(rows):
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _columns(console: Console, rows: list[Row]) -> None:
    """Aligned lines; what sets an amount in several ways goes on below."""
    width = max(len(row.label) for row in rows)
    right = max(len(row.value) for row in rows)
    for label, value, why in _cells(rows):
        line(console, f"  {label:<{width}}  {value:>{right}}  {why}".rstrip())


def _cells(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        first, *more = row.why or ("",)
        yield row.label, row.value, first
        yield from (("", "", told) for told in more)
