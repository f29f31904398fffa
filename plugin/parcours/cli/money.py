"""Amounts on a terminal: one row each, with the text that sets it, or why nobody knows it."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parcours.cli.printing import line, printable
from parcours.domain.reimbursement import Remboursement
from parcours.money_in_words import NO_ACT, Row, act, rows

HEADING = "Remboursement"


def explain_money(console: Console, paid: Remboursement) -> None:
    """Print the sum of each act, then the amounts of the visit with their grounds."""
    line(console, HEADING, "bold")
    for done in paid.lignes:
        line(console, f"  • {act(done)} : {done.calcul}")
    if not paid.lignes:
        line(console, f"  • {NO_ACT}")
    told = list(rows(paid))
    if console.is_terminal:
        console.print(_table(told))
    else:
        _columns(console, told)


def _table(told: list[Row]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for cells in _cells(told):
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _columns(console: Console, told: list[Row]) -> None:
    """Aligned lines; what sets an amount in several ways goes on below."""
    width = max(len(row.label) for row in told)
    right = max(len(row.value) for row in told)
    for label, value, why in _cells(told):
        line(console, f"  {label:<{width}}  {value:>{right}}  {why}".rstrip())


def _cells(told: list[Row]) -> Iterator[tuple[str, str, str]]:
    for row in told:
        first, *more = row.why or ("",)
        yield row.label, row.value, first
        yield from (("", "", told) for told in more)
