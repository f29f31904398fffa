"""What the visit pays, act by act: base × rate, less majoration and participation; who bears the rest.

An act and its supplements are one act for the rate, the cap and the participation. An amount that no source
establishes that day stays ``None``, and its reason is among the ``termes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from parcours.domain.decision import Effet
from parcours.domain.facts import ActeFacture, Couverture, Profession
from parcours.domain.reimbursement import (
    ZERO,
    LigneRemboursement,
    Montants,
    Remboursement,
    Terme,
    euros,
    somme,
)
from parcours.law import majoration
from parcours.law.cas import Cas
from parcours.law.parameter_files import Montant
from parcours.law.participation import participations
from parcours.law.tarifs import base_de, tarif_du_parcours
from parcours.law.taux import taux
from parcours.law.verdict import Verdict

UN_EURO = Decimal(1)
RESPONSABLE = "CSS L871-1, R871-1 : une complémentaire responsable rembourse le ticket modérateur au plus"
SOLIDAIRE = "CSS L861-3 : la complémentaire santé solidaire"
CAMIEG = "Camieg : régime de base et part complémentaire, au plus le tarif moins la participation forfaitaire"
AU_DELA = "facturé au-delà de la base de remboursement, à la charge du patient"


def remboursement(cas: Cas, verdict: Verdict) -> Remboursement | None:
    """The amounts of one visit; ``None`` when it is not paid at all (téléconsultation outside its rules)."""
    if verdict.effet(Effet.PRISE_EN_CHARGE).holds is False:
        return None
    calcul = _Calcul(cas, verdict)
    lignes = tuple(ligne for groupe in _groupes(cas) for ligne in calcul.groupe(groupe))
    totaux = _totaux(lignes) if lignes else dict.fromkeys(CLES)
    return Remboursement(
        **totaux,
        taux=_commun([ligne.taux for ligne in lignes]) if lignes else calcul.taux_nominal(),
        facture=somme([ligne.facture for ligne in lignes]) if lignes else None,
        lignes=lignes,
        termes=tuple(dict.fromkeys(calcul.termes)),
    )


def _groupes(cas: Cas) -> Iterator[tuple[ActeFacture, ...]]:
    """Each act with the supplements that follow it; those before the first act go with it."""
    supplements = cas.parametres.codes("supplements")
    groupe: list[ActeFacture] = []
    for acte in cas.visite.actes_factures:
        if acte.code not in supplements and any(a.code not in supplements for a in groupe):
            yield tuple(groupe)
            groupe = []
        groupe.append(acte)
    if groupe:
        yield tuple(groupe)


@dataclass(frozen=True, slots=True)
class _Acte:
    """One line before the majoration: what is billed, the base retained, the patient's ordinary share."""

    acte: ActeFacture
    base: Decimal | None
    tarif: Decimal | None
    ticket: Decimal | None


