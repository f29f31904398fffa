"""What the visit pays. Exact decimals in euros; ``None`` is an amount nobody can give.

The answer says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def euros(montant: Decimal) -> Decimal:
    """To the nearest cent, half a cent up."""
    return montant.quantize(CENT, rounding=ROUND_HALF_UP)


def somme(montants: list[Decimal | None]) -> Decimal | None:
    """The sum, unknown as soon as one of its terms is."""
    connus = [m for m in montants if m is not None]
    return sum(connus, ZERO) if len(connus) == len(montants) else None


def partage(total: Decimal, poids: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """An amount in cents shared in proportion, to the cent; what is left over goes to the largest fractions.

    No part exceeds its weight when the total does not exceed their sum and the weights are in cents.
    """
    ensemble = sum(poids, ZERO)
    if not ensemble:
        return tuple(ZERO for _ in poids)
    exactes = [total * p / ensemble for p in poids]
    parts = [exacte.quantize(CENT, rounding=ROUND_FLOOR) for exacte in exactes]
    reliquat = int((total - sum(parts, ZERO)) / CENT)
    rangs = sorted(range(len(parts)), key=lambda rang: parts[rang] - exactes[rang])
    for rang in rangs[:reliquat]:
        parts[rang] += CENT
    return tuple(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Montants:
    """Amounts of one act or of the visit, by the names of the published JSON.

    ``taux`` is the nominal rate in percent without trailing zeros (``"70"``), ``None`` when unknown or mixed;
    ``amo`` what the Assurance Maladie pays; ``complementaire_max`` what a contrat responsable may refund;
    ``depassement_autorise_max`` the highest total price.
    """

    base: Decimal | None
    taux: str | None
    amo_avant_participation: Decimal | None
    participation_forfaitaire: Decimal | None
    amo: Decimal | None
    ticket_moderateur: Decimal | None
    majoration: Decimal | None
    complementaire_max: Decimal | None
    depassement: Decimal | None
    reste_a_charge: Decimal | None
    depassement_autorise_max: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneRemboursement(Montants):
    """One act billed: its number and code in the bill, and how its amounts are found, in French."""

    sequence: int
    acte: str | None
    facture: Decimal | None
    calcul: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terme:
    """Where an amount comes from: the text that sets it, or why it is unknown."""

    montant: str
    valeur: str | None
    texte: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remboursement(Montants):
    """The visit: totals, one line per act, and the ground of each term."""

    facture: Decimal | None
    lignes: tuple[LigneRemboursement, ...]
    termes: tuple[Terme, ...]
