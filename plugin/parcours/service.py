"""The use cases, in words of the trade. No framework, no clock, no global: every face calls these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parcours.cds.answers import Answer, Case, answered
from parcours.cds.judged import Judged
from parcours.cds.language import Langue
from parcours.cds.options import Options
from parcours.cds.records import Records
from parcours.cds.request import Call
from parcours.domain.decision import Decision, Reponse
from parcours.domain.declaration import Declaration, Nature
from parcours.domain.facts import Visite
from parcours.engine import decide
from parcours.errors import InputError
from parcours.fhir.declaration_resources import declaration_resources
from parcours.fhir.directory_facts import Fiche, a_verifier, completee, dit_un_genre, est_ancienne, fiche
from parcours.fhir.reading import Lecture, Limits, Validate, read_request
from parcours.fhir.reading_declaration import LectureDeclaration, read_declaration
from parcours.fhir.validity import GATE
from parcours.law import droit
from parcours.law.cas import Cas
from parcours.law.declaration import preparer
from parcours.law.declaration_rules import merite_d_etre_proposee
from parcours.paper.fonts_installed import check_fonts
from parcours.remote.annuaire import CALLS_PER_SECOND, Annuaire, Directory, Pace
from parcours.remote.deadline import Deadline
from parcours.remote.directory_cache import DirectoryCache
from parcours.remote.endpoints import Endpoint
from parcours.settings import Settings
from parcours.turnstile import Turnstile

if TYPE_CHECKING:
    from parcours.paper.official_form import OfficialForm


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


def open_annuaire(settings: Settings, today: Callable[[], dt.date]) -> Annuaire | None:
    """The national directory, when there is a key to it; ``today`` tells the day, each time it is asked."""
    if not settings.annuaire_key:
        return None
    pace = Pace(CALLS_PER_SECOND / settings.workers)  # its limit is for all our processes together
    directory = Directory(Endpoint.parse(settings.annuaire_url), settings.annuaire_key, pace)
    return Annuaire(directory, DirectoryCache(Path(settings.annuaire_cache)), today)


class Service:
    """What is built once and asked many times: the law, the readings chosen, the bounds.

    One request computes at a time, and ``Overloaded`` says that too many wait: see ``Turnstile``.

    With an ``annuaire``, what a request does not say of the professional consulted is asked of the national
    directory, and comes in as facts, with their origin and date; without it nothing is asked of anybody.
    """

    def __init__(self, settings: Settings, annuaire: Annuaire | None = None) -> None:
        self.annuaire = annuaire
        self.turn = Turnstile()
        self.droit = droit()
        self.politiques = settings.politiques
        GATE.share = settings.gate_sample
        check_fonts()
        official = settings.s3704_pdf
        self.formulaire = _official_form(Path(official)) if official else None
        self.limits = Limits(
            octets=settings.max_bytes, entrees=settings.max_entries, profondeur=settings.max_depth
        )

    def evaluate(self, body: bytes, *, strict: bool = False, validate: Validate = "full") -> Evaluation:
        """Is this visit in the path? ``body`` is a FHIR ``Bundle`` or ``Parameters``, UTF-8 JSON.

        ``strict`` makes a structural problem anywhere an error. ``validate``: ``full`` holds all of it to
        FHIR, ``read`` only what the decision reads (trusted input). Raises ``InputError``.
        """
        return self._judged(
            body, partial(read_request, body, strict=strict, limits=self.limits, validate=validate)
        )

    def submit(self, body: bytes, *, strict: bool = False) -> Evaluation:
        """The same, for an invoice: the request opens with it, and all its lines are answered.

        The answer is made of the facts and nothing else: the same invoice gets the same one.
        """
        return self._judged(
            body, partial(read_request, body, strict=strict, submitted=True, limits=self.limits)
        )

    def _judged(
        self, body: bytes, read: Callable[[], Lecture], deadline: Deadline | None = None
    ) -> Evaluation:
        with self.turn:
            lecture = read()
            known = Evaluation(self._decided(lecture.visite), lecture)
        found = self._fiche(lecture.visite, deadline)
        if found is None:
            return known
        with self.turn:
            return self._completed(body, known, found)

    def _completed(self, body: bytes, known: Evaluation, found: Fiche) -> Evaluation:
        """The same visit, with what the directory says of the professional consulted."""
        lecture = known.lecture
        visite = completee(lecture.visite, found, genre_dit=dit_un_genre(body))
        if visite == lecture.visite:
            return known
        completed = Evaluation(self._decided(visite), replace(lecture, visite=visite))
        if not est_ancienne(found, visite):
            return completed
        # What the directory said long ago decides nothing; where it would, the answer says so.
        if _same_answer(known.decision, completed.decision):
            return known
        doubtful = a_verifier(lecture.visite, found)
        return Evaluation(self._decided(doubtful), replace(lecture, visite=doubtful))

    def _decided(self, visite: Visite) -> Decision:
        return decide(visite, self.droit, self.politiques)

    def _fiche(self, visite: Visite, deadline: Deadline | None) -> Fiche | None:
        """What the directory says of the professional consulted, when there is one and he has a number."""
        rpps = visite.praticien.medecin.rpps if visite.praticien else None
        return fiche(self.annuaire.releves(rpps, deadline), visite.date) if self.annuaire and rpps else None

    def prepare(self, body: bytes, today: dt.date, *, strict: bool = False) -> Preparation:
        """Prepare a declaration of médecin traitant. ``today`` serves when the request holds no visit.

        Nothing is kept. Missing fields are no error. Raises ``InputError``.
        """
        with self.turn:
            return self._prepared(body, today, strict=strict)

    def _prepared(self, body: bytes, today: dt.date, *, strict: bool = False) -> Preparation:
        lecture = read_declaration(body, today, strict=strict, limits=self.limits)
        return Preparation(preparer(lecture.faits, self.droit), lecture)

    def propose(self, body: bytes, evaluation: Evaluation) -> Preparation | None:
        """The declaration worth proposing with this answer, when there is one; it never spoils the answer."""
        with self.turn:
            return self._proposed(body, evaluation)

    def _proposed(self, body: bytes, evaluation: Evaluation) -> Preparation | None:
        visite = evaluation.lecture.visite
        cas = Cas.de(visite, self.droit.du_jour(visite.date).parametres, self.politiques)
        if not merite_d_etre_proposee(visite, evaluation.decision, cas.traitant):
            return None
        try:
            prepared = self._prepared(body, visite.date)
        except InputError:
            return None
        declaration = prepared.declaration
        useless = declaration.acceptable is Reponse.NON or declaration.nature is Nature.DEJA_DECLARE
        return None if useless else prepared

    def proposed(self, body: bytes, evaluation: Evaluation) -> list[dict[str, Any]]:
        """The same as FHIR: a draft QuestionnaireResponse and a Task, or nothing."""
        found = self.propose(body, evaluation)
        return declaration_resources(found.declaration, found.lecture) if found else []

    def advise(
        self,
        call: Call,
        records: Records,
        *,
        options: Options,
        langue: Langue,
        now: dt.datetime,
        deadline: Deadline,
    ) -> tuple[dict[str, Any], Answer]:
        """The body that answers a call of CDS Hooks, and what was judged for it. Raises ``InputError``."""
        case = Case(
            call=call,
            records=records,
            judge=partial(self._judged_for_a_card, deadline),
            droit=self.droit,
            now=now,
            langue=langue,
            options=options,
        )
        return answered(case)

    def _judged_for_a_card(self, deadline: Deadline, body: bytes) -> Judged:
        evaluation = self._judged(body, partial(read_request, body, limits=self.limits), deadline)
        return Judged(evaluation.decision, evaluation.lecture, self.proposed(body, evaluation))

    def pdf(self, declaration: Declaration) -> bytes:
        """The declaration on paper: the official form when the practice supplies it, else ours."""
        from parcours.paper.s3704 import s3704  # with the library that draws: 0.3 s, and no answer needs it

        return self.formulaire.fill(declaration) if self.formulaire else s3704(declaration)


def _official_form(path: Path) -> OfficialForm:
    from parcours.paper.official_form import OfficialForm  # 0.4 s, for who has one

    return OfficialForm.load(path)


def _same_answer(one: Decision, other: Decision) -> bool:
    """Do both say the same, whatever facts they rest on and whatever they would still like to know?"""

    def said(decision: Decision) -> Decision:
        return replace(decision, id="", faits=(), manquants=(), alternatives=(), avertissements=())

    return said(one) == said(other)
