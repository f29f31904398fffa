"""Amounts in FHIR: adjudications and totals. What nobody knows is left out; a known zero is 0.00."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from parcours.domain.reimbursement import LigneRemboursement, Remboursement
from parcours.fhir.decision_extension import Element
from parcours.fhir.systems import code_system

STANDARD = "http://terminology.hl7.org/CodeSystem/adjudication"
OURS = code_system("pds-cs-adjudication")

RATE = (STANDARD, "eligpercent")
BENEFIT = (STANDARD, "benefit")
CATEGORIES = {
    "facture": (STANDARD, "submitted"),
    "base": (STANDARD, "eligible"),
    "amo": BENEFIT,
    "majoration": (OURS, "majoration"),
    "participation_forfaitaire": (OURS, "participation-forfaitaire"),
    "ticket_moderateur": (OURS, "ticket-moderateur"),
    "complementaire_max": (OURS, "complementaire"),
    "depassement": (OURS, "depassement"),
    "reste_a_charge": (OURS, "reste-a-charge"),
}
"""Which category says which amount of the ``Decision``."""

UNKNOWN = "Aucun montant ne peut être donné : les notes disent pourquoi."

Amounts = LigneRemboursement | Remboursement


def items(lignes: Sequence[LigneRemboursement], first_note: int) -> list[Element]:
    """One item per line of the invoice, with the number of the note that tells its sum."""
    return [
        {
            "itemSequence": ligne.sequence,
            "noteNumber": [number],
            "adjudication": _adjudications(ligne) or [{**_category(BENEFIT), "reason": {"text": UNKNOWN}}],
        }
        for number, ligne in enumerate(lignes, start=first_note)
    ]


def without_items(paid: Remboursement) -> list[Element]:
    """The amounts of the visit, when no invoice came whose lines could be answered."""
    return _adjudications(paid)


def totals(paid: Remboursement) -> list[Element]:
    """The sums over all lines."""
    return [{**_category(CATEGORIES[key]), "amount": amount} for key, amount in _known(paid)]


def _adjudications(amounts: Amounts) -> list[Element]:
    found = [{**_category(CATEGORIES[key]), "amount": amount} for key, amount in _known(amounts)]
    if amounts.taux is not None:
        found.append({**_category(RATE), "value": Decimal(amounts.taux)})
    return found


def _known(amounts: Amounts) -> list[tuple[str, Element]]:
    values = ((key, getattr(amounts, key)) for key in CATEGORIES)
    return [(key, {"value": value, "currency": "EUR"}) for key, value in values if value is not None]


def _category(category: tuple[str, str]) -> Element:
    system, code = category
    return {"category": {"coding": [{"system": system, "code": code}]}}
