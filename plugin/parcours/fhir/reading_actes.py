"""The acts of the visit and their prices: the lines of its invoice, else ChargeItem, else Procedure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from parcours.domain.facts import ActeFacture, Fait, Origine
from parcours.fhir.amounts import fois, montant, produit
from parcours.fhir.dossier import Dossier, Node
from parcours.fhir.elements import (
    ChargeItem,
    Claim,
    ClaimItem,
    CodeableConcept,
    Extension,
    Procedure,
    Reference,
)
from parcours.fhir.encounter import Rencontre
from parcours.fhir.frame import Cadre, Sujet
from parcours.fhir.qualifications import codes
from parcours.fhir.systems import CCAM, EXT_BASE, NGAP

MAX_LIGNES: Final = 200
"""Lines of one visit; an invoice of more is no doctor's visit."""

_WITHOUT_EFFECT: Final = {
    "cancelled": "facture annulée, ignorée",
    "entered-in-error": "ressource saisie par erreur, ignorée",
}
_CHARGES_SANS_EFFET: Final = frozenset({"not-billable", "aborted", "entered-in-error"})
_ACTES_SANS_EFFET: Final = frozenset({"not-done", "entered-in-error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actes:
    """The acts, where each was read, and where they would be."""

    actes: tuple[ActeFacture, ...]
    origines: dict[str, Origine] = field(default_factory=dict)
    chemin: str


def facture(dossier: Dossier, meeting: Rencontre, subject: Sujet) -> Node[Claim] | None:
    """The invoice of this visit; several that might be it are an error of the request."""
    alive = [node for node in dossier.of(Claim) if _vivante(dossier, meeting, subject, node)]
    surely = [node for node in alive if _porte_sur(dossier, meeting, node) is True]
    chosen = surely if len(surely) == 1 else alive
    if len(chosen) > 1:
        text = "plusieurs factures (Claim) peuvent être celle de cette visite : en transmettre une"
        dossier.problem(chosen[1].path, "business-rule", text, "error")
        return None
    for other in alive:
        if other not in chosen:
            dossier.problem(other.path, "business-rule", "facture d'une autre visite, ignorée")
    for node in chosen:
        dossier.use(node)
    return chosen[0] if chosen else None


def _vivante(dossier: Dossier, meeting: Rencontre, subject: Sujet, node: Node[Claim]) -> bool:
    claim = node.resource
    if claim.status in _WITHOUT_EFFECT:
        dossier.problem(node.path, "business-rule", _WITHOUT_EFFECT[claim.status])
    elif subject.est(dossier, claim.patient, node) is False:
        dossier.problem(node.at("patient"), "business-rule", "facture d'un autre patient, ignorée")
    elif _porte_sur(dossier, meeting, node) is False:
        dossier.problem(node.path, "business-rule", "facture d'une autre visite, ignorée")
    else:
        return True
    return False


def _porte_sur(dossier: Dossier, meeting: Rencontre, node: Node[Claim]) -> bool | None:
    """Does an invoice designate this visit? ``None`` when it designates none, ``False``: only others."""
    answers = [_de_la_visite(dossier, meeting, item.encounter, node) for item in node.resource.item]
    if True in answers:
        return True
    return False if answers and None not in answers else None


def _de_la_visite(
    dossier: Dossier, meeting: Rencontre, refs: Iterable[Reference], source: Node[Any]
) -> bool | None:
    answers = [_designe(dossier, meeting, ref, source) for ref in refs]
    if True in answers:
        return True
    return False if answers and None not in answers else None


def _designe(dossier: Dossier, meeting: Rencontre, ref: Reference, source: Node[Any]) -> bool | None:
    if dossier.type_of(ref, source) == "EpisodeOfCare":
        return None
    found = dossier.find(ref, source)
    if found is not None:
        return found is meeting.node
    return None if ref.reference is None else False


# ---------------------------------------------------------------- its lines


def actes_factures(cadre: Cadre, claim: Node[Claim] | None) -> Actes:
    """What is charged, from the best source there is."""
    dossier = cadre.dossier
    if claim is not None:
        return _actes(dossier, list(_lignes(cadre, claim)), claim.at("item"))
    where = f"{dossier.anywhere('Claim')}.item"
    charges = [_charge(dossier, rank, node) for rank, node in enumerate(_charges(cadre), start=1)]
    if charges:
        return _actes(dossier, charges, where)
    return _actes(dossier, list(_codes_seuls(cadre)), where)


def _actes(dossier: Dossier, read: list[tuple[ActeFacture, str]], where: str) -> Actes:
    if len(read) > MAX_LIGNES:
        dossier.problem(where, "too-long", f"plus de {MAX_LIGNES} actes", "error")
        return Actes(actes=(), chemin=where)
    return Actes(
        actes=tuple(acte for acte, _ in read),
        origines={f"{Fait.FACTURE_ACTE}:{acte.sequence}": Origine(path) for acte, path in read},
        chemin=where,
    )


def _lignes(cadre: Cadre, claim: Node[Claim]) -> Iterator[tuple[ActeFacture, str]]:
    seen: set[int] = set()
    for i, item in enumerate(claim.resource.item):
        path = claim.at(f"item[{i}]")
        if item.sequence is None:
            continue  # FHIR requires it: already an error of the request
        if item.sequence in seen:
            text = "deux lignes de la facture ont le même numéro"
            cadre.dossier.problem(f"{path}.sequence", "value", text, "error")
        elif _de_la_visite(cadre.dossier, cadre.rencontre, item.encounter, claim) is False:
            text = "ligne qui porte sur une autre visite, ignorée"
            cadre.dossier.problem(f"{path}.encounter", "business-rule", text)
        else:
            yield _ligne(cadre.dossier, item.sequence, item, path), path
        seen.add(item.sequence)


def _ligne(dossier: Dossier, sequence: int, item: ClaimItem, path: str) -> ActeFacture:
    nomenclature, code = _code(item.product_or_service)
    if item.detail:
        text = "les détails (detail) de cette ligne ne sont pas lus : seule la ligne compte"
        dossier.problem(f"{path}.detail", "informational", text, "information")
    counted = item.quantity.value if item.quantity else None
    quantite = fois(dossier, counted, f"{path}.quantity")
    coefficient = fois(dossier, item.factor, f"{path}.factor")
    prix = montant(dossier, item.unit_price, f"{path}.unitPrice")
    total = montant(dossier, item.net, f"{path}.net")
    return ActeFacture(
        sequence=sequence,
        code=code,
        nomenclature=nomenclature,
        base=_base(dossier, item.extension, path),
        facture=produit(dossier, prix, quantite * coefficient, path) if total is None else total,
        quantite=quantite,
        coefficient=coefficient,
    )


def _code(concept: CodeableConcept | None) -> tuple[str | None, str | None]:
    """Nomenclature and code of an act, in the first nomenclature known."""
    known = [code for code in codes([(concept, "")]) if code.table in (NGAP, CCAM)]
    return (known[0].table, known[0].code) if known else (None, None)


def _base(dossier: Dossier, extensions: tuple[Extension, ...], path: str) -> Decimal | None:
    stated = [(i, e.value_money) for i, e in enumerate(extensions) if e.url == EXT_BASE]
    if len(stated) > 1:
        text = "la base de remboursement est donnée deux fois"
        dossier.problem(f"{path}.extension[{stated[1][0]}]", "value", text, "error")
    bases = [montant(dossier, money, f"{path}.extension[{i}].valueMoney") for i, money in stated]
    return bases[0] if bases else None


# ---------------------------------------------------------------- without an invoice


def _charges(cadre: Cadre) -> Iterator[Node[ChargeItem]]:
    for node in cadre.dossier.of(ChargeItem):
        charge = node.resource
        if _retenu(cadre, node, charge.subject, charge.context, sans_effet=_CHARGES_SANS_EFFET):
            yield node


def _charge(dossier: Dossier, rank: int, node: Node[ChargeItem]) -> tuple[ActeFacture, str]:
    charge = node.resource
    nomenclature, code = _code(charge.code)
    counted = charge.quantity.value if charge.quantity else None
    acte = ActeFacture(
        sequence=rank,
        code=code,
        nomenclature=nomenclature,
        base=_base(dossier, charge.extension, node.path),
        # In FHIR this price is that of the whole charge, whatever its quantity.
        facture=montant(dossier, charge.price_override, node.at("priceOverride")),
        quantite=fois(dossier, counted, node.at("quantity")),
    )
    return acte, node.path


def _codes_seuls(cadre: Cadre) -> Iterator[tuple[ActeFacture, str]]:
    """Acts that were done, when a nomenclature of acts names them."""
    rank = 0
    for node in cadre.dossier.of(Procedure):
        done = node.resource
        nomenclature, code = _code(done.code)
        if code and _retenu(cadre, node, done.subject, done.encounter, sans_effet=_ACTES_SANS_EFFET):
            rank += 1
            yield ActeFacture(sequence=rank, code=code, nomenclature=nomenclature), node.path


def _retenu(
    cadre: Cadre,
    node: Node[Any],
    subject: Reference | None,
    visit: Reference | None,
    *,
    sans_effet: frozenset[str],
) -> bool:
    """Is this act one of this patient in this visit? What is set aside is said."""
    dossier = cadre.dossier
    if node.resource.status in sans_effet:
        dossier.problem(node.path, "business-rule", "acte sans effet (statut), ignoré")
    elif cadre.sujet.est(dossier, subject, node) is False:
        dossier.problem(node.path, "business-rule", "acte d'un autre patient, ignoré")
    elif visit is not None and _designe(dossier, cadre.rencontre, visit, node) is False:
        dossier.problem(node.path, "business-rule", "acte d'une autre visite, ignoré")
    else:
        dossier.use(node)
        return True
    return False
