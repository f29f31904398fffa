"""What every answer has in common: FHIR as JSON, errors without a word of the request, safe headers."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from parcours.errors import (
    AuditUnavailable,
    IllegalMove,
    InputError,
    KeyReused,
    Overloaded,
    Problem,
    StaleVersion,
    StoreError,
    StoreUnavailable,
    UnknownDeclaration,
)
from parcours.fhir.decision_extension import Element
from parcours.fhir.writing import operation_outcome, to_json
from parcours.translation import in_english
from parcours.web.cors import CDS_PREFIX
from parcours.web.language import ENGLISH, wanted_language
from parcours.web.pages.shell import PAGE_POLICY, refused, wants_page

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
    401: ("login", "Jeton absent ou refusé : chaque requête porte un jeton signé par un logiciel connu."),
    403: (
        "forbidden",
        "Connu, mais sans ce droit : les portées du jeton, ou le formulaire envoyé, ne le donnent pas.",
    ),
    404: ("not-found", "Rien à cette adresse ; GET /fhir/metadata dit ce que ce service sait faire."),
    405: ("not-supported", "Cette adresse ne répond pas à cette méthode ; l’en-tête Allow dit à lesquelles."),
    406: ("not-supported", "Ce service répond en application/fhir+json seulement : voir Accept et _format."),
    411: ("required", "Content-Length est exigé : un corps envoyé en morceaux n’est pas lu."),
    413: ("too-long", "Le corps dépasse la taille que ce service accepte ; il n’a pas été lu."),
    414: ("too-long", "L’adresse de la requête est trop longue."),
    415: (
        "not-supported",
        "Le corps doit être du JSON : Content-Type application/fhir+json ou application/json, charset utf-8, "
        "fhirVersion 4.0, sans Content-Encoding.",
    ),
    421: (
        "forbidden",
        "Sans fichier de clients, ce service ne répond que sous le nom de sa machine (localhost, 127.0.0.1) "
        "ou de PARCOURS_PUBLIC_URL.",
    ),
    429: (
        "throttled",
        "Trop de demandes en peu de temps : refaire la même demande après le délai que dit Retry-After.",
    ),
    431: ("too-long", "Un en-tête de la requête est trop long."),
    500: ("exception", "Le service a échoué ; rien n’a été confirmé."),
    503: (
        "transient",
        "Le service ne peut pas répondre pour le moment : refaire la même demande un peu plus tard.",
    ),
}

STORE_REFUSALS: dict[type[StoreError], tuple[int, str, str]] = {
    KeyReused: (
        422,
        "business-rule",
        "Une autre demande a déjà cette Idempotency-Key ou, à défaut, ce patient, ce médecin et ce jour : "
        "envoyer une nouvelle Idempotency-Key.",
    ),
    IllegalMove: (
        422,
        "business-rule",
        "La déclaration ne peut pas passer de son état actuel à celui qui est demandé.",
    ),
    StaleVersion: (
        412,
        "conflict",
        "La déclaration a changé depuis qu’elle a été lue : la relire, puis recommencer.",
    ),
    AuditUnavailable: (
        503,
        "transient",
        "La demande ne peut pas être inscrite à l’audit pour le moment ; rien n’a été confirmé : refaire la "
        "même demande un peu plus tard.",
    ),
    UnknownDeclaration: (404, "not-found", "Rien de connu sous cet identifiant."),
    StoreUnavailable: (
        503,
        "transient",
        "Les déclarations ne peuvent être ni lues ni écrites pour le moment ; rien n’a été confirmé : "
        "refaire la même demande un peu plus tard.",
    ),
}
"""What the store refuses, and the answer: status, code of FHIR's ``issue-type``, sentence."""

RETRY_AFTER_S = 5
OVERLOADED_RETRY_S = 1
SAID_BY_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
"""What the headers of a refusal add to its sentence."""
ONE_YEAR = "max-age=31536000"
"""How long a browser must not try this host without TLS again."""


def register(app: Flask, *, secure: bool = False) -> None:
    """Give an application its error handlers and the headers of every answer.

    ``secure``: it is reached by https.
    """
    app.register_error_handler(InputError, _input_refused)
    for kind in STORE_REFUSALS:
        app.register_error_handler(kind, store_refused)
    for exhausted in (Overloaded, MemoryError):
        app.register_error_handler(exhausted, _overloaded)
    app.register_error_handler(HTTPException, _http_refused)
    app.after_request(partial(_finish, secure=secure))


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


def store_refused(error: StoreError) -> Response:
    """What a store that refuses becomes."""
    status, code, text = STORE_REFUSALS[type(error)]
    response = _refusal(code, text, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _overloaded(_: Exception) -> Response:
    response = _refusal(*REFUSALS[503], 503)
    response.headers["Retry-After"] = str(OVERLOADED_RETRY_S)
    return response


def _http_refused(error: HTTPException) -> Response:
    status = error.code or 500
    code, text = REFUSALS.get(status, ("processing", "La requête est refusée."))
    if "reference" in g:
        text = f"{text} Référence de l’incident : {g.reference}."
    response = _refusal(code, text, status)
    response.headers.update({name: value for name, value in error.get_headers() if name in SAID_BY_HEADERS})
    return response


def _refusal(code: str, text: str, status: int) -> Response:
    """An OperationOutcome for FHIR and CDS Hooks; elsewhere the same sentence as a page, or as plain JSON."""
    if f"{request.path}/".startswith((f"{FHIR_PREFIX}/", f"{CDS_PREFIX}/")):
        return fhir(operation_outcome([Problem("", code, text)]), status)
    if wants_page():
        return refused(status)
    return _told({"erreur": text}, status, "application/json")


def _finish(response: Response, *, secure: bool) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    if secure:
        response.headers["Strict-Transport-Security"] = ONE_YEAR
    return response
