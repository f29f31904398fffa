"""Visite + law of that day → Decision.

The verdict first; then its reasons, found by judging the visit again under hypotheses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from parcours import VERSION_LOGICIEL
from parcours.domain.decision import (
    Alternative,
    Decision,
    Effet,
    Facturation,
    Manquant,
    Motif,
    PolitiqueAppliquee,
    Position,
)
from parcours.domain.facts import ORDRE_DES_FAITS, Fait, Visite
from parcours.domain.finding import Finding
from parcours.domain.fingerprint import fingerprint
from parcours.domain.reimbursement import Remboursement
from parcours.law.cas import Cas
from parcours.law.effets import HORS
from parcours.law.essais import Essais
from parcours.law.invoice_codes import facturation
from parcours.law.missing_facts import Issue, effets_des_manquants
from parcours.law.policies import PAR_NOM, Politiques
from parcours.law.registry import Droit
from parcours.law.reimbursement import montants, remboursement
from parcours.law.retained_facts import faits_retenus
from parcours.law.unclaimed_grounds import motifs_non_invoques
from parcours.law.verdict import Reponses, Verdict, juger, reponse
from parcours.law.warnings import avertissements

DEFAUT = Politiques()


def decide(visite: Visite, droit: Droit, politiques: Politiques = DEFAUT) -> Decision:
    """Judge one visit by the law of its day, and say why.

    Raises ``UnsupportedDate`` for a visit before the majoration existed (1 January 2006).
    """
    return _Jugement(visite, droit, politiques).decision()


class _Jugement:
    """One visit under one law and one set of readings, and, for its reasons, under hypotheses."""

    def __init__(self, visite: Visite, droit: Droit, politiques: Politiques) -> None:
        self.visite = visite
        self.droit = droit
        self.du_jour = droit.applicable(visite)
        self.politiques = politiques
        self.cas = Cas.de(visite, self.du_jour.parametres, politiques)
        self.a_payer = self.cas.a_part()
        self.essais = Essais(self.cas)

    def decision(self) -> Decision:
        cas = self.cas
        reponses = Reponses.demander(self.du_jour, cas, jusqu_au_bout=True)
        verdict = juger(reponses, cas)
        facture = facturation(verdict.situation, cas)
        paye = remboursement(self.a_payer, verdict)
        return Decision(
            id=fingerprint(self.visite, self.droit.version, VERSION_LOGICIEL, self.politiques),
            date_des_soins=self.visite.date,
            position=verdict.position,
            situation=verdict.situation,
            situations_possibles=verdict.situations_possibles,
            ips=verdict.ips,
            qtp=verdict.qtp,
            qcp_attendu=verdict.qcp,
            facturation=facture,
            motifs=_motifs(reponses, verdict, cas),
            effets={effet: reponse(finding) for effet, finding in verdict.effets.items()},
            faits=faits_retenus(cas),
            manquants=tuple(self._manquants(reponses, Issue(verdict, paye), facture)),
            alternatives=tuple(self._alternatives(verdict)),
            avertissements=avertissements(cas, verdict, paye),
            remboursement=paye,
            politiques=tuple(self._politiques_appliquees(verdict, paye)),
            version_droit=self.droit.version,
            version_logiciel=VERSION_LOGICIEL,
        )

    def essai(self, visite: Visite, *, argent: bool) -> Issue:
        """What the visit would lead to with other facts, with its amounts when they are asked for."""
        cas = self.essais.cas(visite)
        verdict = self._verdict(cas)
        return Issue(verdict, cas.trouver(verdict.compte(), partial(_montants, verdict)) if argent else None)

    def _verdict(self, cas: Cas) -> Verdict:
        return juger(Reponses.demander(self.du_jour, cas, jusqu_au_bout=False), cas)

    def _manquants(self, reponses: Reponses, actuel: Issue, facture: Facturation) -> Iterator[Manquant]:
        """Missing facts whose value would change the answer, then those the billing screen will ask for."""
        chemins = self.visite.chemins
        absents = _faits_absents(reponses, actuel.verdict, self.cas)
        effets_par_fait = dict(effets_des_manquants(self.cas, absents, actuel, self.essai))
        for fait in _demandes_par_la_facture(facture):
            effets_par_fait[fait] = (*effets_par_fait.get(fait, ()), "demandé par l'écran de facturation")
        for fait in sorted(effets_par_fait, key=ORDRE_DES_FAITS.index):
            yield Manquant(fait=fait, chemin=chemins.get(fait, ""), effet=effets_par_fait[fait])

    def _alternatives(self, verdict: Verdict) -> Iterator[Alternative]:
        """Grounds nobody claimed that would better the patient's lot."""
        if verdict.position not in (Position.HORS, Position.INDETERMINE):
            return
        merite = _merite(verdict)
        for texte, visite in motifs_non_invoques(self.cas):
            essai = self._verdict(self.essais.cas(visite))
            if essai.credible and _merite(essai) > merite:
                yield Alternative(si=texte, situation=essai.situation, position=essai.position)

    def _politiques_appliquees(
        self, verdict: Verdict, paye: Remboursement | None
    ) -> Iterator[PolitiqueAppliquee]:
        """The readings that mattered: another choice would have given another answer, or other amounts."""
        for nom in sorted(self.cas.politiques_lues | self.a_payer.politiques_lues):
            politique, choix = PAR_NOM[nom], self.politiques.choix(nom)
            autres = (self.politiques.avec(nom, autre) for autre in politique.a_comparer if autre != choix)
            if any(self._change(nom, self.essais.sous(autre, nom), verdict, paye) for autre in autres):
                yield PolitiqueAppliquee(politique=nom, valeur=choix, note=politique.note)

    def _change(self, nom: str, cas: Cas, verdict: Verdict, paye: Remboursement | None) -> bool:
        """Does another reading of this policy answer or pay otherwise? Only who asked about it can tell."""
        if nom in self.cas.politiques_lues and self._verdict(cas).reponse() != verdict.reponse():
            return True
        return nom in self.a_payer.politiques_lues and remboursement(cas, verdict) != paye


