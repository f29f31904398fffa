"""Amounts for people: one row each, with the text that sets it or why nobody knows it; who bears the bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from parcours.domain.reimbursement import ZERO, LigneRemboursement, Remboursement, Terme
from parcours.wording import HORS_FACTURE, INCONNU, MONTANTS, euros, fondement, valeur

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


REASONS = ("majoration", "participation_forfaitaire", "depassement")
"""Why something is left to the patient once the insurers have paid."""


@dataclass(frozen=True, slots=True)
class Row:
    """One amount: its name in the JSON, its label, its value, and what sets it, line by line."""

    name: str
    label: str
    value: str
    why: tuple[str, ...]


def rows(paid: Remboursement) -> Iterator[Row]:
    """The amounts of a visit, in the order in which they are told."""
    for name, label in MONTANTS.items():
        value = _value(paid, name)
        said = [term for term in paid.termes if term.montant == name]
        if value != INCONNU or (_expected(paid, name) or said):
            yield Row(name, label, value, tuple(dict.fromkeys(_why(paid, name, said))))
    for term in paid.termes:
        if term.montant in HORS_FACTURE:
            yield Row(term.montant, HORS_FACTURE[term.montant], valeur(term), (fondement(term),))


def summary(paid: Remboursement) -> str:
    """What comes back and what is left, in one sentence."""
    if not paid.lignes:
        return NO_ACT
    left = f"Payé par l’assurance maladie : {euros(paid.amo)}, reste à charge {euros(paid.reste_a_charge)}"
    before = paid.complementaire_max and not _and_complementary(paid, "reste_a_charge")
    return f"{left}, avant la complémentaire" if before and paid.reste_a_charge else left


def act(line: LigneRemboursement) -> str:
    """One act of the bill: its code, its number, what was charged."""
    return f"{line.acte or 'Acte'} (ligne {line.sequence}, facturé {euros(line.facture)})"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bill, by the name of its amount in the JSON."""

    name: str
    amount: Decimal


def parts(paid: Remboursement | LigneRemboursement) -> tuple[Part, ...]:
    """A bill cut by who bears it: Assurance Maladie, complementary insurer, then what is left to the patient.

    Nothing without a bill; one part, ``inconnu``, as long as nobody knows who pays. What is left is told by
    its reasons when these make it up.
    """
    if paid.facture is None:
        return ()
    if paid.amo is None or paid.complementaire_max is None:
        return (Part(INCONNU, paid.facture),)
    left = paid.facture - paid.amo - paid.complementaire_max
    reasons = [Part(name, getattr(paid, name) or ZERO) for name in REASONS]
    explained = sum((reason.amount for reason in reasons), ZERO) == left
    rest = reasons if explained else [Part("reste", max(left, ZERO))]
    return (Part("amo", paid.amo), Part("complementaire_max", paid.complementaire_max), *rest)


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
    missing = [fondement(term) for term in paid.termes if term.montant in MADE_OF and term.valeur is None]
    if name == "reste_a_charge" and paid.facture is None:
        missing = [NOT_BILLED]
    heavy = [HEAVY if all(line.taux is None for line in paid.lignes) else NO_SINGLE_RATE]
    yield from itself or missing or heavy


def _points(paid: Remboursement) -> Iterator[Terme]:
    """The points of the majoration, already taken off the rate that is shown; before any cap."""
    for term in paid.termes:
        if term.montant == "majoration" and term.valeur and not term.valeur.endswith("€"):
            yield term
