"""What this service answered to a practice, counted: no visit, no patient, no doctor is in it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from parcours.cds.feedback import ACCEPTED, OTHER
from parcours.cds.reasons import REASONS
from parcours.cds.services import SERVICES
from parcours.domain.decision import Position
from parcours.domain.declaration_states import LIBELLES_ETATS
from parcours.pictures.plots import Bar, Column, bars, stacked
from parcours.smart.refusal import Refused
from parcours.store.activity import Cell
from parcours.store.records import Tally
from parcours.web import smart
from parcours.web.application import application
from parcours.web.counting import Origine, counting
from parcours.web.language import wanted_language
from parcours.web.pages.people import now, person
from parcours.web.pages.rule_words import POSITIONS
from parcours.web.pages.shell import Say, rendered, speaker

PARIS: Final = ZoneInfo("Europe/Paris")
SHOWN: Final = 12
"""Months on the page, the current one included; all of them are in the file."""

DOORS: Final = {
    Origine.FHIR: "Opération FHIR",
    Origine.FACTURE: "Facture soumise",
    Origine.CDS: "Carte dans le logiciel",
    Origine.SMART: "Page ouverte depuis le logiciel",
}
NO_CODE: Final = "sans indicateur"
NO_REASON: Final = "Sans raison donnée"
OTHER_REASON: Final = "Une autre raison"
FOLLOWED, SET_ASIDE = "suivie", "écartée"

blueprint = Blueprint("activity", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its name, and its numbers."""

    nom: str
    nombres: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of the cards of a service, for one reason."""

    carte: str
    suite: str
    raison: str
    nombre: int


@blueprint.get("/activite")
def activity() -> Response:
    """The counts of the practice of who looks."""
    tenant, store, say = person().tenant, application().store, speaker(wanted_language(request))
    counting().flush()
    mois = _months()
    counted = [(cell, number) for cell, number in store.activite.of(tenant) if cell.mois in mois]
    retours = [_feedback(tally) for tally in store.retours.count(tenant)]
    etats = store.declarations.counts(tenant)
    states = [Line(name, (etats.get(etat, 0),)) for etat, name in LIBELLES_ETATS.items()]
    by_month, situations = _by_month(counted, mois), _by_situation(counted)
    return rendered(
        "activity.html",
        positions=list(POSITIONS.values()),
        total=sum(number for _, number in counted),
        par_mois=by_month,
        par_situation=situations,
        par_origine=_by_door(counted),
        retours=retours,
        etats=states,
        declarees=bool(etats),
        image_mois=_picture_of_months(by_month, say),
        image_situations=_picture("situations", "Réponses par indicateur de parcours", situations, say),
        image_retours=_picture("retours", "Cartes écartées, par raison", _reasons(retours), say),
        image_etats=_picture("etats", "Déclarations par état", states, say),
        # Before the first answer there is nothing to see: what to do is said instead.
        vide=not counted and not retours and not etats,
    )


@blueprint.get("/activite.csv")
def activity_file() -> Response:
    """All that was counted for the practice of who looks, as a table."""
    tenant = person().tenant
    counting().flush()
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(("mois", "origine", "position", "situation", "nombre"))
    for cell, number in application().store.activite.of(tenant):
        table.writerow((cell.mois, cell.origine, cell.position, cell.situation, number))
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=activite.csv"
    return response


@blueprint.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    return smart.refused(error)


# ---------------------------------------------------------------- what is counted


def _months() -> tuple[str, ...]:
    """The last months, the oldest first: ``2026-03``."""
    today = now().astimezone(PARIS)
    last = today.year * 12 + today.month - 1
    return tuple(f"{month // 12}-{month % 12 + 1:02}" for month in range(last - SHOWN + 1, last + 1))


Counted = Sequence[tuple[Cell, int]]


def _by_month(counted: Counted, mois: Sequence[str]) -> list[Line]:
    """A line for each month from the first that has a count: its positions, in order."""
    sums = Counter[tuple[str, str]]()
    for cell, number in counted:
        sums[cell.mois, cell.position] += number
    first = min((cell.mois for cell, _ in counted), default=mois[-1])
    shown = (month for month in mois if month >= first)
    return [Line(month, tuple(sums[month, position] for position in Position)) for month in shown]


def _by_situation(counted: Counted) -> list[Line]:
    """A line for each code given, the most frequent first."""
    sums = Counter[str]()
    for cell, number in counted:
        sums[cell.situation or NO_CODE] += number
    return [Line(situation, (number,)) for situation, number in sums.most_common()]


def _by_door(counted: Counted) -> list[Line]:
    sums = Counter[str]()
    for cell, number in counted:
        sums[cell.origine] += number
    return [Line(name, (sums[origine],)) for origine, name in DOORS.items() if sums[origine]]


def _feedback(tally: Tally) -> Feedback:
    service = SERVICES.get(tally.service)
    followed = tally.outcome == ACCEPTED
    reasons = {**REASONS, OTHER: OTHER_REASON}
    return Feedback(
        carte=service.title if service else tally.service,
        suite=FOLLOWED if followed else SET_ASIDE,
        raison="" if followed else reasons.get(tally.reason or "", NO_REASON),
        nombre=tally.n,
    )


def _reasons(retours: Iterable[Feedback]) -> list[Line]:
    """Why cards were set aside, the most frequent reason first."""
    sums = Counter[str]()
    for retour in retours:
        if retour.suite == SET_ASIDE:
            sums[retour.raison] += retour.nombre
    return [Line(raison, (number,)) for raison, number in sums.most_common()]


# ---------------------------------------------------------------- how it is drawn

BESIDE: Final = "Le tableau donne les mêmes nombres"


def _picture_of_months(lines: Sequence[Line], say: Say) -> str:
    layers = [say(position) for position in POSITIONS.values()]
    columns = [Column(line.nom, line.nombres) for line in lines]
    return stacked(say("Réponses par mois et par position"), say(BESIDE), layers, columns, name="mois")


def _picture(name: str, title: str, lines: Sequence[Line], say: Say) -> str:
    rows = [Bar(say(line.nom), line.nombres[0], str(line.nombres[0])) for line in lines]
    return bars(say(title), say(BESIDE), rows, name=name)
