"""The use cases, in words of the trade. No framework, no clock, no global: every face calls these."""

from __future__ import annotations

from dataclasses import dataclass

from parcours.domain.decision import Decision
from parcours.engine import decide
from parcours.fhir.reading import Lecture, Limits, read_request
from parcours.law import droit
from parcours.settings import Settings


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One request, read and judged: what was understood of it, and the answer."""

    decision: Decision
    lecture: Lecture


class Service:
    """What is built once and asked many times: the law, the readings chosen, the bounds."""

    def __init__(self, settings: Settings) -> None:
        self.droit = droit()
        self.politiques = settings.politiques
        self.limits = Limits(
            octets=settings.max_bytes, entrees=settings.max_entries, profondeur=settings.max_depth
        )

    def evaluate(self, body: bytes, *, strict: bool = False) -> Evaluation:
        """Is this visit in the path? ``body`` is a FHIR ``Bundle`` or ``Parameters``, UTF-8 JSON.

        ``strict`` makes a structural problem anywhere an error. Raises ``InputError``.
        """
        lecture = read_request(body, strict=strict, limits=self.limits)
        return Evaluation(decide(lecture.visite, self.droit, self.politiques), lecture)
