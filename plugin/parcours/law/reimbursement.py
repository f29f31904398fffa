"""What the visit pays, act by act: base × rate, less majoration and participation; who bears the rest.

An amount that no source establishes that day stays ``None``, and its reason is among the ``termes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parcours.domain.decision import Effet
from parcours.domain.facts import ActeFacture, Couverture, Profession
from parcours.domain.reimbursement import ZERO, LigneRemboursement, Montants, Remboursement, euros, somme
from parcours.law import majoration
from parcours.law.billed_acts import QUANTITE_ABSURDE, Groupe, groupes
from parcours.law.cas import Cas
from parcours.law.depassement import majoration_hospitaliere, prix_maximum
from parcours.law.group_sums import ARRONDI, Sommes, parts, retenues, sommes
from parcours.law.parameter_files import Montant
from parcours.law.participation import Participations
from parcours.law.tarifs import Tarifs
from parcours.law.taux import EN_DOUTE, taux
from parcours.law.terms import Silence, Termes, en_euros, pour_cent
from parcours.law.verdict import Verdict

RESPONSABLE = "CSS L871-1, R871-1 : une complémentaire responsable rembourse le ticket modérateur au plus"
SOLIDAIRE = "CSS L861-3 : la complémentaire santé solidaire"
CAMIEG = "Camieg : régime de base et part complémentaire, au plus le tarif moins la participation forfaitaire"
ALSACE_LOURD = "aucune source ne dit ce que le régime local d'Alsace-Moselle prend d'un acte lourd"
INTERDIT = "dépassement interdit pour un bénéficiaire de la complémentaire santé solidaire"
AU_DELA = "facturé au-delà de la base de remboursement, à la charge du patient"
CLES = tuple(cle for cle in Montants.__dataclass_fields__ if cle != "taux")


def remboursement(cas: Cas, verdict: Verdict) -> Remboursement | None:
    """The amounts of one visit; ``None`` when it is not paid at all (téléconsultation outside its rules)."""
    return _remboursement(cas, verdict, Termes(cas.parametres))


def montants(cas: Cas, verdict: Verdict) -> Remboursement | None:
    """The same, less the grounds: for a visit that is only supposed."""
    return _remboursement(cas, verdict, Silence(cas.parametres))


def _remboursement(cas: Cas, verdict: Verdict, termes: Termes) -> Remboursement | None:
    if verdict.effet(Effet.PRISE_EN_CHARGE).holds is False:
        return None
    calcul = _Calcul(cas, verdict, termes)
    actes = [Tarifs(groupe, cas, verdict) for groupe in groupes(cas)]
    lignes = tuple(ligne for tarifs in actes for ligne in calcul.groupe(tarifs))
    calcul.extra_hospitalier(actes)
    totaux = {cle: somme([getattr(ligne, cle) for ligne in lignes]) if lignes else None for cle in CLES}
    return Remboursement(
        **totaux,
        taux=_commun([ligne.taux for ligne in lignes]) if lignes else calcul.taux_nominal(),
        facture=somme([ligne.facture for ligne in lignes]) if lignes else None,
        lignes=lignes,
        termes=termes.tous(),
    )


@dataclass(frozen=True, slots=True)
class _Ligne:
    """One line before anything is taken from it: its tariff, and what of it is retained as base."""

    acte: ActeFacture
    tarif: Decimal | None

    @property
    def base(self) -> Decimal | None:
        """The tariff, or what is billed when that is less."""
        if self.tarif is None:
            return None
        return euros(self.tarif if self.acte.facture is None else min(self.tarif, self.acte.facture))

    @property
    def depassement(self) -> Decimal | None:
        """What is billed over the tariff."""
        if self.acte.facture is None or self.tarif is None:
            return None
        return euros(max(ZERO, self.acte.facture - self.tarif))


class _Calcul:
    """The amounts of one visit, and the ground of each as it is met."""

    def __init__(self, cas: Cas, verdict: Verdict, termes: Termes) -> None:
        self.cas = cas
        self.verdict = verdict
        self.termes = termes
        self.payee = verdict.effet(Effet.PRISE_EN_CHARGE).holds is True
        self.part = taux(cas) if self.payee else Montant(None, (), EN_DOUTE)
        self.baisse = majoration.points(verdict.effet(Effet.MAJORATION), self.part.valeur, cas)
        self.termes.dire("taux", self.part, pour_cent(self.part.valeur))
        if self.baisse.valeur != ZERO:
            self.termes.dire("majoration", self.baisse, pour_cent(self.baisse.valeur))
        self._participations = Participations(cas, verdict)

    def taux_nominal(self) -> str | None:
        """The rate in percent, once the points of the majoration are taken off; before the cap."""
        if self.part.valeur is None or self.baisse.valeur is None:
            return None
        return pour_cent(self.part.valeur - self.baisse.valeur)

    def groupe(self, tarifs: Tarifs) -> Iterator[LigneRemboursement]:
        """The lines of one act and of what goes with it."""
        groupe = tarifs.groupe
        lignes = [self._ligne(acte, tarifs) for acte in groupe.lignes]
        principal = groupe.lignes.index(groupe.principal)
        lourd = self._acte_lourd(lignes[principal], groupe)
        total = self._sommes(somme([ligne.base for ligne in lignes]), groupe, lourd=lourd)
        par_ligne = parts(total, [ligne.base for ligne in lignes])
        retenue = self._participation(total, groupe)
        if retenue is not None and total.avant is not None and not all(s.exact for s in (total, *par_ligne)):
            self.termes.en_euros("amo", Montant(total.avant - retenue, note=ARRONDI))
        dues = retenues(retenue, [s.avant for s in par_ligne], principal)
        for ligne, sommes_, due in zip(lignes, par_ligne, dues, strict=True):
            yield self._compte(ligne, sommes_, due, tarifs, lourd=lourd)

    def extra_hospitalier(self, actes: Sequence[Tarifs]) -> None:
        """Say what the hospital may keep: it is no line of the bill, and nobody refunds it (L162-26)."""
        if self.verdict.effet(Effet.MAJORATION_HOSPITALIERE).holds is True:
            self.termes.en_euros("majoration_hospitaliere", majoration_hospitaliere(actes))

    def _ligne(self, acte: ActeFacture, tarifs: Tarifs) -> _Ligne:
        tarif = tarifs.base(acte)
        self.termes.en_euros("base", tarif)
        return _Ligne(acte, tarif.valeur)

    def _sommes(self, base: Decimal | None, groupe: Groupe, *, lourd: bool) -> Sommes:
        due = self._majoration(base, groupe)
        total = sommes(base, self._ticket(base, groupe, lourd=lourd), due.valeur)
        if due.raison or total.majoration:
            self.termes.dire("majoration", due, en_euros(total.majoration))
        return total

    def _participation(self, total: Sommes, groupe: Groupe) -> Decimal | None:
        """What is withheld for these acts."""
        due = self._participations.due(groupe.nombre)
        self.termes.en_euros("participation_forfaitaire", due, *groupe.remarques)
        return self._participations.retenir(groupe.nombre, total.avant)

    def _ticket(self, base: Decimal | None, groupe: Groupe, *, lourd: bool) -> Decimal | None:
        """The share left to the patient, without the majoration; a flat sum for a heavy act (R160-16)."""
        if base is None or self.part.valeur is None:
            return None
        ticket = base * (1 - self.part.valeur)
        if not lourd:
            return ticket
        garde = self._forfait_acte_lourd(ticket, groupe)
        self.termes.en_euros("ticket_moderateur", garde)
        return garde.valeur

    def _forfait_acte_lourd(self, ticket: Decimal, groupe: Groupe) -> Montant:
        """What a heavy act leaves to the patient: so many flat sums, or the usual share when it is less."""
        forfait = self.cas.parametres.amount("forfait-acte-lourd")
        if Couverture.ALSACE_MOSELLE in self.cas.visite.couvertures:
            return Montant(None, (), ALSACE_LOURD)
        if groupe.nombre is None:
            return Montant(None, (), QUANTITE_ABSURDE)
        if forfait.valeur is None:
            return forfait
        return Montant(min(ticket, forfait.valeur * groupe.nombre), forfait.cites, note=forfait.note)

    def _acte_lourd(self, ligne: _Ligne, groupe: Groupe) -> bool:
        seuil = self.cas.parametres.amount("seuil-acte-lourd").valeur or ZERO
        praticien = self.cas.visite.praticien
        medecin = praticien is not None and praticien.profession is Profession.MEDECIN
        unitaire = (ligne.tarif or ZERO) / (groupe.nombre or 1)
        return medecin and unitaire >= seuil and self.part.valeur not in (None, 1)

    def _majoration(self, base: Decimal | None, groupe: Groupe) -> Montant:
        """The majoration of these acts, exact."""
        if self.baisse.valeur == ZERO:
            return majoration.AUCUNE
        if base is None or self.part.valeur is None:
            return Montant(None)
        if groupe.nombre is None:
            return Montant(None, (), QUANTITE_ABSURDE)
        return majoration.montant(base, groupe.nombre, self.baisse, self.cas)

    def _compte(
        self, ligne: _Ligne, sommes_: Sommes, retenue: Decimal | None, tarifs: Tarifs, *, lourd: bool
    ) -> LigneRemboursement:
        amo = None if sommes_.avant is None or retenue is None else sommes_.avant - retenue
        complementaire = self._complementaire(sommes_)
        if ligne.depassement:
            interdit = (INTERDIT,) if Couverture.C2S in self.cas.visite.couvertures else ()
            self.termes.en_euros("depassement", Montant(ligne.depassement, (AU_DELA, *interdit)))
        return LigneRemboursement(
            base=ligne.base,
            taux=None if lourd else self.taux_nominal(),
            amo_avant_participation=sommes_.avant,
            participation_forfaitaire=retenue,
            amo=amo,
            ticket_moderateur=sommes_.ticket,
            majoration=sommes_.majoration,
            complementaire_max=complementaire,
            depassement=ligne.depassement,
            reste_a_charge=self._reste(ligne, amo, complementaire),
            depassement_autorise_max=self._maximum(ligne.acte, tarifs),
            sequence=ligne.acte.sequence,
            acte=ligne.acte.code,
            facture=ligne.acte.facture,
            calcul=_calcul(sommes_, None if lourd else pour_cent(self.part.valeur), retenue),
        )

    def _complementaire(self, sommes_: Sommes) -> Decimal | None:
        """What a complementary insurer may refund: the ticket modérateur; the C2S more (R871-1, L861-3)."""
        montant, textes = sommes_.ticket, [RESPONSABLE]
        if Couverture.C2S in self.cas.visite.couvertures:
            textes = [SOLIDAIRE]
            if sommes_.majoration != ZERO and not self.cas.politique("c2s-majoration", "texte"):
                montant = somme([sommes_.ticket, sommes_.majoration])
        elif Couverture.CAMIEG in self.cas.visite.couvertures:
            textes.append(CAMIEG)
        if montant is not None:
            self.termes.en_euros("complementaire_max", Montant(montant, tuple(textes)))
        return montant

    def _reste(self, ligne: _Ligne, amo: Decimal | None, complementaire: Decimal | None) -> Decimal | None:
        """What the patient advances for good: all that is billed but what the Assurance Maladie pays."""
        paye = somme([amo, complementaire]) if Couverture.C2S in self.cas.visite.couvertures else amo
        return None if ligne.acte.facture is None or paye is None else ligne.acte.facture - paye

    def _maximum(self, acte: ActeFacture, tarifs: Tarifs) -> Decimal | None:
        """The highest total price, where the dépassement autorisé is open (convention, art. 37.1)."""
        if self.verdict.effet(Effet.DEPASSEMENT_AUTORISE).holds is not True:
            return None
        maximum = prix_maximum(acte, tarifs)
        self.termes.en_euros("depassement_autorise_max", maximum)
        return maximum.valeur


def _commun(valeurs: list[str | None]) -> str | None:
    return valeurs[0] if len(set(valeurs)) == 1 else None


def _calcul(sommes_: Sommes, taux_brut: str | None, participation: Decimal | None) -> str:
    """The sum in French: « Base 30,00 € × 70 % − 2,00 € = 19,00 € »."""
    if sommes_.avant is None or participation is None:
        return "Montant inconnu : voir les termes."
    produit = f"Base {en_euros(sommes_.base)}"
    produit += f" × {taux_brut} %" if taux_brut else f" − {en_euros(sommes_.ticket)}"
    moins = "".join(f" − {en_euros(m)}" for m in (sommes_.majoration, participation) if m)
    return f"{produit}{moins} = {en_euros(sommes_.avant - participation)}"
