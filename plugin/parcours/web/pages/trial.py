"""A place to try: an example or a visit of one's own, its answer, and what would change it. Nothing is kept.

An example and its hypotheses are an address that may be sent to somebody: no person is in it. A visit that
was pasted goes back and forth in the form, and never into an address. What is given is judged, and nothing
else: no directory is asked.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, abort, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from parcours.domain.decision import Decision
from parcours.engine import decide
from parcours.errors import InputError, Problem
from parcours.fhir.writing import answer_bundle, to_json
from parcours.law.chemin import explain
from parcours.law.et_si import EtSi, Supposee, Suppositions
from parcours.service import Evaluation
from parcours.smart.refusal import Refused
from parcours.translation import in_english
from parcours.web import smart
from parcours.web.application import application
from parcours.web.context import fhir_base
from parcours.web.language import ENGLISH, wanted_language
from parcours.web.pages import examples
from parcours.web.pages.answer import answer
from parcours.web.pages.asked import Asked, read_asked
from parcours.web.pages.et_si import CLAIM, suppositions, switches
from parcours.web.pages.people import now
from parcours.web.pages.shell import is_partial, rendered, speaker

ADDRESS: Final = "/visites/essai"
EXAMPLE: Final = "exemple"
PASTED: Final = "demande"
UPLOADED: Final = "fichier"
OPERATION: Final = "/Encounter/$evaluate-parcours"
EMPTY: Final = "Rien n’a été collé, et aucun fichier n’a été choisi."

blueprint = Blueprint("trial", __name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What is tried: an example by its name, or what somebody gave."""

    body: bytes
    example: str | None = None

    @property
    def text(self) -> str:
        """What was given, as the field shows it."""
        return "" if self.example else self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Judged:
    """A visit as it is, and as it is supposed: the same when nothing is."""

    asked: Asked
    real: Decision
    supposed: Supposee
    decision: Decision


@blueprint.get("/")
def home() -> AnyResponse:
    """The first page is the one to try."""
    return redirect(ADDRESS, HTTPStatus.SEE_OTHER)


@blueprint.get(ADDRESS)
def example() -> Response:
    """The examples to choose from, or one of them with its answer."""
    tried = _example()
    return rendered("trial.html", **_choice()) if tried is None else _shown(tried, request.args)


@blueprint.post(ADDRESS)
def pasted() -> Response:
    """The answer on what somebody gave. Where only known software may ask, so may only who is signed in."""
    return _shown(_given(), request.form)


@blueprint.get(f"{ADDRESS}/<any('decision.json', 'reponse-fhir.json', 'visite.json'):document>")
def example_document(document: str) -> Response:
    """A document of an example."""
    return _document(document, _example() or abort(404), request.args)


@blueprint.post(f"{ADDRESS}/<any('decision.json', 'reponse-fhir.json', 'visite.json'):document>")
def document(document: str) -> Response:
    """A document of what somebody gave."""
    return _document(document, _given(), request.form)


@blueprint.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    return smart.refused(error)


# ---------------------------------------------------------------- what is tried


def _example() -> Tried | None:
    slug = request.args.get(EXAMPLE)
    if slug is None:
        return None
    return Tried(examples.bundle(slug) or abort(404), slug)


def _given() -> Tried:
    """A file, else what was pasted."""
    file = request.files.get(UPLOADED)
    sent = file.read() if file else b""
    return Tried(sent or request.form.get(PASTED, "").strip().encode())


def _judged(tried: Tried, supposed: Suppositions) -> Judged:
    """Raises ``InputError`` for what cannot be read, or is older than the law."""
    service = application().service
    asked = read_asked(tried.body, service.limits)
    visite = asked.lecture.visite
    real = decide(visite, service.droit, service.politiques)
    under = _et_si().supposer(visite, supposed)
    decision = decide(under.visite, service.droit, service.politiques) if under.retenues else real
    return Judged(asked, real, under, decision)


def _et_si() -> EtSi:
    service = application().service
    return EtSi(service.droit, service.politiques)


