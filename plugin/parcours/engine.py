"""Visite + law of that day → Decision.

The verdict first; then its reasons, found by judging the visit again under hypotheses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from parcours.domain.facts import Fait, Visite
from parcours.domain.finding import Finding
from parcours.domain.fingerprint import fingerprint
from parcours.domain.reimbursement import Remboursement
from parcours.errors import Problem, UnsupportedDate
from parcours.law.cas import Cas
from parcours.law.effets import HORS
from parcours.law.invoice_codes import facturation
from parcours.law.missing_facts import Issue, effets_des_manquants, reponse
from parcours.law.policies import PAR_NOM, Politiques
from parcours.law.registry import Droit
from parcours.law.reimbursement import remboursement
from parcours.law.retained_facts import faits_retenus
from parcours.law.unclaimed_grounds import motifs_non_invoques
from parcours.law.verdict import Reponses, Verdict, juger
from parcours.law.warnings import avertissements

DEFAUT = Politiques()
ORDRE_DES_FAITS = tuple(v for k, v in vars(Fait).items() if k.isupper())


def decide(visite: Visite, droit: Droit, politiques: Politiques = DEFAUT) -> Decision:
    """Judge one visit by the law of its day, and say why.

    Raises ``UnsupportedDate`` for a visit before the majoration existed (1 January 2006).
    """
    if visite.date < droit.depuis:
        raise UnsupportedDate([_avant_le_dispositif(visite)])
    return _Jugement(droit, politiques).decision(visite)


def _avant_le_dispositif(visite: Visite) -> Problem:
    chemin = visite.origines[Fait.DATE].chemin if Fait.DATE in visite.origines else "Encounter.period.start"
    return Problem(
        chemin, "business-rule", "La visite est antérieure au 1er janvier 2006 : le parcours n'existait pas."
    )


class _Jugement:
    """One law, one set of readings: judges a visit and, for its reasons, the same visit under hypotheses."""

    def __init__(self, droit: Droit, politiques: Politiques) -> None:
        self.droit = droit
        self.politiques = politiques

    def cas(self, visite: Visite) -> Cas:
        return Cas.de(visite, self.droit.du_jour(visite.date).parametres, self.politiques)

    def reponses(self, cas: Cas, *, jusqu_au_bout: bool) -> Reponses:
        return Reponses.demander(self.droit.du_jour(cas.jour), cas, jusqu_au_bout=jusqu_au_bout)

    def decision(self, visite: Visite) -> Decision:
        cas = self.cas(visite)
        reponses = self.reponses(cas, jusqu_au_bout=True)
        verdict = juger(reponses, cas)
        facture = facturation(verdict.situation, cas)
        paye = remboursement(cas, verdict)
        return Decision(
            id=fingerprint(visite, self.droit.version, VERSION_LOGICIEL, self.politiques),
            date_des_soins=visite.date,
            position=verdict.position,
            situation=verdict.situation,
            situations_possibles=verdict.situations_possibles,
            ips=verdict.ips,
            qtp=verdict.qtp,
            qcp_attendu=verdict.qcp,
            facturation=facture,
            motifs=_motifs(reponses, verdict, cas),
            effets={effet: reponse(finding) for effet, finding in verdict.effets},
            faits=faits_retenus(cas),
            manquants=tuple(self._manquants(cas, reponses, Issue(verdict, paye), facture)),
            alternatives=tuple(self._alternatives(cas, verdict)),
            avertissements=avertissements(cas, verdict, paye),
            remboursement=paye,
            politiques=tuple(self._politiques_appliquees(cas, verdict, paye)),
            version_droit=self.droit.version,
            version_logiciel=VERSION_LOGICIEL,
        )

    def essai(self, visite: Visite, *, argent: bool) -> Issue:
        """What a visit leads to, with its amounts when they are asked for."""
        cas = self.cas(visite)
        verdict = juger(self.reponses(cas, jusqu_au_bout=False), cas)
        return Issue(verdict, remboursement(cas, verdict) if argent else None)

    def _manquants(
        self, cas: Cas, reponses: Reponses, actuel: Issue, facture: Facturation
    ) -> Iterator[Manquant]:
        """Missing facts whose value would change the answer, then those the billing screen will ask for."""
        chemins = cas.visite.chemins
        absents = _faits_absents(reponses, actuel.verdict, cas)
        effets_par_fait = dict(effets_des_manquants(cas, absents, actuel, self.essai))
        for fait in _demandes_par_la_facture(facture):
            effets_par_fait[fait] = (*effets_par_fait.get(fait, ()), "demandé par l'écran de facturation")
        for fait in sorted(effets_par_fait, key=ORDRE_DES_FAITS.index):
            yield Manquant(fait=fait, chemin=chemins.get(fait, ""), effet=effets_par_fait[fait])

    def _alternatives(self, cas: Cas, verdict: Verdict) -> Iterator[Alternative]:
        """Grounds nobody claimed that would better the patient's lot."""
        if verdict.position not in (Position.HORS, Position.INDETERMINE):
            return
        for texte, visite in motifs_non_invoques(cas):
            essai = self.essai(visite, argent=False).verdict
            if essai.credible and _merite(essai) > _merite(verdict):
                yield Alternative(si=texte, situation=essai.situation, position=essai.position)

    def _politiques_appliquees(
        self, cas: Cas, verdict: Verdict, paye: Remboursement | None
    ) -> Iterator[PolitiqueAppliquee]:
        """The readings that mattered: another choice would have given another answer, or other amounts."""
        obtenu = (verdict.reponse(), paye)
        for nom in sorted(cas.politiques_lues):
            politique, choix = PAR_NOM[nom], self.politiques.choix(nom)
            autres = (c for c in politique.a_comparer if c != choix)
            if any(self._sous(nom, autre, cas.visite) != obtenu for autre in autres):
                yield PolitiqueAppliquee(politique=nom, valeur=choix, note=politique.note)

    def _sous(self, nom: str, choix: str, visite: Visite) -> tuple[object, Remboursement | None]:
        """What the visit would get under another reading."""
        autrement = _Jugement(self.droit, self.politiques.avec(nom, choix)).essai(visite, argent=True)
        return autrement.verdict.reponse(), autrement.paye


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
        *(finding for _, finding in verdict.effets),
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
    """How well the patient fares: in the path, in doubt, out of it without the majoration, out with it."""
    if verdict.position in (Position.DANS, Position.NON_CONCERNE):
        return 4
    if verdict.position is Position.INDETERMINE:
        return 3
    majoration = verdict.effet(Effet.MAJORATION).holds
    return 1 if majoration is None else (0 if majoration else 2)
