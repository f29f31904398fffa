"""FHIR over HTTP: the operations on one visit."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, request

from parcours.fhir.declaration_resources import declaration_resources
from parcours.fhir.writing import answer_bundle
from parcours.web.application import application
from parcours.web.auditing import note_patient
from parcours.web.context import current_client, following
from parcours.web.counting import Origine, count
from parcours.web.negotiation import read_body, require_json_answer, wants_strict
from parcours.web.replies import FHIR_PREFIX, fhir

blueprint = Blueprint("fhir", __name__, url_prefix=FHIR_PREFIX)


@blueprint.post("/Encounter/$evaluate-parcours")
@blueprint.post("/$evaluate-parcours")
def evaluate_parcours() -> Response:
    """Is this visit in the path? A Bundle or Parameters in, a Bundle out, nothing of it kept."""
    require_json_answer(request)
    body = read_body(request)
    service = application().service
    evaluation = service.evaluate(body, strict=wants_strict(request))
    count(evaluation.decision, Origine.FHIR, current_client().tenant)
    note_patient(evaluation.lecture.contexte.patient, current_client().tenant)
    proposed = service.propose(body, evaluation)
    draft = declaration_resources(proposed.declaration, proposed.lecture) if proposed else []
    form = following().form(proposed) if proposed else None
    now = dt.datetime.now(dt.UTC)
    return fhir(answer_bundle(evaluation.decision, evaluation.lecture, now, draft, form))


@blueprint.post("/Claim/$submit")
def submit() -> Response:
    """What does this invoice get? A Bundle that opens with the Claim in, the same answer out."""
    require_json_answer(request)
    body = read_body(request)
    evaluation = application().service.submit(body, strict=wants_strict(request))
    count(evaluation.decision, Origine.FACTURE, current_client().tenant)
    note_patient(evaluation.lecture.contexte.patient, current_client().tenant)
    return fhir(answer_bundle(evaluation.decision, evaluation.lecture, dt.datetime.now(dt.UTC)))