# ---------------------------------------------------------------- what is shown


def _shown(tried: Tried, form: MultiDict[str, str]) -> Response:
    supposed = suppositions(form)
    if not tried.body:
        return _not_read(tried, [Problem("", "required", EMPTY)], HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        judged = _judged(tried, supposed)
    except InputError as error:
        return _not_read(tried, error.problems, error.status)
    template = "answer_partial.html" if is_partial() else "trial.html"
    response = rendered(template, **_choice(tried), **_answered(tried, judged, supposed))
    response.vary.add("HX-Request")
    return response


def _not_read(tried: Tried, problems: Any, status: int) -> Response:
    return rendered("trial.html", status, **_choice(tried), refus=problems)


def _choice(tried: Tried | None = None) -> dict[str, Any]:
    """What to choose from, and what was chosen."""
    slug = tried.example if tried else None
    return {
        "groupes": examples.listed(),
        "exemple": slug,
        "titre": examples.TITLES[slug] if slug else None,
        "texte": tried.text if tried else "",
    }


def _answered(tried: Tried, judged: Judged, supposed: Suppositions) -> dict[str, Any]:
    service = application().service
    under = judged.supposed
    told = answer(
        judged.decision,
        explain(under.visite, service.droit, service.politiques),
        speaker(wanted_language(request)),
        remarks=judged.asked.lecture.problems,
        supposed=under.retenues,
        real=judged.real if under.retenues else None,
    )
    turned = switches(_et_si(), judged.asked.lecture.visite, judged.real, supposed)
    return {
        "reponse": told,
        "reelle": judged.real,
        "ecartees": [text for text in turned.chosen if text not in under.retenues],
        "et_si": turned,
        "curl": _curl(tried),
        "lien": _link(tried, supposed),
        "json": _decision(judged).decode(),
        "fhir": _fhir(judged).decode(),
    }


# ---------------------------------------------------------------- what is taken away


def _curl(tried: Tried) -> str:
    """The same question to the FHIR operation, from a shell."""
    file = f"examples/{tried.example}/bundle.json" if tried.example else "visite.json"
    words = ["curl", "-s", "-H", "Content-Type: application/fhir+json", "--data-binary", f"@{file}"]
    return shlex.join([*words, f"{fhir_base()}{OPERATION}"])


def _link(tried: Tried, supposed: Suppositions) -> str | None:
    """The address of an example under these hypotheses; a visit that was pasted has none."""
    if tried.example is None:
        return None
    claims = [(CLAIM, text) for text in supposed.motifs]
    query = urlencode([(EXAMPLE, tried.example), *supposed.valeurs.items(), *claims])
    return f"{application().settings.url}{ADDRESS}?{query}"


def _decision(judged: Judged) -> bytes:
    return msgspec.json.format(msgspec.json.encode(judged.decision), indent=2)


def _fhir(judged: Judged) -> bytes:
    """The answer as the FHIR operation gives it; a declaration is proposed on facts, never on hypotheses."""
    lecture = judged.asked.lecture
    service, is_real = application().service, judged.decision is judged.real
    draft = service.proposed(judged.asked.body, Evaluation(judged.real, lecture)) if is_real else []
    told = answer_bundle(judged.decision, lecture, now(), draft)
    said = in_english(told) if wanted_language(request) == ENGLISH else told
    return msgspec.json.format(to_json(said), indent=2)


def _document(name: str, tried: Tried, form: MultiDict[str, str]) -> Response:
    """One of the three documents, to be kept under its name."""
    try:
        judged = _judged(tried, suppositions(form))
    except InputError as error:
        return _not_read(tried, error.problems, error.status)
    content = {"decision.json": _decision, "reponse-fhir.json": _fhir}.get(name, _body)(judged)
    kind = "application/json" if name == "decision.json" else "application/fhir+json"
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.vary.add("Accept-Language")
    return response


def _body(judged: Judged) -> bytes:
    return judged.asked.body
