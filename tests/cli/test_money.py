"""Amounts on a terminal: each with its value and the text that sets it, or why nobody knows it."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from rich.console import Console

from parcours.cli.money import explain_money
from parcours.domain.reimbursement import Remboursement, Terme
from parcours.service import Service
from parcours.settings import Settings
from parcours.wording import terme

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def paid(example: str) -> Remboursement:
    (folder,) = EXAMPLES.glob(f"{example}-*")
    found = Service(Settings()).evaluate((folder / "bundle.json").read_bytes()).decision.remboursement
    assert found is not None
    return found


def shown(amounts: Remboursement, *, terminal: bool = False, width: int = 100) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, markup=False)
    explain_money(console, amounts)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def row(text: str, label: str) -> str:
    """The row of one amount, its columns separated by one space."""
    (found,) = (line for line in text.splitlines() if line.startswith(f"  {label}  "))
    return " ".join(found.split())


R160_6 = "40 % : décision UNCAM du 22 janvier 2009"
CARDIOLOGUE = (
    "Convention médicale de 2024 "
    "(le tarif du parcours n'est pas établi : une page de 2026 dit 52,50 €, moins qu'avant)"
)
DA = (
    "Convention médicale de 2016, art. 37.1 ; CSS L162-5 18° ; "
    "Règlement arbitral de 2023 ; Convention médicale de 2024 "
)
ROWS = [
    ("01", "Majoration hors parcours", "0,00 € non due : voir les motifs et les effets"),
    ("24", "Facturé", "30,00 €"),
    ("24", "Base de remboursement", "30,00 € Convention médicale de 2024"),
    ("24", "Majoration hors parcours", f"10,60 € {R160_6}"),
    (
        "24",
        "Payé par l’assurance maladie",
        "8,40 € base − ticket modérateur − majoration − participation forfaitaire",
    ),
    ("24", "Reste à charge", "21,60 € facturé − payé par l’assurance maladie"),
    ("48", "Reste à charge", "0,00 € facturé − payé par l’assurance maladie − complémentaire"),
    ("55", "Dépassement", "8,50 € facturé au-delà de la base de remboursement, à la charge du patient"),
    (
        "55",
        "Prix total autorisé, au plus",
        f"37,00 € {DA}(L'article équivalent de la convention de 2024 n'a pas été retrouvé)",
    ),
    (
        "51",
        "Payé par l’assurance maladie",
        "inconnu aucune source ne donne le taux du régime local d'Alsace-Moselle hors parcours",
    ),
    ("18", "Base de remboursement", f"inconnu {CARDIOLOGUE}"),
    ("32", "Taux", "inconnu on ne sait pas si la visite est prise en charge"),
    ("56", "Taux", "inconnu acte lourd : un forfait remplace le taux"),
    (
        "56",
        "Ticket modérateur",
        "24,00 € CSS R160-16 (Texte de 2019, dont le jour d'effet n'est pas établi)",
    ),
]


@pytest.mark.parametrize(("example", "label", "expected"), ROWS)
def test_an_amount_is_shown_with_what_sets_it(example: str, label: str, expected: str) -> None:
    assert row(shown(paid(example)), label) == f"{label} {expected}"


@pytest.mark.parametrize("example", [f"{n:02}" for n in range(1, 60) if n != 33])
def test_every_amount_that_is_shown_is_grounded_and_every_unknown_one_explained(example: str) -> None:
    amounts = paid(example)
    unexplained = [
        line
        for line in shown(amounts).splitlines()
        if line.rstrip().endswith("inconnu")
        or (line.startswith("  Base") and not line.rstrip().split("€")[-1].strip())
    ]
    assert unexplained == []


def test_each_act_has_its_sum() -> None:
    text = shown(paid("54"))
    assert "  • CS (ligne 1, facturé 26,50 €) : Base 26,50 € × 70 % − 2,00 € = 16,55 €" in text.splitlines()
    assert "  • MCS (ligne 2, facturé 5,00 €) : Base 5,00 € × 70 % = 3,50 €" in text.splitlines()


def test_without_an_act_only_the_rate_is_shown() -> None:
    lines = shown(paid("12")).splitlines()
    assert lines[1].startswith("  • Aucun acte ne vient avec la visite")
    assert [line.split("  ")[1] for line in lines[2:]] == ["Taux"]


def test_what_the_hospital_keeps_has_a_row_though_it_is_not_in_the_bill() -> None:
    extra = Terme(montant="majoration_hospitaliere", valeur="6,00 €", texte="CSS L162-26", note=None)
    amounts = dataclasses.replace(paid("55"), termes=(*paid("55").termes, extra))
    assert row(shown(amounts), "Majoration hospitalière") == "Majoration hospitalière 6,00 € CSS L162-26"
    assert terme(extra) == "Majoration hospitalière, 6,00 € : CSS L162-26"


def test_a_terminal_gets_a_table_that_fits() -> None:
    text = shown(paid("24"), terminal=True, width=70)
    assert "\x1b[" in text
    assert "\N{REPLACEMENT CHARACTER}" not in text
    assert "8,40 €" in text


def test_a_code_of_the_caller_cannot_steer_the_terminal() -> None:
    hostile = paid("24")
    (act,) = hostile.lignes
    act = dataclasses.replace(act, acte="\x1b[31mG")
    assert "\x1b" not in shown(dataclasses.replace(hostile, lignes=(act,)))


def test_what_is_left_to_the_patient_needs_what_was_charged() -> None:
    unbilled = dataclasses.replace(paid("24"), facture=None, reste_a_charge=None)
    assert row(shown(unbilled), "Reste à charge") == (
        "Reste à charge inconnu le montant facturé n’est pas transmis"
    )