class _Calcul:
    """The amounts of one visit, and the ground of each as it is met."""

    def __init__(self, cas: Cas, verdict: Verdict) -> None:
        self.cas = cas
        self.verdict = verdict
        self.part = taux(cas)
        self.baisse = majoration.points(verdict.effet(Effet.MAJORATION), self.part.valeur, cas)
        self.termes: list[Terme] = []
        if verdict.effet(Effet.PRISE_EN_CHARGE).holds is None:
            self._dire("amo", Montant(None, (), "on ne sait pas si la visite est prise en charge"), None)
        self._dire("taux", self.part, _pour_cent(self.part.valeur))
        if self.baisse.valeur != ZERO:
            self._dire("majoration", self.baisse, _pour_cent(self.baisse.valeur))
        self._participations = iter(participations(len(list(_groupes(cas))), cas))

    def taux_nominal(self) -> str | None:
        """The rate in percent, once the points of the majoration are taken off; before the cap."""
        if self.verdict.effet(Effet.PRISE_EN_CHARGE).holds is None:
            return None
        if self.part.valeur is None or self.baisse.valeur is None:
            return None
        return _pour_cent(self.part.valeur - self.baisse.valeur)

    def groupe(self, groupe: tuple[ActeFacture, ...]) -> Iterator[LigneRemboursement]:
        """The lines of one act and its supplements."""
        actes = [self._acte(acte) for acte in groupe]
        base = somme([a.base for a in actes])
        majorations = self._majorations(actes, base)
        participation = next(self._participations)
        self._dire("participation_forfaitaire", participation, _en_euros(participation.valeur))
        principal = _principal(groupe, self.cas)
        for acte, majoration_due in zip(actes, majorations, strict=True):
            due = participation.valeur if acte.acte is principal else ZERO
            yield self._ligne(acte, majoration_due, due)

    def _acte(self, acte: ActeFacture) -> _Acte:
        tarif = base_de(acte, self.cas)
        self._dire("base", tarif, _en_euros(tarif.valeur))
        connus = [m for m in (tarif.valeur, acte.facture) if m is not None]
        base = None if tarif.valeur is None else euros(min(connus))
        return _Acte(acte, base, tarif.valeur, self._ticket(base))

    def _ticket(self, base: Decimal | None) -> Decimal | None:
        """The share left to the patient, without the majoration; a flat sum for a heavy act (R160-16)."""
        if base is None or self.part.valeur is None:
            return None
        ticket = base - euros(base * self.part.valeur)
        if not self._acte_lourd(base):
            return ticket
        forfait = self.cas.parametres.amount("forfait-acte-lourd")
        self._dire("ticket_moderateur", forfait, _en_euros(forfait.valeur))
        return None if forfait.valeur is None else min(ticket, euros(forfait.valeur))

    def _acte_lourd(self, base: Decimal) -> bool:
        seuil = self.cas.parametres.amount("seuil-acte-lourd").valeur or ZERO
        medecin = self.cas.visite.praticien is not None and (
            self.cas.visite.praticien.profession is Profession.MEDECIN
        )
        return medecin and base >= seuil and self.part.valeur != 1

    def _majorations(self, actes: list[_Acte], base: Decimal | None) -> list[Decimal | None]:
        """The majoration of the whole act, shared among its lines in proportion, cents to the first."""
        if base is None or self.part.valeur is None:
            return [None] * len(actes) if self.baisse.valeur != ZERO else [ZERO] * len(actes)
        due = majoration.montant(base, self.baisse, self.cas)
        if self.baisse.valeur != ZERO:
            self._dire("majoration", due, _en_euros(due.valeur))
        if due.valeur is None:
            return [None] * len(actes)
        return list(_partage(due.valeur, [a.base or ZERO for a in actes]))

    def _ligne(
        self, acte: _Acte, majoration_due: Decimal | None, participation: Decimal | None
    ) -> LigneRemboursement:
        payee = self.verdict.effet(Effet.PRISE_EN_CHARGE).holds is True
        avant = _moins(acte.base, acte.ticket, majoration_due) if payee else None
        retenue = (
            participation if None in (avant, participation) else min(avant or ZERO, participation or ZERO)
        )
        amo = _moins(avant, retenue)
        complementaire = self._complementaire(acte.ticket, majoration_due)
        if complementaire is not None:
            bornes = Montant(complementaire, self._complementaires())
            self._dire("complementaire_max", bornes, _en_euros(complementaire))
        depassement = _depassement(acte)
        if depassement:
            self._dire("depassement", Montant(depassement, (AU_DELA,)), _en_euros(depassement))
        return LigneRemboursement(
            base=acte.base,
            taux=self._taux_de_la_ligne(acte),
            amo_avant_participation=avant,
            participation_forfaitaire=retenue,
            amo=amo,
            ticket_moderateur=acte.ticket,
            majoration=majoration_due,
            complementaire_max=complementaire,
            depassement=depassement,
            reste_a_charge=self._reste(acte, amo, complementaire),
            depassement_autorise_max=self._maximum(acte),
            sequence=acte.acte.sequence,
            acte=acte.acte.code,
            facture=acte.acte.facture,
            calcul=_calcul(acte, self._taux_de_la_ligne(acte, brut=True), majoration_due, retenue, amo),
        )

    def _taux_de_la_ligne(self, acte: _Acte, *, brut: bool = False) -> str | None:
        """The nominal rate of a line; a heavy act has none, its ticket being a flat sum."""
        if acte.base is not None and self._acte_lourd(acte.base):
            return None
        return _pour_cent(self.part.valeur) if brut else self.taux_nominal()

    def _complementaire(self, ticket: Decimal | None, due: Decimal | None) -> Decimal | None:
        """What a complementary insurer may refund: the ticket modérateur; the C2S more (R871-1, L861-3)."""
        if Couverture.C2S not in self.cas.visite.couvertures:
            return ticket
        if due == ZERO or self.cas.politique("c2s-majoration", "texte"):
            return ticket
        return somme([ticket, due])

    def _complementaires(self) -> tuple[str, ...]:
        """The texts that bound what a complementary insurer pays."""
        couvertures = self.cas.visite.couvertures
        if Couverture.C2S in couvertures:
            return (SOLIDAIRE,)
        return (RESPONSABLE, CAMIEG) if Couverture.CAMIEG in couvertures else (RESPONSABLE,)

    def _reste(self, acte: _Acte, amo: Decimal | None, complementaire: Decimal | None) -> Decimal | None:
        """What the patient advances for good: all that is billed but what the Assurance Maladie pays."""
        paye = complementaire if Couverture.C2S in self.cas.visite.couvertures else ZERO
        return _moins(acte.acte.facture, amo, paye)

    def _maximum(self, acte: _Acte) -> Decimal | None:
        """The highest total price, where the dépassement autorisé is open (convention, art. 37.1)."""
        if self.verdict.effet(Effet.DEPASSEMENT_AUTORISE).holds is not True:
            return None
        if acte.acte.code in self.cas.parametres.codes("supplements"):
            return ZERO  # the price of the path, of the act it accompanies, already holds it
        tarif = tarif_du_parcours(acte.acte, self.cas)
        taux_autorise = self.cas.parametres.amount("taux-depassement-autorise")
        if tarif.valeur is None or taux_autorise.valeur is None:
            self._dire("depassement_autorise_max", tarif, None)
            return None
        proche = self.cas.politique("arrondi-depassement-autorise", "proche")
        arrondi = ROUND_HALF_UP if proche else ROUND_CEILING
        maximum = tarif.valeur * (1 + taux_autorise.valeur)
        maximum = maximum.quantize(UN_EURO, rounding=arrondi).quantize(ZERO)
        self._dire("depassement_autorise_max", taux_autorise, _en_euros(maximum))
        return maximum

    def _dire(self, cle: str, montant: Montant, valeur: str | None) -> None:
        note = montant.raison or montant.note
        self.termes.append(Terme(montant=cle, valeur=valeur, texte=" ; ".join(montant.cites), note=note))


