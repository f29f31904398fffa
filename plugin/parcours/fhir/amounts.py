"""Euros as FHIR writes them: exact decimals, or a problem that says where and never which."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from parcours.domain.reimbursement import CENT, ZERO, euros
from parcours.fhir.dossier import Dossier
from parcours.fhir.elements import Money

MAXIMUM: Final = Decimal(1_000_000)
"""Euros, or times that an act is charged: beyond it somebody mistook cents for euros, or worse."""

_TEXT_AMOUNT: Final = f"montant attendu de 0 à {MAXIMUM} euros, au centime"
_TEXT_TIMES: Final = f"nombre attendu de 0 à {MAXIMUM}"
_DIGITS: Final = 6


def montant(dossier: Dossier, money: Money | None, where: str) -> Decimal | None:
    """An amount to the cent; ``None`` when it is absent, or wrong, which is then noted as an error."""
    if money is None or money.value is None:
        return None
    if money.currency not in (None, "EUR"):
        dossier.problem(f"{where}.currency", "value", "seuls les montants en euros (EUR) sont lus", "error")
        return None
    if not _au_centime(money.value):
        dossier.problem(f"{where}.value", "value", _TEXT_AMOUNT, "error")
        return None
    return euros(money.value) + ZERO  # the sum of -0 and 0 is 0


def fois(dossier: Dossier, number: Decimal | None, where: str) -> Decimal:
    """How many times, once when nobody says; a number that is none is noted as an error."""
    if number is None:
        return Decimal(1)
    if not number.is_finite() or not 0 <= number <= MAXIMUM or number != round(number, _DIGITS):
        dossier.problem(where, "value", _TEXT_TIMES, "error")
        return Decimal(1)
    return number + 0


def produit(dossier: Dossier, price: Decimal | None, times: Decimal, where: str) -> Decimal | None:
    """A price, so many times, to the cent; too large a product is noted as an error."""
    if price is None:
        return None
    total = price * times
    if total > MAXIMUM:
        dossier.problem(where, "value", _TEXT_AMOUNT, "error")
        return None
    return euros(total)


def _au_centime(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= MAXIMUM and value == value.quantize(CENT)
