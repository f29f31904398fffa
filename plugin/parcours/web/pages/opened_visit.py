"""The answer on the visit that is open in the software, as a page; and why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import Response, request

from parcours.errors import Problem
from parcours.law.chemin import explain
from parcours.service import Evaluation
from parcours.smart.identity import full_name
from parcours.smart.refusal import Refus
from parcours.smart.visits import Found
from parcours.web.application import application
from parcours.web.language import wanted_language
from parcours.web.pages.answer import answer
from parcours.web.pages.plain import Page, Section
from parcours.web.pages.shell import Say, rendered, speaker
from parcours.wording import jour

RELAUNCH: Final = "Revenir au dossier du patient dans le logiciel et relancer le parcours de soins."
REFUSALS: Final[Mapping[Refus, tuple[int, str]]] = {
    Refus.REQUEST: (400, "La demande de lancement est incomplète ou mal formée."),
    Refus.SERVER: (403, "Ce logiciel n’est pas enregistré auprès de ce service."),
    Refus.CONFIGURATION: (502, "Le logiciel décrit mal son serveur d’autorisation : prévenir son éditeur."),
    Refus.STATE: (403, "Ce lancement n’est pas, ou n’est plus, attendu par ce navigateur."),
    Refus.ISSUER: (403, "La réponse ne vient pas du serveur d’autorisation interrogé."),
    Refus.DENIED: (403, "L’accès au dossier n’a pas été accordé."),
    Refus.CODE: (403, "Le serveur d’autorisation du logiciel n’a pas reconnu ce lancement."),
    Refus.ANSWER: (502, "Le serveur d’autorisation du logiciel a donné une réponse inutilisable."),
    Refus.IDENTITY: (403, "L’identité de l’utilisateur n’est pas prouvée."),
    Refus.PRACTICE: (403, "Ce professionnel n’est d’aucun cabinet enregistré auprès de ce service."),
    Refus.CONTEXT: (422, "Aucune consultation n’est ouverte dans le logiciel : ouvrir celle du patient."),
    Refus.SESSION: (
        403,
        "Cette page n’est plus ouverte : sa session est close, ou un autre dossier l’a remplacée.",
    ),
    Refus.EXPIRED: (403, "L’accès au dossier est arrivé à son terme."),
    Refus.BUSY: (503, "La visite est en train d’être relue : recharger la page dans un instant."),
    Refus.FORM: (403, "Ce formulaire ne vient pas d’une page de cette session."),
    Refus.SILENT: (502, "Le logiciel ne répond pas."),
    Refus.UNREADABLE: (422, "Les données de la visite ne peuvent pas être lues dans le logiciel."),
}
"""What each refusal is answered: status and sentence."""

STORE_REFUSAL: Final = "Le service ne peut rien garder pour le moment : recharger la page dans un instant."
REFUSED: Final = "Parcours de soins : la visite n’est pas montrée"
CLOSED: Final = "La session est close."
GOODBYE: Final = "Parcours de soins"


def refusal_page(langue: str, sentence: str, problems: Sequence[Problem] = ()) -> Page:
    """Why nothing is shown, and what to do."""
    say = speaker(langue)
    told = [_problem(problem, say) for problem in problems]
    return Page(
        titre=say(REFUSED),
        phrases=[say(sentence), say(RELAUNCH)],
        sections=[Section(say("Remarques"), told)],
    )


def goodbye_page(langue: str) -> Page:
    """The session is over."""
    say = speaker(langue)
    return Page(titre=say(GOODBYE), phrases=[say(CLOSED)])


UNHAD: Final[Mapping[str, str]] = {
    "user": "le professionnel qui consulte",
    "userRole": "l’activité du professionnel",
    "role": "l’activité du professionnel",
    "coverage": "les droits du patient",
    "careTeam": "les soignants du patient",
    "serviceRequest": "les adressages",
    "carePlan": "les plans de soins",
}
"""What the software was asked for by each key, as people call it; a type of resource goes by its own name."""


def opened_visit(page: str, found: Found, evaluation: Evaluation, leave: tuple[str, str]) -> Response:
    """The page of a visit. ``page`` is its name.

    ``leave``: where the form that ends the session goes, and the proof that every form of it carries.
    """
    service, say = application().service, speaker(wanted_language(request))
    chemin = explain(evaluation.lecture.visite, service.droit, service.politiques)
    return rendered(
        "opened_visit.html",
        reponse=answer(evaluation.decision, chemin, say, remarks=evaluation.lecture.problems),
        patient=_patient(found, say),
        utilisateur=_user(found, say),
        absents=sorted({UNHAD.get(key, key) for key in found.records.failed}),
        propose=service.propose(found.body, evaluation) is not None and found.visit.identite is not None,
        page=page,
        sortie=leave,
    )


def _problem(problem: Problem, say: Say) -> str:
    return f"{problem.expression} : {say(problem.text)}" if problem.expression else say(problem.text)


def _patient(found: Found, say: Say) -> str:
    """Whose visit it is: what is on the screen must be told from another patient's."""
    patient = _resource(found, "Patient", found.visit.patient)
    who = [full_name(patient), _born(patient, say)]
    return ", ".join(word for word in who if word) or say("Patient non nommé par le logiciel")


def _user(found: Found, say: Say) -> list[str]:
    """Who signed in, as the software knows him."""
    who = found.visit.identite
    if who is None:
        return []
    kind, _, id = (who.utilisateur or "").partition("/")
    who = who.completed(_resource(found, kind, id))
    told = [who.nom, f"RPPS {who.rpps}" if who.rpps else None]
    return [", ".join(word for word in told if word) or say("Utilisateur connu du logiciel seul")]


def _resource(found: Found, kind: str, id: str) -> dict[str, Any]:
    raw = found.records.get(kind, id)
    return msgspec.json.decode(raw, type=dict[str, Any]) if raw else {}


def _born(patient: Mapping[str, Any], say: Say) -> str | None:
    day = patient.get("birthDate")
    return f"{say('Date de naissance')} : {say(_day(day))}" if isinstance(day, str) else None


def _day(text: str) -> str:
    """A birth date as people write it; one that is partial stays as it is."""
    try:
        return jour(dt.date.fromisoformat(text))
    except ValueError:
        return text
