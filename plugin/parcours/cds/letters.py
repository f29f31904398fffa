"""A letter about to be signed, a record that is opened: what the médecin traitant of today changes."""

from __future__ import annotations

from typing import Final

from parcours.cds.cards import Carte, ground
from parcours.cds.case import Answer, Case
from parcours.cds.coverage_information import extension, policy, situation
from parcours.cds.judged import Judged
from parcours.cds.markdown import section
from parcours.cds.options import Sujet
from parcours.cds.records import Draft, Peek, peek
from parcours.cds.referral import Referral, author, referral
from parcours.law.declaration_rules import SANS_DECLARATION
from parcours.law.traitant import traitant_du_jour

_MAJORITY_OF_THE_PATH: Final = 16
_NO_INDICATOR: Final = "X"
_PEOPLE: Final = ("CareTeam", "Practitioner", "PractitionerRole")
"""What tells who writes a letter, to whom, and who the médecin traitant is."""
_PATIENT: Final = ("Coverage", "CareTeam")
"""What tells whether there is a médecin traitant to declare."""


def orders(case: Case, answer: Answer) -> None:
    """A letter of the médecin traitant of today puts the visit it asks for in the path."""
    for rang, draft in enumerate(case.records.drafts, 1):
        kind = referral(draft.raw, case.call.user, case.records)
        if kind is Referral.UNREADABLE:
            answer.cards.append(case.unjudged(Sujet.ADRESSAGE, "une demande lisible", rang, peek(draft.raw)))
        elif kind is not Referral.NO:
            _order(case, answer, draft, kind)


def _order(case: Case, answer: Answer, draft: Draft, kind: Referral) -> None:
    judged = case.judged_today(*author(draft.raw, case.call.user))
    answer.decisions.append(judged.decision.id)
    hers = _is_by_the_traitant(judged)
    # Her own visit bears no indicator: nor will the one she asks for (a child, an aide médicale de l'État…).
    if hers is False or judged.decision.situation == _NO_INDICATOR:
        return
    if hers and kind is Referral.YES:
        _letter(case, answer, draft.raw, judged)
    elif missing := _missing(case, hers, kind):
        rang = len(answer.decisions)
        answer.cards.append(case.unjudged(Sujet.ADRESSAGE, missing, rang, peek(draft.raw)))


def _missing(case: Case, hers: bool | None, kind: Referral) -> str:
    """Why nobody can tell; nothing when it is a fact that nobody holds, and that is no news."""
    case.need(*_PEOPLE)
    return case.withheld(*_PEOPLE) or (
        "la profession du destinataire" if hers and kind is Referral.UNKNOWN else ""
    )


def _is_by_the_traitant(judged: Judged) -> bool | None:
    visite = judged.lecture.visite
    medecin = visite.praticien.medecin if visite.praticien else None
    return traitant_du_jour(visite.declarations, visite.date).est(medecin).holds


def _letter(case: Case, answer: Answer, raw: bytes, judged: Judged) -> None:
    head = peek(raw) or Peek()
    motif = case.motif("adressage-medecin-traitant")
    answer.cards.append(
        Carte(
            sujet=Sujet.ADRESSAGE,
            phrases=["Lettre du médecin traitant : la visite demandée sera dans le parcours, indicateur O."],
            detail=[section(case.langue.dire("Pourquoi"), [ground(motif, case.langue)])],
            motifs=[motif],
            insurer=judged.lecture.contexte.insurer,
            graine=judged.decision.id,
            rang=len(answer.decisions),
            associated=head.name,
        )
    )
    coverage = next((c.reference for c in judged.lecture.contexte.coverages if c.reference), None)
    if coverage:
        said = [*situation("O", motif.titre, case.langue), *policy(motif)]
        answer.actions += case.annotation(
            raw, head, extension(coverage, said, case.today, judged.decision.id)
        )


def record(case: Case, answer: Answer) -> None:
    """A hint, and nothing else: nobody is declared, and somebody could be. An unsure one is kept."""
    judged = case.judged_today()
    answer.decisions.append(judged.decision.id)
    # The rights of the patient might say that he has none to declare.
    if not _lacks_a_traitant(judged) or case.withheld(*_PATIENT):
        return
    case.need(*_PATIENT)
    motif = case.motif("sans-medecin-traitant")
    answer.cards.append(
        Carte(
            sujet=Sujet.DECLARATION,
            phrases=["Aucun médecin traitant déclaré : les visites hors parcours sont moins remboursées."],
            detail=[section(case.langue.dire("Pourquoi"), [ground(motif, case.langue)])],
            motifs=[motif],
            insurer=judged.lecture.contexte.insurer,
            graine=judged.decision.id,
        )
    )


def _lacks_a_traitant(judged: Judged) -> bool:
    visite = judged.lecture.visite
    young = visite.naissance is not None and not visite.naissance.age_atteint(
        _MAJORITY_OF_THE_PATH, visite.date
    )
    nobody = traitant_du_jour(visite.declarations, visite.date).declare.holds is False
    return nobody and not young and not visite.couvertures & SANS_DECLARATION
