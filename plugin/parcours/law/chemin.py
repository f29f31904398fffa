"""The picture of the path: which questions were asked of a visit, and what each answered.

It asks the same rules as the verdict, so that the picture cannot differ from the answer.
"""

from __future__ import annotations

from parcours.domain.chemin import Chemin, Etape, GroupeEtapes, RegleInterrogee, Role
from parcours.domain.decision import FaitRetenu
from parcours.domain.facts import ORDRE_DES_FAITS, Visite
from parcours.law.cas import Cas
from parcours.law.policies import Politiques
from parcours.law.questions import GROUPES, Question
from parcours.law.registry import Droit, Rang
from parcours.law.retained_facts import faits_retenus
from parcours.law.verdict import Reponses, Verdict, juger, reponse


def explain(visite: Visite, droit: Droit, politiques: Politiques) -> Chemin:
    """The path of one visit, by the law of its day and these readings.

    Raises ``UnsupportedDate`` for a visit before the majoration existed (1 January 2006).
    """
    du_jour = droit.applicable(visite)
    cas = Cas.de(visite, du_jour.parametres, politiques)
    reponses = Reponses.demander(du_jour, cas, jusqu_au_bout=True)
    verdict = juger(reponses, cas)
    trace = _Trace(cas, reponses, verdict)
    return Chemin(
        position=verdict.position,
        situation=verdict.situation,
        groupes=tuple(trace.groupe(titre, questions) for titre, questions in GROUPES),
    )


class _Trace:
    """One verdict, told question by question."""

    def __init__(self, cas: Cas, reponses: Reponses, verdict: Verdict) -> None:
        self._cas = cas
        self._reponses = reponses
        self._candidats = verdict.rangs
        self._tenu = next((rang for rang in verdict.rangs if reponses.rangs[rang].holds), None)
        self._faits = faits_retenus(cas)

    def groupe(self, titre: str, questions: tuple[Question, ...]) -> GroupeEtapes:
        """Questions that go together; those which no rule of that day asks are left out."""
        posees = (q for q in questions if q.rang in self._reponses.rangs)
        return GroupeEtapes(titre=titre, etapes=tuple(map(self._etape, posees)))

    def _etape(self, question: Question) -> Etape:
        finding = self._reponses.rangs[question.rang]
        return Etape(
            rang=int(question.rang),
            question=question.texte,
            reponse=reponse(finding),
            role=self._role(question.rang),
            contredite=finding.contradicted,
            faits=tuple(fait for fait in self._faits if _regarde(question, fait)),
            manquants=tuple(sorted(finding.missing, key=ORDRE_DES_FAITS.index)),
            regles=tuple(self._regles(question.rang)),
        )

    def _regles(self, rang: Rang) -> list[RegleInterrogee]:
        return [
            RegleInterrogee(motif=regle.motif(self._cas.jour), reponse=reponse(finding))
            for regle, finding in self._reponses.regles
            if regle.rang is rang
        ]

    def _role(self, rang: Rang) -> Role:
        if rang in self._candidats:
            return Role.DECIDE if len(self._candidats) == 1 else Role.PEUT_DECIDER
        return Role.ECARTEE if self._tenu is None or rang < self._tenu else Role.NON_ATTEINTE


def _regarde(question: Question, fait: FaitRetenu) -> bool:
    return question.regarde(fait.fait, fait.valeur)
