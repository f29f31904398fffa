"""What every answer has in common: FHIR as JSON, errors without a word of the request, safe headers."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from parcours.errors import InputError, Problem
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import operation_outcome, to_json
from parcours.translation import in_english
from parcours.web.language import ENGLISH, wanted_language

FHIR_PREFIX = "/fhir"
FHIR_JSON = "application/fhir+json"

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

REFUSALS = {
    400: ("structure", "La requête est incomplète ou mal formée."),
    404: ("not-found", "Rien à cette adresse ; GET /fhir/metadata dit ce que ce service sait faire."),
    405: ("not-supported", "Cette adresse ne répond pas à cette méthode ; l’en-tête Allow dit à lesquelles."),
    406: ("not-supported", "Ce service répond en application/fhir+json seulement : voir Accept et _format."),
    411: ("required", "Content-Length est exigé : un corps envoyé en morceaux n’est pas lu."),
    413: ("too-long", "Le corps dépasse la taille que ce service accepte ; il n’a pas été lu."),
    415: (
        "not-supported",
        "Le corps doit être du JSON : Content-Type application/fhir+json ou application/json, charset utf-8, "
        "fhirVersion 4.0, sans Content-Encoding.",
    ),
    500: ("exception", "Le service a échoué ; rien n’a été conservé."),
}

_REQUEST_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def register(app: Flask) -> None:
    """Give an application its error handlers and the headers of every answer."""
    app.register_error_handler(InputError, _input_refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.after_request(_finish)


def fhir(resource: Element, status: int = 200) -> Response:
    """A FHIR resource as an answer, in the language of the caller."""
    return _told(resource, status, FHIR_JSON)


def _told(content: Element, status: int, mimetype: str) -> Response:
    """What is French becomes English here, and nowhere before."""
    language = wanted_language(request)
    said = in_english(content) if language == ENGLISH else content
    response = Response(to_json(said), status, mimetype=mimetype)
    response.content_language.add(language)
    response.vary.add("Accept-Language")
    return response


def _input_refused(error: InputError) -> Response:
    return fhir(operation_outcome(error.problems), error.status)


def _http_refused(error: HTTPException) -> Response:
    status = error.code or 500
    code, text = REFUSALS.get(status, ("processing", "La requête est refusée."))
    if "reference" in g:
        text = f"{text} Référence de l’incident : {g.reference}."
    response = _refusal(code, text, status)
    allow = error.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def _refusal(code: str, text: str, status: int) -> Response:
    """An OperationOutcome under the FHIR base; elsewhere the same sentence as plain JSON."""
    if f"{request.path}/".startswith(f"{FHIR_PREFIX}/"):
        return fhir(operation_outcome([Problem("", code, text)]), status)
    return _told({"erreur": text}, status, "application/json")


def _finish(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    given = request.headers.get("X-Request-Id", "")
    response.headers["X-Request-Id"] = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
    return response
