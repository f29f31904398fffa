"""One call, ready to be answered, and what is said in answer to it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from parcours.cds.cards import Carte, unjudged
from parcours.cds.coverage_information import annotated
from parcours.cds.judged import Judge, Judged
from parcours.cds.language import Element, Langue
from parcours.cds.options import Options, Sujet
from parcours.cds.prefetch import kind_of, unreachable
from parcours.cds.records import Peek, Records
from parcours.cds.request import Call
from parcours.domain.decision import Decision, Motif
from parcours.errors import InputError
from parcours.law.registry import Droit

PARIS: Final = ZoneInfo("Europe/Paris")
_WITHHELD: Final = {
    "Coverage": "les droits du patient",
    "CareTeam": "les soignants du patient",
    "ServiceRequest": "les adressages",
    "CarePlan": "les plans de soins",
    "Organization": "le lieu",
    "Location": "le lieu",
}
"""What a type of resource would have told; any other tells of a professional."""
_ANNOTATE: Final = {
    "Encounter": "Annoter la visite",
    "Appointment": "Annoter le rendez-vous",
    "ServiceRequest": "Annoter la demande",
}


@dataclass(slots=True)
class Answer:
    """Cards, then what is to be written on resources. ``decisions``: the ids of what was judged.

    ``visites``: the answers given on true visits, of which a practice has its count.
    """

    cards: list[Carte] = field(default_factory=list)
    actions: list[Element] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    visites: list[Decision] = field(default_factory=list)


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

    def judged_today(self, praticien: Element | None = None, contained: Sequence[Element] = ()) -> Judged:
        """A visit of this patient now, by this professional: how the law is asked about somebody on a day."""
        visit = {
            "resourceType": "Encounter",
            "id": f"hook-{self.call.instance}",
            "status": "planned",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": f"Patient/{self.call.patient}"},
            "period": {"start": self.now.astimezone(PARIS).isoformat(timespec="seconds")},
            **({"participant": [{"individual": praticien}]} if praticien else {}),
            **({"contained": contained} if contained else {}),
        }
        return self.judged(msgspec.json.encode(visit), "context")

    def withheld(self, *kinds: str) -> str:
        """What was withheld, of these types or of all, in words; nothing when everything was said."""
        told = (kind for kind in self.records.withheld if not kinds or kind in kinds)
        return ", ".join(dict.fromkeys(_WITHHELD.get(kind, "l’activité du professionnel") for kind in told))

    def need(self, *kinds: str) -> None:
        """Raise ``DataUnreachable`` when something of these types of resource, or of all, was not reached."""
        asked = self.call.service.prefetch
        failed = [key for key in self.records.failed if not kinds or kind_of(asked.get(key, key)) in kinds]
        if failed:
            raise unreachable(self.call.service, failed)

    def unjudged(self, sujet: Sujet, manque: str, rang: int, of: Peek | None = None) -> Carte:
        """What could not be judged is told, ``of`` what: no card would mean that nothing is left to do."""
        seed = uuid.uuid5(uuid.UUID(self.call.instance), manque)
        carte = unjudged(sujet, manque, str(seed), rang, self.langue)
        return replace(carte, associated=of.name if of else None)

    def annotation(self, raw: bytes, head: Peek, said: Element | None) -> list[Element]:
        """Propose to write on a resource what is said of it, when it is new; never anything else."""
        resource = annotated(raw, said) if said and head.id else None
        if resource is None:
            return []
        text = self.langue.dire(_ANNOTATE[head.resource_type])
        return [{"type": "update", "description": text, "resource": resource}]
