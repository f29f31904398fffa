"""A visit that begins or ends, or several to come: in the path or out of it, and what is left to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec

from parcours.cds.cards import Carte, subject, visit_card
from parcours.cds.case import Answer, Case
from parcours.cds.coverage_information import information
from parcours.cds.judged import Judged
from parcours.cds.options import Sujet
from parcours.cds.records import Draft, Peek, peek
from parcours.domain.decision import Position
from parcours.errors import Problem, UnreadableBundle
from parcours.wording import jour

_NOT_TO_COME: Final = frozenset({"cancelled", "entered-in-error", "noshow"})


class _Appointment(msgspec.Struct, frozen=True):
    status: str | None = None
    start: str | None = None


def encounter(case: Case, answer: Answer) -> None:
    """The visit of the context."""
    raw = case.records.get("Encounter", case.call.encounter)
    if raw is None:  # the client looked for it, and there is none
        answer.cards.append(case.unjudged(Sujet.FACTURE, "la visite", 1))
    else:
        _visit(case, answer, Draft(raw, "prefetch.encounter"))


def appointments(case: Case, answer: Answer) -> None:
    """Each visit to come, as long as something of it can be told: a card, or a word written on it."""
    for rang, draft in enumerate(case.records.drafts, 1):
        booked = _appointment(draft)
        if booked.status in _NOT_TO_COME:
            continue
        if booked.start is None:
            answer.cards.append(case.unjudged(Sujet.FACTURE, "le jour du rendez-vous", rang, peek(draft.raw)))
        elif _can_be_told(case, answer, draft):
            _visit(case, answer, draft)


def _appointment(draft: Draft) -> _Appointment:
    try:
        return msgspec.json.decode(draft.raw, type=_Appointment)
    except msgspec.ValidationError:
        pass
    raise UnreadableBundle([Problem(draft.where, "structure", "start et status sont des chaînes")])


def _can_be_told(case: Case, answer: Answer, draft: Draft) -> bool:
    if not case.options.are_enough(carte.sujet for carte in answer.cards):
        return True
    written = case.options.wants(Sujet.ANNOTATION) and any(case.records.of("Coverage"))
    return written and bool((peek(draft.raw) or Peek()).id)


def _visit(case: Case, answer: Answer, visit: Draft) -> None:
    judged = case.judged(visit.raw, visit.where)
    out = judged.decision.position is Position.HORS
    if out:
        case.need()  # what could not be had might have put the visit in the path
    answer.decisions.append(judged.decision.id)
    answer.visites.append(judged.decision)
    head = peek(visit.raw) or Peek()
    carte = _carte(case, judged, len(answer.decisions))
    if carte is not None:
        answer.cards.append(_of(carte, case, judged, head))
    if not (out and case.withheld()):
        answer.actions += case.annotation(visit.raw, head, information(judged, case.today, case.langue))


def _carte(case: Case, judged: Judged, rang: int) -> Carte | None:
    """Out of the path is never said when something that would change it was withheld."""
    if judged.decision.position is Position.HORS and case.withheld():
        return case.unjudged(Sujet.FACTURE, case.withheld(), rang)
    sujet = subject(judged)
    return visit_card(judged, sujet, case.langue, rang) if sujet is not None else None


def _of(carte: Carte, case: Case, judged: Judged, head: Peek) -> Carte:
    """The same card: opening the visit that is open, or saying which appointment it is about."""
    if head.resource_type != "Appointment":
        return replace(carte, launch=case.options.launch)
    day = jour(judged.decision.date_des_soins)
    return replace(carte, visite=f"Rendez-vous du {day} : ", associated=head.name)
