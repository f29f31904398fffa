"""The law as this service encodes it, on any day: rules, values, readings, and what is not encoded.

For people as pages, for programs as one document (docs/rules.md). It is the same for everybody, and tells of
nobody: who looks is not asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, Response, abort, request

from parcours.law.registry import Droit
from parcours.law.rule_book import Fiche, Lecture, Ligne, fiches, groupes, lectures, non_encodes, textes
from parcours.law.value_book import themes
from parcours.web.application import application
from parcours.web.language import wanted_language
from parcours.web.pages.examples import TITLES
from parcours.web.pages.people import now
from parcours.web.pages.rule_words import (
    MARKS,
    NUMBERS,
    POSITIONS,
    codes,
    picture_of_a_rule,
    picture_of_texts,
    shown,
    told,
)
from parcours.web.pages.shell import Door, Say, rendered, speaker
from parcours.wording import jour

PARIS: Final = ZoneInfo("Europe/Paris")
ROOT: Final = "/regles"
DAY: Final = "le"
JSON: Final = ".json"
ANNUAIRE: Final = "https://annuairesante.ameli.fr"
"""Where people find a doctor and what he charges."""
DOORS: Final = (
    Door("/regles", "Règles"),
    Door("/regles/valeurs", "Montants et seuils"),
    Door("/regles/lectures", "Lectures retenues"),
    Door("/regles/non-encode", "Ce qui n’est pas jugé"),
)
TOO_EARLY: Final = "Le droit encodé commence le 01/01/2006 : choisir un jour à partir de celui-là."
NO_DAY: Final = "Ce n’est pas une date : l’écrire année-mois-jour."

blueprint = Blueprint("rules", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """The day that is asked about, and what is wrong with the one that was given."""

    jour: dt.date
    refus: str | None = None


@blueprint.get(ROOT)
def rules() -> Response:
    """Every rule of a day, in the order of the code table."""
    if _wants_json():
        return book()
    asked, droit = _asked(), _droit()
    lignes = groupes(droit, asked.jour)
    toutes = [fiche for groupe in lignes for ligne in groupe.lignes for fiche in ligne.regles]
    return _page(
        "rules.html",
        asked,
        groupes=lignes,
        absentes=[fiche for fiche in toutes if not fiche.en_vigueur],
        nombre=sum(fiche.en_vigueur for fiche in toutes),
        textes=textes(),
        image=picture_of_texts(asked.jour, now().year, _say()),
        annuaire=ANNUAIRE,
    )


@blueprint.get(f"{ROOT}{JSON}")
def book() -> Response:
    """All of it as one document."""
    asked, droit = _required(), _droit()
    return _json(
        {
            "jour": asked,
            "version_droit": droit.version,
            "groupes": groupes(droit, asked),
            "textes": textes(),
            "themes": themes(),
            "politiques": lectures(application().service.politiques),
            "non_encodes": non_encodes(),
        }
    )


@blueprint.get(f"{ROOT}/valeurs")
def values() -> Response:
    """Every rate, amount, age and list, with its dates and citations."""
    return _page("rules_values.html", _asked(), themes=themes(), dit=told)


@blueprint.get(f"{ROOT}/lectures")
def readings() -> Response:
    """Every named reading, and what was chosen here."""
    titres = {fiche.id: fiche.titre for fiche in fiches(_droit(), _asked().jour)}
    return _page(
        "rules_readings.html",
        _asked(),
        lectures=lectures(application().service.politiques),
        titres=titres,
        NOMBRES=NUMBERS,
    )


@blueprint.get(f"{ROOT}/non-encode")
def not_encoded() -> Response:
    """What is not judged, and why."""
    return _page("rules_limits.html", _asked(), non_encodes=non_encodes())


@blueprint.get(f"{ROOT}/<id>")
def rule(id: str) -> Response:
    """One rule: its condition, its versions, what it decides, and examples of it."""
    if _wants_json():
        return one(id)
    asked = _asked()
    toutes = fiches(_droit(), asked.jour)
    fiche = _found(toutes, id)
    before, after = _neighbours(toutes, fiche)
    ligne = _row(fiche, asked.jour)
    return _page(
        "rule.html",
        asked,
        regle=fiche,
        etat=fiche.etat(asked.jour),
        ligne=ligne,
        codes=list(codes(ligne)),
        lectures=_readings_of(fiche),
        exemples=[(slug, TITLES[slug]) for slug in shown(fiche.id)],
        precedente=before,
        suivante=after,
        document=f"{ROOT}/{fiche.id}{JSON}",
        image=picture_of_a_rule(fiche, asked.jour, now().year, _say()),
    )


@blueprint.get(f"{ROOT}/<id>{JSON}")
def one(id: str) -> Response:
    """One rule as a document."""
    asked = _required()
    fiche = _found(fiches(_droit(), asked), id)
    ligne = msgspec.to_builtins(_row(fiche, asked))
    return _json(
        {
            "jour": asked,
            "version_droit": _droit().version,
            "regle": fiche,
            "ligne": {name: value for name, value in ligne.items() if name != "regles"},
            "politiques": _readings_of(fiche),
            "exemples": shown(fiche.id),
        }
    )


# ---------------------------------------------------------------- what is asked


def _droit() -> Droit:
    return application().service.droit


def _asked() -> Asked:
    """The day of the address, else today; today also when that one is none of ours, which is then said."""
    today = now().astimezone(PARIS).date()
    given = request.args.get(DAY)
    if not given:
        return Asked(today)
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        return Asked(today, NO_DAY)
    return Asked(day) if day >= _droit().depuis else Asked(today, TOO_EARLY)


def _required() -> dt.date:
    """The same for a program, which is told by its status."""
    asked = _asked()
    if asked.refus:
        abort(400)
    return asked.jour


def _found(toutes: Sequence[Fiche], id: str) -> Fiche:
    return next((fiche for fiche in toutes if fiche.id == id), None) or abort(404)


def _row(fiche: Fiche, day: dt.date) -> Ligne:
    rows = (ligne for groupe in groupes(_droit(), day) for ligne in groupe.lignes)
    return next(ligne for ligne in rows if ligne.rang == fiche.rang)


def _neighbours(toutes: Sequence[Fiche], fiche: Fiche) -> tuple[Fiche | None, Fiche | None]:
    """The rules before and after, in the order of the code table."""
    at = toutes.index(fiche)
    return (toutes[at - 1] if at else None), (toutes[at + 1] if at + 1 < len(toutes) else None)


def _readings_of(fiche: Fiche) -> list[Lecture]:
    return [one for one in lectures(application().service.politiques) if one.nom in fiche.politiques]


# ---------------------------------------------------------------- how it is answered


def _say() -> Say:
    return speaker(wanted_language(request))


def _wants_json() -> bool:
    """Only when it is asked for by name: a browser, and who says nothing, gets the page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _json(content: Mapping[str, Any]) -> Response:
    """Texts stay in French, the language of the law."""
    text = msgspec.json.format(msgspec.json.encode(content), indent=2)
    response = Response(text, mimetype="application/json")
    response.content_language.add("fr")
    response.vary.add("Accept")
    return response


def _page(template: str, asked: Asked, **values: Any) -> Response:
    suite = f"?{DAY}={asked.jour}" if DAY in request.args and not asked.refus else ""
    response = rendered(
        template,
        400 if asked.refus else 200,
        asked=asked,
        portes=DOORS,
        POSITIONS=POSITIONS,
        MARKS=MARKS,
        lu_le=dt.date.fromisoformat(_droit().version),
        depuis=_droit().depuis,
        donne=request.args.get(DAY, ""),
        ici=request.path,
        suite=suite,
        date=jour,
        **{"document": ROOT + JSON, **values},
    )
    response.vary.add("Accept")
    return response
