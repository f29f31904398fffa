"""What each kind of call is answered: one handler per type of resource that a service judges."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from parcours.cds.cards import Carte, card, ground, subject, unjudged, visit_card
from parcours.cds.coverage_information import annotated, extension, information, policy, situation
from parcours.cds.judged import Judge, Judged
from parcours.cds.language import Element, Langue
from parcours.cds.markdown import section
from parcours.cds.options import Options, Sujet
from parcours.cds.prefetch import unreachable
from parcours.cds.records import Draft, Peek, Records, peek
from parcours.cds.referral import author, is_referral
from parcours.cds.request import Call
from parcours.domain.decision import Motif, Position
from parcours.errors import InputError, Problem, UnreadableBundle
from parcours.law.declaration_rules import SANS_DECLARATION
from parcours.law.registry import Droit
from parcours.law.traitant import traitant_du_jour
from parcours.wording import jour

PARIS: Final = ZoneInfo("Europe/Paris")
_MAJORITY_OF_THE_PATH: Final = 16
_NOT_TO_COME: Final = frozenset({"cancelled", "entered-in-error", "noshow"})
_WITHHELD: Final = {
    "Coverage": "les droits du patient",
    "CareTeam": "les soignants du patient",
    "ServiceRequest": "les adressages",
    "CarePlan": "les plans de soins",
    "Organization": "le lieu",
    "Location": "le lieu",
}
"""What a type of resource would have told; any other tells of a professional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call, ready to be answered. ``now`` carries its offset; nothing below reads a clock."""

    call: Call
    records: Records
    judge: Judge
    droit: Droit
    now: dt.datetime
    langue: Langue
    options: Options

    @property
    def today(self) -> dt.date:
        """The day, in Paris."""
        return self.now.astimezone(PARIS).date()

    def motif(self, regle: str) -> Motif:
        """A ground of the law of today, by its rule."""
        return next(r for r in self.droit.regles if r.id == regle).motif(self.today)

    def judged(self, visit: bytes, where: str) -> Judged:
        """A visit judged with all that is held. Raises ``InputError``, which points into the call."""
        try:
            return self.judge(self.records.bundle(visit))
        except InputError as error:
            problems = [
                replace(problem, expression=self.records.in_the_request(problem.expression, where))
                for problem in error.problems
            ]
            refusal = type(error)(problems)
        raise refusal


@dataclass(slots=True)
class Answer:
    """Cards, then what is to be written on resources. ``decisions``: the ids of what was judged."""

    cards: list[Carte] = field(default_factory=list)
    actions: list[Element] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)


def answered(case: Case) -> tuple[Element, Answer]:
    """The body of the response, and what was said in it. Raises ``InputError``."""
    answer = Answer()
    HANDLERS[case.call.service.subject](case, answer)
    told = [carte for carte in answer.cards if case.options.wants(carte.sujet)][: case.options.max_cards]
    body: Element = {"cards": [card(carte, case.call.instance, case.langue) for carte in told]}
    if answer.actions and case.options.wants(Sujet.ANNOTATION):
        body["systemActions"] = answer.actions
    return body, answer


# ---------------------------------------------------------------- a visit, or several to come


def _encounter(case: Case, answer: Answer) -> None:
    raw = case.records.get("Encounter", case.call.encounter)
    if raw is None:  # the client looked for it, and there is none
        answer.cards.append(_unjudged(case, Sujet.FACTURE, "la visite", 1))
    else:
        _visit(case, answer, Draft(raw, "prefetch.encounter"))


def _appointments(case: Case, answer: Answer) -> None:
    for rang, draft in enumerate(case.records.drafts, 1):
        booked = _appointment(draft)
        if booked.status in _NOT_TO_COME:
            continue
        if booked.start is None:
            answer.cards.append(_unjudged(case, Sujet.FACTURE, "le jour du rendez-vous", rang))
        else:
            _visit(case, answer, draft)


def _appointment(draft: Draft) -> _Appointment:
    try:
        return msgspec.json.decode(draft.raw, type=_Appointment)
    except msgspec.ValidationError:
        pass
    raise UnreadableBundle([Problem(draft.where, "structure", "start et status sont des chaînes")])


def _unjudged(case: Case, sujet: Sujet, manque: str, rang: int) -> Carte:
    """What could not be judged is said: no card would mean that nothing is left to do."""
    seed = uuid.uuid5(uuid.UUID(case.call.instance), manque)
    return unjudged(sujet, manque, str(seed), rang, case.langue)


class _Appointment(msgspec.Struct, frozen=True):
    status: str | None = None
    start: str | None = None


def _visit(case: Case, answer: Answer, visit: Draft) -> None:
    judged = case.judged(visit.raw, visit.where)
    out = judged.decision.position is Position.HORS
    if out and case.records.failed:
        # What could not be had might have put the visit in the path.
        raise unreachable(case.call.service, case.records.failed)
    answer.decisions.append(judged.decision.id)
    head = peek(visit.raw) or Peek()
    carte = _carte(case, judged, len(answer.decisions))
    if carte is not None:
        answer.cards.append(_booked(carte, judged, head) if head.resource_type == "Appointment" else carte)
    if not (out and case.records.withheld):
        _annotate(case, answer, visit.raw, head, information(judged, case.today, case.langue))


def _carte(case: Case, judged: Judged, rang: int) -> Carte | None:
    """Out of the path is never said when something that would change it was withheld."""
    if judged.decision.position is Position.HORS and case.records.withheld:
        missing = dict.fromkeys(
            _WITHHELD.get(kind, "l’activité du professionnel") for kind in case.records.withheld
        )
        return _unjudged(case, Sujet.FACTURE, ", ".join(missing), rang)
    sujet = subject(judged)
    return visit_card(judged, sujet, case.langue, rang) if sujet is not None else None


def _booked(carte: Carte, judged: Judged, head: Peek) -> Carte:
    """The same card, saying which appointment it is about: a call may bring several."""
    day = jour(judged.decision.date_des_soins)
    name = f"Appointment/{head.id}" if head.id else None
    return replace(carte, visite=f"Rendez-vous du {day} : ", associated=name)


def _annotate(case: Case, answer: Answer, raw: bytes, head: Peek, said: Element | None) -> None:
    """Propose to write on a resource what is said of it, when it is new; never anything else."""
    resource = annotated(raw, said) if said and head.id else None
    if resource is not None:
        text = case.langue.dire(_ANNOTATE[head.resource_type])
        answer.actions.append({"type": "update", "description": text, "resource": resource})


_ANNOTATE: Final = {
    "Encounter": "Annoter la visite",
    "Appointment": "Annoter le rendez-vous",
    "ServiceRequest": "Annoter la demande",
}


# ---------------------------------------------------------------- a letter, a record


def _orders(case: Case, answer: Answer) -> None:
    """A letter of the médecin traitant of today puts the visit it asks for in the path."""
    for rang, draft in enumerate(case.records.drafts, 1):
        referral = is_referral(draft.raw, case.call.user, case.records)
        if referral is None:
            answer.cards.append(_unjudged(case, Sujet.ADRESSAGE, "une demande lisible", rang))
        if not referral:
            continue
        judged = case.judged(_today(case, *author(draft.raw, case.call.user)), "context")
        answer.decisions.append(judged.decision.id)
        if _is_by_the_traitant(judged):
            _letter(case, answer, draft.raw, judged)


def _is_by_the_traitant(judged: Judged) -> bool:
    visite = judged.lecture.visite
    medecin = visite.praticien.medecin if visite.praticien else None
    return traitant_du_jour(visite.declarations, visite.date).est(medecin).holds is True


def _letter(case: Case, answer: Answer, raw: bytes, judged: Judged) -> None:
    head = peek(raw) or Peek()
    motif = case.motif("adressage-medecin-traitant")
    name = f"{head.resource_type}/{head.id}" if head.id else None
    answer.cards.append(
        Carte(
            sujet=Sujet.ADRESSAGE,
            phrases=["Lettre du médecin traitant : la visite demandée sera dans le parcours, indicateur O."],
            detail=[section(case.langue.dire("Pourquoi"), [ground(motif, case.langue)])],
            motifs=[motif],
            insurer=judged.lecture.contexte.insurer,
            graine=judged.decision.id,
            rang=len(answer.decisions),
            associated=name,
        )
    )
    coverage = next((c.reference for c in judged.lecture.contexte.coverages if c.reference), None)
    if coverage:
        said = [*situation("O", motif.titre, case.langue), *policy(motif)]
        _annotate(case, answer, raw, head, extension(coverage, said, case.today, judged.decision.id))


def _patient(case: Case, answer: Answer) -> None:
    """A hint, and nothing else: nobody is declared, and somebody could be."""
    judged = case.judged(_today(case), "context")
    visite = judged.lecture.visite
    answer.decisions.append(judged.decision.id)
    young = visite.naissance is not None and not visite.naissance.age_atteint(
        _MAJORITY_OF_THE_PATH, visite.date
    )
    nobody = traitant_du_jour(visite.declarations, visite.date).declare.holds is False
    if not nobody or young or visite.couvertures & SANS_DECLARATION:
        return
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


def _today(case: Case, praticien: Element | None = None, contained: Sequence[Element] = ()) -> bytes:
    """A visit of this patient now, by this professional: how the law is asked about somebody on a day."""
    visit = {
        "resourceType": "Encounter",
        "id": f"hook-{case.call.instance}",
        "status": "planned",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{case.call.patient}"},
        "period": {"start": case.now.astimezone(PARIS).isoformat(timespec="seconds")},
        **({"participant": [{"individual": praticien}]} if praticien else {}),
        **({"contained": contained} if contained else {}),
    }
    return msgspec.json.encode(visit)


HANDLERS: Final[Mapping[str, Callable[[Case, Answer], None]]] = {
    "Encounter": _encounter,
    "Appointment": _appointments,
    "ServiceRequest": _orders,
    "Patient": _patient,
}
