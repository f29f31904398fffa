"""``GET /openapi.json``: every route, as OpenAPI 3.1 describes it, made from the routes themselves.

The addresses come from the URL map, the sentences from the docstrings and from the operations, whose a route
is from the table of owners; what is said here is only what none of them knows: bodies, parameters, statuses.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any, Final

from flask import Blueprint, Flask, Response
from werkzeug.routing import Rule

from parcours import VERSION_LOGICIEL
from parcours.fhir import declaration_search
from parcours.fhir.operations import SERVED
from parcours.fhir.writing import to_json
from parcours.web import definitions_api
from parcours.web.access import OWNERS, Owner
from parcours.web.application import application
from parcours.web.cors import CDS_PREFIX
from parcours.web.negotiation import FORM, PDF
from parcours.web.openapi_schemas import SCHEMAS, SCHEMES, example, ref
from parcours.web.replies import FHIR_JSON, FHIR_PREFIX
from parcours.web.routes import addresses

Json = dict[str, Any]

JSON, HTML, TEXT = "application/json", "text/html", "text/plain"
MADE: Final = {".json": JSON, ".csv": "text/csv", ".pdf": PDF}
"""What an address that ends so gives; any other, a page."""
EVERYWHERE: Final = (400, 403, 404, 405, 413, 414, 421, 429, 431, 500, 503)
"""What any request may be answered."""
OF_A_BODY: Final = (411, 415, 422)
OF_A_VERSION: Final = (412, 428)

_EXTENSION: Final = "parcours.openapi"

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This description."""
    found = application().extensions
    if _EXTENSION not in found:
        found[_EXTENSION] = to_json(describe(application()))
    return Response(found[_EXTENSION], mimetype=JSON)


def describe(app: Flask) -> Json:
    """The description of every route of an application."""
    paths: dict[str, Json] = {}
    for rule in app.url_map.iter_rules():
        for path, given in addresses(rule):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                paths.setdefault(path, {})[method.lower()] = _operation(app, rule, method, path, given)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "parcours-soins",
            "version": VERSION_LOGICIEL,
            "summary": "Is a visit in the French coordinated care path, why, what is missing to tell?",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": SCHEMAS, "securitySchemes": SCHEMES},
    }


def _operation(app: Flask, rule: Rule, method: str, path: str, given: Mapping[str, str]) -> Json:
    view = app.view_functions[rule.endpoint]
    body = _body(rule.endpoint, method, path)
    return {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}"),
        "summary": (inspect.getdoc(view) or rule.endpoint).partition("\n")[0],
        **_description(path),
        "tags": [rule.endpoint.partition(".")[0]],
        "x-owner": OWNERS.get(rule.endpoint, Owner.PUBLIC.value),
        "security": _security(rule.endpoint),
        "parameters": [*_in_the_path(rule, given), *_asked(rule.endpoint, method)],
        **({"requestBody": body} if body else {}),
        "responses": _responses(rule.endpoint, method, path),
    }


def _description(path: str) -> Json:
    """What an operation of FHIR does, in the words in which it is published."""
    found = next((o.description for o in SERVED if path.endswith(f"${o.code}")), None)
    return {"description": found} if found else {}


def _security(endpoint: str) -> list[Json]:
    """None at all is right too: without a clients file, everybody is somebody on this machine."""
    if OWNERS.get(endpoint) in (Owner.CLIENT, Owner.OPERATOR):
        return [{"token": []}, {}]
    return [{"session": []}, {}] if OWNERS.get(endpoint) == Owner.USER else []


# ---------------------------------------------------------------- what is asked


def _in_the_path(rule: Rule, given: Mapping[str, str]) -> Iterator[Json]:
    for name in sorted(rule.arguments - given.keys()):
        whole = f"<int:{name}>" in rule.rule
        schema = {"type": "integer", "minimum": 0} if whole else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _asked(endpoint: str, method: str) -> Iterator[Json]:
    """Parameters of a search, and the headers that change what is done."""
    for name in SEARCHED.get(endpoint, ()):
        yield {"name": name, "in": "query", "schema": {"type": "string"}}
    for name in NEEDED.get(endpoint, ()):
        yield {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}
    for name in PAGE if endpoint in SEARCHED else ():
        whole = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        yield {"name": name, "in": "query", "schema": whole}
    if endpoint in VERSIONED:
        schema = {"type": "string", "pattern": '^W/"(0|[1-9][0-9]{0,8})"$'}
        yield {"name": "If-Match", "in": "header", "required": True, "schema": schema}
    if endpoint == "declarations.prepare":
        schema = {"type": "string", "pattern": "^[!-~]{1,255}$"}
        yield {"name": "Idempotency-Key", "in": "header", "schema": schema}
    if method == "POST" and endpoint.startswith(("fhir.", "declarations.prepare")):
        said = "`handling=strict` or `handling=lenient`; anything else is passed over."
        yield {"name": "Prefer", "in": "header", "description": said, "schema": {"type": "string"}}


