"""The use cases, in words of the trade. No framework, no clock, no global: every face calls these."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parcours.domain.decision import Decision, Reponse
from parcours.domain.declaration import Declaration, Nature
from parcours.engine import decide
from parcours.errors import InputError
from parcours.fhir.declaration_resources import declaration_resources
from parcours.fhir.reading import Lecture, Limits, read_request
from parcours.fhir.reading_declaration import LectureDeclaration, read_declaration
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.declaration import preparer
from parcours.law.declaration_rules import merite_d_etre_proposee
from parcours.paper.official_form import OfficialForm
from parcours.paper.s3704 import s3704
from parcours.paper.sheet import check_fonts
from parcours.settings import Settings


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One request, read and judged: what was understood of it, and the answer."""

    decision: Decision
    lecture: Lecture


@dataclass(frozen=True, slots=True)
class Preparation:
    """One declaration, prepared: what was understood of the request, and what is to be signed."""

    declaration: Declaration
    lecture: LectureDeclaration


class Service:
    """What is built once and asked many times: the law, the readings chosen, the bounds."""

    def __init__(self, settings: Settings) -> None:
        self.droit = droit()
        self.politiques = settings.politiques
        check_fonts()
        official = settings.s3704_pdf
        self.formulaire = OfficialForm.load(Path(official)) if official else None
        self.limits = Limits(
            octets=settings.max_bytes, entrees=settings.max_entries, profondeur=settings.max_depth
        )

    def evaluate(self, body: bytes, *, strict: bool = False) -> Evaluation:
        """Is this visit in the path? ``body`` is a FHIR ``Bundle`` or ``Parameters``, UTF-8 JSON.

        ``strict`` makes a structural problem anywhere an error. Raises ``InputError``.
        """
        return self._judged(read_request(body, strict=strict, limits=self.limits))

    def submit(self, body: bytes, *, strict: bool = False) -> Evaluation:
        """The same, for an invoice: the request opens with it, and all its lines are answered.

        The answer is made of the facts and nothing else: the same invoice gets the same one.
        """
        return self._judged(read_request(body, strict=strict, submitted=True, limits=self.limits))

    def _judged(self, lecture: Lecture) -> Evaluation:
        return Evaluation(decide(lecture.visite, self.droit, self.politiques), lecture)

    def prepare(self, body: bytes, today: dt.date, *, strict: bool = False) -> Preparation:
        """Prepare a declaration of médecin traitant. ``today`` serves when the request holds no visit.

        Nothing is kept. Missing fields are no error. Raises ``InputError``.
        """
        lecture = read_declaration(body, today, strict=strict, limits=self.limits)
        return Preparation(preparer(lecture.faits, self.droit), lecture)

    def propose(self, body: bytes, evaluation: Evaluation) -> Preparation | None:
        """The declaration worth proposing with this answer, when there is one; it never spoils the answer."""
        visite = evaluation.lecture.visite
        cas = Cas.de(visite, self.droit.du_jour(visite.date).parametres, self.politiques)
        if not merite_d_etre_proposee(visite, evaluation.decision, cas.traitant):
            return None
        try:
            prepared = self.prepare(body, visite.date)
        except InputError:
            return None
        declaration = prepared.declaration
        useless = declaration.acceptable is Reponse.NON or declaration.nature is Nature.DEJA_DECLARE
        return None if useless else prepared

    def proposed(self, body: bytes, evaluation: Evaluation) -> list[dict[str, Any]]:
        """The same as FHIR: a draft QuestionnaireResponse and a Task, or nothing."""
        found = self.propose(body, evaluation)
        return declaration_resources(found.declaration, found.lecture) if found else []

    def pdf(self, declaration: Declaration) -> bytes:
        """The declaration on paper: the official form when the practice supplies it, else ours."""
        return self.formulaire.fill(declaration) if self.formulaire else s3704(declaration)