def _principal(groupe: tuple[ActeFacture, ...], cas: Cas) -> ActeFacture:
    """The act that its supplements accompany: it bears the participation forfaitaire."""
    supplements = cas.parametres.codes("supplements")
    return next((acte for acte in groupe if acte.code not in supplements), groupe[0])


def _partage(total: Decimal, bases: list[Decimal]) -> Iterator[Decimal]:
    ensemble = sum(bases, ZERO)
    parts = [euros(total * base / ensemble) if ensemble else ZERO for base in bases]
    yield parts[0] + (total - sum(parts, ZERO))
    yield from parts[1:]


def _moins(montant: Decimal | None, *retires: Decimal | None) -> Decimal | None:
    connus = [r for r in retires if r is not None]
    return None if montant is None or len(connus) < len(retires) else montant - sum(connus, ZERO)


def _depassement(acte: _Acte) -> Decimal | None:
    if acte.acte.facture is None or acte.tarif is None:
        return None
    return euros(max(ZERO, acte.acte.facture - acte.tarif))


CLES = tuple(cle for cle in Montants.__dataclass_fields__ if cle != "taux")


def _totaux(lignes: tuple[LigneRemboursement, ...]) -> dict[str, Decimal | None]:
    return {cle: somme([getattr(ligne, cle) for ligne in lignes]) for cle in CLES}


def _commun(valeurs: list[str | None]) -> str | None:
    return valeurs[0] if len(set(valeurs)) == 1 else None


def _calcul(
    acte: _Acte,
    taux_brut: str | None,
    majoration_due: Decimal | None,
    participation: Decimal | None,
    amo: Decimal | None,
) -> str:
    """The sum in French: « Base 30,00 € × 70 % − 2,00 € = 19,00 € »."""
    if amo is None or acte.base is None:
        return "Montant inconnu : voir les termes."
    produit = f"Base {_en_euros(acte.base)}"
    produit += f" × {taux_brut} %" if taux_brut else f" − {_en_euros(acte.ticket)}"
    retraits: Iterable[Decimal | None] = (majoration_due, participation)
    moins = "".join(f" − {_en_euros(m)}" for m in retraits if m)
    return f"{produit}{moins} = {_en_euros(amo)}"


def _en_euros(montant: Decimal | None) -> str | None:
    return None if montant is None else f"{euros(montant):.2f} €".replace(".", ",")


def _pour_cent(fraction: Decimal | None) -> str | None:
    return None if fraction is None else f"{(fraction * 100).normalize():f}"