VERSIONED: Final = ("declarations.update", "handover.hand_over")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {"smart.launch": ("iss", "launch")}
PAGE: Final = ("_count", "_offset")
SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "declarations.search": tuple(declaration_search.PARAMETERS),
    "definitions.search": tuple(definitions_api.PARAMETERS),
}

BODIES: Final[Mapping[str, str]] = {
    "fhir.evaluate_parcours": "Visit",
    "fhir.submit": "Invoice",
    "declarations.prepare": "Visit",
    "declarations.update": "Task",
    "handover.hand_over": "Parameters",
    "batch.batch": "Batch",
    "cds.invoke": "Hook",
    "cds.feedback": "Feedback",
}
"""The schemas of the bodies that are JSON."""


def _body(endpoint: str, method: str, path: str) -> Json:
    if method not in ("POST", "PUT"):
        return {}
    if endpoint not in BODIES:  # a form: of a search, of a token, of a page
        return {"content": {FORM: {"schema": {"type": "object"}}}}
    kind = JSON if path.startswith(CDS_PREFIX) else FHIR_JSON
    return {
        "required": True,
        "content": {kind: {"schema": ref(BODIES[endpoint]), **example(BODIES[endpoint])}},
    }


# ---------------------------------------------------------------- what is answered


def _responses(endpoint: str, method: str, path: str) -> Json:
    statuses = {*EVERYWHERE, *STATUSES.get(endpoint, ())}
    if OWNERS.get(endpoint) != Owner.PUBLIC.value:
        statuses.add(401)
    if path.startswith(FHIR_PREFIX):
        statuses.add(406)
    if method in ("POST", "PUT"):
        statuses.update(OF_A_BODY)
    if endpoint in VERSIONED:
        statuses.update(OF_A_VERSION)
    done = DONE.get(endpoint, (200,))
    said = {str(status): _response(status, _media(endpoint, path)) for status in done}
    return said | {str(status): _response(status, _refused(path)) for status in sorted(statuses)}


DONE: Final[Mapping[str, tuple[int, ...]]] = {
    "smart.launch": (302, 303),
    "smart.callback": (302, 303),
    "smart.leave": (303,),
    "trial.home": (303,),
    "sign_in.begin": (303,),
    "sign_in.back": (303,),
    "declarations.read": (200, 304),
    "declarations.past": (200, 304),
    "declarations.binary": (200, 304),
    "definitions.read": (200, 304),
    "pages.static": (200, 206, 304),
    "declaration_pages.prepare": (303,),
    "declaration_pages.correct": (303,),
    "declaration_acts.sign": (303,),
    "declaration_acts.send": (303,),
    "declaration_acts.hand_over": (303,),
    "declaration_acts.answer": (303,),
    "declaration_acts.cancel": (303,),
}
"""What is answered to what was done, where it is not 200."""

STATUSES: Final[Mapping[str, tuple[int, ...]]] = {
    "handover.hand_over": (502, 504),
    "declaration_acts.hand_over": (502, 504),
    "cds.invoke": (412,),
    "tokens.grant": (401,),
    "tokens.revoke": (401,),
    "pages.static": (416,),
}
"""What a route may answer besides."""


def _response(status: int, media: Mapping[str, Json]) -> Json:
    content = {} if status in (302, 303, 304) else {"content": media}
    return {"description": HTTPStatus(status).phrase, **content}


def _media(endpoint: str, path: str) -> Mapping[str, Json]:
    if endpoint == "pages.static":
        return {"*/*": {}}
    if endpoint == "metrics.metrics":
        return {TEXT: {"schema": {"type": "string"}}}
    if endpoint == "declarations.binary":
        return {PDF: {}, FHIR_JSON: {"schema": ref("Resource")}}
    if path.startswith(FHIR_PREFIX) and not endpoint.startswith("tokens."):
        return {FHIR_JSON: {"schema": ref("Resource")}}
    if endpoint.partition(".")[0] in ("cds", "health", "tokens") or "jwks" in path:
        return {JSON: {"schema": {"type": "object"}}}
    if endpoint in ("rules.rules", "rules.rule"):
        return {HTML: {}, JSON: {}}
    if endpoint.endswith("document"):  # of the trial page: taken away in a file
        return {JSON: {}, FHIR_JSON: {}, HTML: {}}
    return {MADE.get(PurePosixPath(path).suffix, HTML): {}}


def _refused(path: str) -> Mapping[str, Json]:
    if f"{path}/".startswith((f"{FHIR_PREFIX}/", f"{CDS_PREFIX}/")):
        return {FHIR_JSON: {"schema": ref("OperationOutcome")}, JSON: {}}
    return {JSON: {"schema": {"type": "object"}}, HTML: {}, TEXT: {}}