def _montants(verdict: Verdict, cas: Cas) -> Remboursement | None:
    return montants(cas, verdict)


def _motifs(reponses: Reponses, verdict: Verdict, cas: Cas) -> tuple[Motif, ...]:
    """Grounds that hold, the deciding row first. "Hors" is a reason only once nothing can deny it."""
    exclus = frozenset() if verdict.position is Position.HORS else HORS
    return tuple(
        regle.motif(cas.jour)
        for regle, finding in reponses.regles
        if finding.holds is True and regle.rang not in exclus
    )


def _faits_absents(reponses: Reponses, verdict: Verdict, cas: Cas) -> set[str]:
    """Facts for want of which a row, an effect or a code is in doubt."""
    findings: Iterable[Finding] = [
        *(reponses.rangs[rang] for rang in verdict.rangs),
        *verdict.effets.values(),
        cas.traitant_declare(),
    ]
    contredits = {Fait.MEDECIN_TRAITANT} if verdict.contredits else set()
    return contredits.union(*(finding.missing for finding in findings))


def _demandes_par_la_facture(facture: Facturation) -> Iterator[str]:
    if facture.medecin is not None:
        if facture.medecin.nom is None:
            yield Fait.FACTURE_NOM
        if facture.medecin.prenom is None:
            yield Fait.FACTURE_PRENOM


def _merite(verdict: Verdict) -> int:
    """How well the patient fares: in the path, in doubt, out of it without the majoration, out of it."""
    if verdict.position in (Position.DANS, Position.NON_CONCERNE):
        return 4
    if verdict.position is Position.INDETERMINE:
        return 3
    return 2 if verdict.effet(Effet.MAJORATION).holds is False else 1
